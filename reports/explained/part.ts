import type { Report } from "../../src/domain/report.ts";
import { sentences, type Part } from "../kit/block.ts";
import type { Inline, Line } from "../kit/inline.ts";
import { invalidReasons, mostFindings } from "../wording.ts";
import { explanationOf, type Explanation } from "./index.ts";

/** Ids that the page of a run names: its findings, what did not pass, and why it is not valid. */
export const idsOfRun = (report: Report): readonly string[] => [
  ...invalidReasons(report).map(({ code }) => code),
  ...report.findings.slice(0, mostFindings).map(({ id }) => id),
  ...report.verdicts.filter(isMissed).map(({ checkId }) => checkId),
];

const isMissed = ({ outcome }: Report["verdicts"][number]): boolean =>
  outcome === "fail" || outcome === "inconclusive";

/** What the ids of a page mean, at its end: whoever reads it may have neither Headroom nor its documentation. */
export function explanations(ids: readonly string[]): readonly Part[] {
  const pages = new Map(
    ids.flatMap((id) => {
      const page = explanationOf(id);
      return page === undefined ? [] : [[page.id, page] as const];
    }),
  );
  if (pages.size === 0) return [];
  return [
    {
      id: "about",
      title: "What these ids mean",
      lead: "Of the findings above, of what did not pass, and of why a run is not valid. headroom explain ID says the same.",
      blocks: [...pages.values()].map((page) => ({ kind: "part", part: partOf(page) })),
    },
  ];
}

const partOf = (page: Explanation): Part => ({
  id: `about-${page.id}`,
  title: page.title,
  mark: { code: page.id },
  blocks: [
    sentences([
      withCode(page.meaning),
      withCode(page.why),
      ...page.actions.map((each): Line => ["→ ", ...withCode(each)]),
    ]),
  ],
});

/** "Set `maxUnavailable` first." */
const withCode = (text: string): readonly Inline[] =>
  text
    .replaceAll("*", "")
    .split("`")
    .map((part, index) => (index % 2 === 1 ? { code: part } : part))
    .filter((part) => part !== "");

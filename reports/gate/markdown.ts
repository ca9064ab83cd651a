import { formatInstant } from "../../src/domain/time-text.ts";
import { details, heading, kept, listed, paragraph, type MarkdownBlock } from "../kit/markdown.ts";
import { markdownWithin } from "../kit/markdown-limit.ts";
import { column, tableOf } from "../kit/block.ts";
import { findingItems, tableMarkdown } from "../kit/block-markdown.ts";
import type { Line } from "../kit/inline.ts";
import { silencedLines } from "../silenced.ts";
import { symbols } from "../wording.ts";
import type { GateDocument, GateMetricResult } from "./document.ts";
import { metricColumns } from "./parts.ts";
import * as words from "./words.ts";

/** `gate.md`: the gate in the length of a pull request comment. */
export const gateMarkdown = (document: GateDocument): string =>
  markdownWithin(
    [
      kept(...head(document), ...listed("After the deployment", quickItems(document))),
      kept(...metrics(document)),
      ...listed("Findings", findingItems(document.findings), true),
      ...listed("Silenced", silencedLines(document.silenced)),
      runs(document),
      ...details("Differences and warnings", differences(document)),
    ],
    { elsewhere: "gate.html" },
  );

function head(document: GateDocument): readonly MarkdownBlock[] {
  const { outcome, bypass, baseline, candidate } = document;
  const record = bypass && [
    { strong: "BYPASSED" },
    ` by ${bypass.who} (${bypass.team} team) until ${bypass.until}: ${bypass.why}`,
  ];
  return [
    ...(record === undefined ? [] : [{ kind: "quote", text: record } as const]),
    heading(1, `${symbols[outcome]} ${outcome.toUpperCase()}`),
    paragraph({ strong: document.sentence }),
    paragraph(`Next: ${words.nextStep(document)}`),
    paragraph(
      `${candidate.label} against ${baseline.label} · ${formatInstant(document.startedAt)} · exit status ${document.exitStatus}`,
    ),
  ];
}

function quickItems({ quick }: GateDocument): readonly Line[] {
  if (quick === undefined) return [];
  const { services, objectivesRun, smallestDetectable } = quick;
  return [
    ...services.map(
      ({ service, isHealthy, detail, version }) =>
        `${symbols[isHealthy ? "pass" : "fail"]} ${service}: ${detail}${version === undefined ? "" : `, version ${version}`}`,
    ),
    `objectives: ${objectivesRun === undefined ? "not judged" : `${objectivesRun.outcome.toUpperCase()}: ${objectivesRun.sentence}`}`,
    `the pairs detect ${words.smallestDetectableWord(smallestDetectable)}`,
  ];
}

const shownOthers = 8;

function metrics(document: GateDocument): readonly MarkdownBlock[] {
  const moved = words
    .othersOf(document)
    .filter(({ outcome }) => outcome === "fail")
    .slice(0, shownOthers);
  const { metric, baseline, candidate, change, interval, detectable, count } =
    metricColumns(document);
  const verdict = column("verdict", "Verdict", ({ required, outcome }: GateMetricResult) =>
    required ? `${symbols[outcome]} ${outcome.toUpperCase()}` : "finding",
  );
  const columns = [
    verdict,
    metric,
    baseline,
    candidate,
    change,
    interval,
    { ...detectable, title: "Detectable" },
    count,
  ];
  const shown = [...words.requiredOf(document), ...moved];
  return [
    heading(2, "Metrics"),
    tableMarkdown(tableOf({ id: "metrics", title: "Metrics" }, shown, columns)),
  ];
}

function differences(document: GateDocument): readonly MarkdownBlock[] {
  const items = differenceItems(document);
  return items.length === 0 ? [] : [{ kind: "list", items }];
}

const differenceItems = (document: GateDocument): readonly Line[] => [
  ...document.differences.map((difference) => `differs: ${difference}`),
  ...document.lostAttempts.map(({ pair, reason }) => `pair ${pair} was run again: ${reason}`),
  ...document.warnings.map(({ message }) => `warning: ${message}`),
];

const runs = (document: GateDocument): MarkdownBlock =>
  paragraph(
    `${words.pairsWord(document)}${words.lostAttemptsWord(document)}; profile ${document.profile} on ${document.environment}; gate `,
    { code: document.id },
    ", hash ",
    { code: document.hash },
    `, Headroom ${document.headroom}`,
  );

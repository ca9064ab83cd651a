/** What the gallery shows: a page of each kind, made of committed data, so that the same commit gives the same pages. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { sideBySide } from "../analysis/comparison/side-by-side.ts";
import { streamsOf } from "../analysis/history/streams.ts";
import { trendsOf } from "../analysis/history/trends.ts";
import { testRun } from "../analysis/testdata/test-run.ts";
import { comparePage } from "../reports/compare/page.ts";
import { gatePage } from "../reports/gate/page.ts";
import { html } from "../reports/html.ts";
import { metricPage } from "../reports/site/metric-page.ts";
import { reports } from "../reports/testdata/fixtures.ts";
import { readHistory } from "../src/store/history.ts";
import { writeSyntheticYear } from "../src/store/testdata/synthetic-year.ts";
import { plans } from "../src/testdata/plans.ts";
import { galleryGate } from "./gallery-gate.ts";
import { galleryLivePage } from "./gallery-live.ts";

export interface GalleryEntry {
  /** Begins the names of its pictures. */
  readonly name: string;
  readonly title: string;
  /** What is to be seen on it. */
  readonly sentence: string;
  /** Where the pictures begin; from the top where it is absent. */
  readonly section?: string;
  readonly html: () => string;
}

/** A page of another kind is a line here. */
export const galleryEntries: readonly GalleryEntry[] = [
  {
    name: "pass",
    title: "PASS",
    sentence: "Every objective held; the tightest is named, with its margin.",
    html: () => html(reports.pass),
  },
  {
    name: "fail",
    title: "FAIL",
    sentence: "An objective was missed beyond doubt: what, by how much, what to do.",
    html: () => html(reports.fail),
  },
  {
    name: "invalid",
    title: "INVALID",
    sentence: "The measurement does not hold, so nothing is said about the platform.",
    html: () => html(reports.invalid),
  },
  {
    name: "partial",
    title: "PARTIAL",
    sentence: "A run that ended early: what it covers, and what that proves.",
    html: () => html(reports.partial),
  },
  {
    name: "gate",
    title: "The release gate",
    sentence:
      "A candidate against the baseline: every required metric with its interval and margin.",
    html: () => gatePage(galleryGate),
  },
  {
    name: "nightly",
    title: "A nightly regression",
    sentence:
      "One metric of the history: the change of level, outliers, gaps, what else changed that night.",
    html: () => regressionPage(),
  },
  {
    name: "autoscaling",
    title: "Autoscaling",
    sentence: "Pods beside the load, and the checks of each autoscaler's policy.",
    section: "autoscaling",
    html: () => html(reports.scaling),
  },
  {
    name: "capacity",
    title: "The capacity plan",
    sentence: "What today's pods serve, when they no longer will, what it costs.",
    html: () =>
      inTemporary((folder) =>
        withoutChance(
          readFileSync(path.join(plans.measured(folder).directory, "report.html"), "utf8"),
        ),
      ),
  },
  {
    name: "compare",
    title: "Two runs side by side",
    sentence:
      "What differs between them first, then metrics with intervals, then endpoints by what they add to the change.",
    html: () => comparePage(sideBySide(runBefore, runAfter)),
  },
  {
    name: "live",
    title: "Live",
    sentence:
      "While the load goes on: rates, percentiles against their limits, the generator, the time left.",
    html: galleryLivePage,
  },
];

/** The end of a plan's id is drawn anew for each. */
const withoutChance = (page: string): string =>
  page.replaceAll(/(capacity-plan-)[0-9a-f]{4}/g, (_, start: string) => `${start}0000`);

const runBefore = testRun({ run: { id: "20261122-020000-nightly-3fa9" } });
const runAfter = testRun({
  p95Ms: { api: 300 },
  run: {
    id: "20261123-020000-nightly-51d0",
    versions: { headroom: "0.1.0", k6: "2.9.9" },
  },
});

function regressionPage(): string {
  return inTemporary((folder) => {
    writeSyntheticYear(folder, { nightlyRuns: 150 });
    const [stream] = streamsOf(readHistory(folder).runs);
    if (stream === undefined) throw new Error("the year has a stream");
    const trends = trendsOf(stream).map((trend) => ({ ...trend, accepted: [] }));
    const trend = trends.find(({ metric }) => metric === "api.response.p95");
    const last = stream.nightlyRuns.at(-1);
    if (trend === undefined || last === undefined) throw new Error("the year has the API's p95");
    const site = {
      ...stream,
      headroom: "0.1.0",
      writtenAt: last.at,
      trends,
      problems: [],
      gates: [],
    };
    return metricPage(trend, site);
  });
}

function inTemporary<Result>(work: (folder: string) => Result): Result {
  const folder = mkdtempSync(path.join(tmpdir(), "headroom-gallery-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every page is shown in each of them. */
export const galleryViews = [
  { name: "desktop-light", width: 1280, height: 900, scale: 1, colorScheme: "light" },
  { name: "desktop-dark", width: 1280, height: 900, scale: 1, colorScheme: "dark" },
  { name: "phone-light", width: 390, height: 844, scale: 1.5, colorScheme: "light" },
  { name: "phone-dark", width: 390, height: 844, scale: 1.5, colorScheme: "dark" },
] as const;

export const pictureName = (entry: GalleryEntry, view: (typeof galleryViews)[number]): string =>
  `images/gallery/${entry.name}-${view.name}.webp`;

/** `docs/gallery.md`. */
export function galleryMarkdown(entries: readonly GalleryEntry[]): string {
  const parts = entries.map((entry) => {
    const [light, dark, phone, darkPhone] = galleryViews.map((view) => pictureName(entry, view));
    const picture = (
      light_: string | undefined,
      dark_: string | undefined,
      width: number,
      on: string,
    ): string =>
      `<picture><source media="(prefers-color-scheme: dark)" srcset="${dark_}"><img src="${light_}" width="${width}" alt="${entry.title}, on ${on}"></picture>`;
    return [
      `## ${entry.title}`,
      entry.sentence,
      `${picture(light, dark, 620, "a desktop")}\n${picture(phone, darkPhone, 200, "a phone")}`,
      `Light: [desktop](${light}), [phone](${phone}) · dark: [desktop](${dark}), [phone](${darkPhone})`,
    ].join("\n\n");
  });
  return `# Gallery

The first screen of every kind of page, on a desktop and on a phone, in the light and the dark scheme of your system. The pages are made of committed
test data; \`node bench/run.mjs gallery\` makes the pictures and this file again.

${parts.join("\n\n")}
`;
}

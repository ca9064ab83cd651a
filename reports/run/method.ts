import { formatValue } from "../../src/domain/number-text.ts";
import { formatDuration } from "../../src/domain/time-text.ts";
import { runnerNames, samplesFileOf } from "../../src/domain/plan.ts";
import type { Report } from "../../src/domain/report.ts";
import {
  column,
  facts,
  folded,
  heading,
  itemTable,
  numberColumn,
  sentences,
  type Block,
  type Fact,
  type Part,
} from "../kit/block.ts";
import type { Line } from "../kit/inline.ts";
import { isJudged } from "../wording.ts";
import { perMinute } from "./words.ts";

/** How it was measured, with what, and where the numbers are: enough to repeat the run and to doubt it. */
export function method(report: Report): Part {
  const { run } = report;
  const targets = Object.entries(run.plan.targets);
  return {
    id: "method",
    title: "Method and data",
    blocks: [
      sentences(report.method),
      ...sources(report),
      ...phases(report),
      heading("Repeat"),
      { kind: "command", text: run.command },
      facts([
        ["Run", run.id],
        ["Headroom", run.versions.headroom],
        ["k6", run.versions.k6],
        ["Node", run.generator.nodeVersion],
        ["Plan hash", { code: run.hashes.plan }],
        ["Scenario hash", { code: run.hashes.scenario }],
        ...targets.map(([surface, url]): Fact => [`Target ${surface}`, url]),
      ]),
      heading("Beside this file"),
      sentences(files(report)),
    ],
  };
}

function sources({ verdicts }: Report): readonly Block[] {
  const judged = verdicts.filter(isJudged);
  if (judged.length === 0) return [];
  const items = judged.map(({ checkId, limit, observed }): Line => [
    { code: checkId },
    ` limit from ${limit.source}; ${formatValue(observed.confidence, "ratio")} interval: ${observed.method}`,
  ]);
  return [folded("Where limits and intervals come from", [sentences(items)])];
}

const phases = ({ run: { plan } }: Report): readonly Block[] =>
  itemTable("phases", "Phases of the plan", plan.phases, [
    column("phase", "Phase", ({ name }) => name),
    column("kind", "Kind", ({ kind }) => kind),
    column("use", "Use", ({ judged }) => (judged ? "judged" : "shown only")),
    numberColumn("lasts", "Lasts", ({ durationMs }) => formatDuration(durationMs)),
    perMinute("from", "Rate from", ({ fromFactor }) => fromFactor * plan.requestsPerMinute),
    perMinute("to", "Rate to", ({ toFactor }) => toFactor * plan.requestsPerMinute),
  ]);

const files = ({ run }: Report): readonly Line[] =>
  [
    "verdicts.json",
    "results.csv",
    "junit.xml",
    "report.md",
    "run.json",
    "windows.ndjson",
    "observations.ndjson",
    "events.ndjson",
    ...(run.plan.keepSamples ? runnerNames(run.plan).map(samplesFileOf) : []),
  ].map((name) => ({ text: name, link: name }));

/** The parts of a gate, from the verdict down to the runs: what its page, its Markdown and the terminal say. */
import { silencedBlocks } from "../silenced.ts";
import { absent, formatValue } from "../../src/domain/number-text.ts";
import { formatDuration, formatInstant } from "../../src/domain/time-text.ts";
import {
  charts,
  column,
  itemTable,
  facts,
  nothing,
  numberColumn,
  sentences,
  table,
  tableOf,
  type Cell,
  type ColumnOf,
  type Part,
} from "../kit/block.ts";
import { pairsChart, ratioInterval, runsChart } from "./charts.ts";
import type { GateArm, GateDocument, GateMetricResult, GateQuick } from "./document.ts";
import * as words from "./words.ts";

export const gateParts = (document: GateDocument): readonly Part[] => [
  ...(document.quick === undefined ? [] : [quickPart(document.quick)]),
  requiredPart(document),
  findingsPart(document),
  runsPart(document),
  orderPart(document),
  differencesPart(document),
  othersPart(document),
  ...(document.control === undefined ? [] : [controlPart(document)]),
  ...(document.objectives.length === 0 ? [] : [objectivesPart(document)]),
  membersPart(document),
  methodPart(document),
];

/** Every column that a metric has somewhere; each form shows some of them. */
export const metricColumns = (document: GateDocument) =>
  ({
    verdict: column("verdict", "Verdict", verdictCell),
    metric: column("metric", "Metric", ({ title, id }) => ({
      text: title,
      shown: [{ name: title }, { reason: id }],
    })),
    baseline: numberColumn("baseline", "Baseline", (each) =>
      words.medianWord(each.baselineMedian, each),
    ),
    candidate: numberColumn("candidate", "Candidate", (each) =>
      words.medianWord(each.candidateMedian, each),
    ),
    change: numberColumn("change", "Change", ({ comparison }) =>
      words.changeWord(comparison?.ratio),
    ),
    ratio: column("ratio", "Ratio and its interval, 1 and the limit marked", (each) =>
      ratioCell(each, document),
    ),
    interval: numberColumn("interval", "Interval", ({ comparison }) => words.spanWord(comparison)),
    detectable: numberColumn("detectable", "Seen 4 of 5 times", ({ comparison }) =>
      words.detectableWord(comparison),
    ),
    count: numberColumn("n", "n", ({ comparison }) => words.countWord(comparison)),
  }) satisfies Record<string, ColumnOf<GateMetricResult>>;

/** Those that are not required name the culprit, and decide nothing. */
function verdictCell({ required, outcome }: GateMetricResult): Cell {
  const text = outcome.toUpperCase();
  if (required) return { text, shown: { text, tone: outcome } };
  return outcome === "fail" ? "beyond the margin" : outcome === "pass" ? "within" : "unclear";
}

function ratioCell(metric: GateMetricResult, document: GateDocument): Cell {
  const { comparison } = metric;
  const text = words.ratioWord(comparison?.ratio);
  if (comparison === undefined) return text;
  return {
    text,
    value: comparison.ratio,
    shown: [
      { strong: text },
      ` ${words.spanWord(comparison)}`,
      { interval: ratioInterval(metric, comparison, document) },
    ],
  };
}

function metricTable(title: string, metrics: readonly GateMetricResult[], document: GateDocument) {
  const { metric, baseline, candidate, ratio, detectable, count, verdict } =
    metricColumns(document);
  const columns = [metric, baseline, candidate, ratio, detectable, count, verdict];
  return itemTable("metrics", title, metrics, columns);
}

const requiredPart = (document: GateDocument): Part => ({
  id: "metrics",
  title: "Required metrics",
  lead: `These decide. PASS: every interval lies wholly on the good side of the limit (${words.changeWord(1 + document.margin)}). FAIL: one lies wholly beyond it, after Holm's correction. "Seen 4 of 5 times" is the smallest change that this gate would have called a FAIL with a chance of 80 %.`,
  blocks: metricTable("Required metrics", words.requiredOf(document), document),
});

const mostOthers = 30;

function othersPart(document: GateDocument): Part {
  const all = words.othersOf(document);
  const shown = all.slice(0, mostOthers);
  return {
    id: "other",
    title: "Other metrics and endpoints",
    lead:
      all.length === 0
        ? undefined
        : `Never the verdict: they name the culprit. The worst ${shown.length} of ${all.length}.`,
    blocks:
      all.length === 0
        ? [nothing("None was measured.")]
        : metricTable("Other metrics", shown, document),
  };
}

const findingsPart = ({ findings, silenced }: GateDocument): Part => ({
  id: "findings",
  title: "Findings",
  blocks: [
    findings.length === 0
      ? nothing("No endpoint stands out, no shape changed.")
      : { kind: "findings", findings },
    ...silencedBlocks(silenced),
  ],
});

const runsPart = (document: GateDocument): Part => ({
  id: "runs",
  title: "Run by run",
  lead: "Every dot is one run, the stroke is the median. Overlapping clouds are why one run against one says nothing.",
  blocks: [
    charts(
      words.requiredOf(document).flatMap((metric) => runsChart(metric) ?? []),
      "wide",
    ),
  ],
});

function orderPart(document: GateDocument): Part {
  const drawn = words
    .requiredOf(document)
    .filter(({ unit }) => unit === "ms")
    .flatMap((metric) => pairsChart(metric, document) ?? []);
  const firsts = document.order.filter((first) => first === "baseline").length;
  return {
    id: "order",
    title: "Order and drift",
    lead: `Candidate over baseline in every pair, in the order of the runs; the dotted line is 1. Filled: the baseline ran first (${firsts} of ${document.order.length} pairs); hollow: the candidate.`,
    blocks: [
      drawn.length === 0 ? nothing("No pair has a value on both sides.") : charts(drawn, "wide"),
    ],
  };
}

const differencesPart = ({ differences }: GateDocument): Part => ({
  id: "differences",
  title: "What differs between the arms",
  blocks: [
    differences.length === 0
      ? nothing("Nothing: plan, scenario, generator, versions and kind of target are the same.")
      : sentences(differences),
  ],
});

const controlPart = (document: GateDocument): Part => ({
  id: "aa-control",
  title: "A/A control",
  lead: "The baseline against itself, inside the same blocks. An interval wholly outside ± 2.5 % makes the gate INVALID: something but the release moves the numbers.",
  blocks: itemTable("aa-control", "A/A control", words.requiredOf(document), [
    column("metric", "Metric", ({ title }) => title),
    numberColumn("ratio", "Control / baseline", ({ controlComparison }) =>
      words.ratioWord(controlComparison?.ratio),
    ),
    numberColumn("interval", "Interval", ({ controlComparison }) =>
      words.spanWord(controlComparison),
    ),
  ]),
});

const objectivesPart = ({ objectives, isQuick }: GateDocument): Part => ({
  id: "objectives",
  title: "The candidate against its objectives",
  lead: isQuick
    ? "The objectives run decides in a quick gate; the runs of the pairs are for information."
    : "For information: the gate judges the change, headroom run and nightly judge the objectives.",
  blocks: itemTable("objectives", "Objectives", objectives, [
    column("objective", "Objective", ({ title }) => title),
    numberColumn("meet", "Runs that meet it", ({ pass }) => `${pass}`),
    numberColumn("miss", "miss it", ({ fail }) => `${fail}`),
    numberColumn("inconclusive", "inconclusive", ({ inconclusive }) => `${inconclusive}`),
  ]),
});

const quickPart = ({ services, objectivesRun, smallestDetectable }: GateQuick): Part => ({
  id: "quick",
  title: "After the deployment",
  lead: "Every service was asked once before the load; one run was judged in full against the objectives; the pairs block a regression only where they detect one.",
  blocks: [
    ...itemTable("services", "Services", services, [
      column("service", "Service", ({ service }) => service),
      column("health", "Health", ({ isHealthy }) => (isHealthy ? "healthy" : "NOT HEALTHY")),
      column("answer", "Answer", ({ detail }) => detail),
      numberColumn("took_ms", "Took", ({ milliseconds }) => formatValue(milliseconds, "ms")),
      column("version", "Version it reports", ({ version }) => version ?? absent),
      column("address", "Asked", ({ address }) => address),
    ]),
    facts([
      ["Objectives run", objectivesRun === undefined ? "could not be made" : objectivesRun.id],
      [
        "Its verdict",
        objectivesRun && `${objectivesRun.outcome.toUpperCase()}: ${objectivesRun.sentence}`,
      ],
      ["The pairs detect", words.smallestDetectableWord(smallestDetectable)],
    ]),
  ],
});

function membersPart(document: GateDocument): Part {
  const arms: readonly (readonly [string, GateArm | undefined])[] = [
    ["baseline", document.baseline],
    ["candidate", document.candidate],
    ["A/A control", document.control],
  ];
  const members = [
    ...arms.flatMap(([arm, of]) => (of?.runs ?? []).map((run) => ({ ...run, arm }))),
    ...document.lostAttempts.flatMap(({ pair, runs }) =>
      runs.map((run) => ({ ...run, arm: `${run.arm}, pair ${pair} repeated` })),
    ),
  ].toSorted((a, b) => a.startedAt - b.startedAt);
  const runs = tableOf({ id: "runs", title: `${members.length} runs` }, members, [
    column("run", "Run", ({ id }) => id),
    column("arm", "Arm", ({ arm }) => arm),
    column("started", "Started", ({ startedAt }) => formatInstant(startedAt)),
    column("outcome", "Own outcome", ({ outcome }) => outcome),
    column("unusable", "Left out because", ({ unusable }) => unusable ?? ""),
  ]);
  return {
    id: "members",
    title: "The runs",
    blocks: [
      sentences(
        document.lostAttempts.map(({ pair, reason }) => `pair ${pair} was run again: ${reason}`),
      ),
      ...table(runs, true),
    ],
  };
}

function methodPart(document: GateDocument): Part {
  const { startedAt, endedAt, command, candidateHash, mode } = document;
  return {
    id: "method",
    title: "Method",
    blocks: [
      sentences([
        "A run is one value: what differs from run to run is the error, not what differs from request to request.",
        "Ratios are Hodges–Lehmann estimates of the logarithms with exact signed-rank or Mann–Whitney intervals; which one is chosen by a rule that cannot see the verdict (arms that correlate, or a level that drifts, are paired).",
        "Near zero a constant is added: latencies below 2 ms and error shares below 0.2 percentage points never matter.",
        "All analyses together keep the chance of a wrong verdict at 5 % in each direction.",
      ]),
      facts([
        ["Pairs", words.pairsWord(document)],
        ["Kind", mode === "live" ? "runs made for this gate" : "stored runs"],
        ["Took", mode === "live" ? formatDuration(endedAt - startedAt) : undefined],
        ["Candidate hash", candidateHash],
        ["Command", command],
      ]),
    ],
  };
}

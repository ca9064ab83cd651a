import { textTable } from "../kit/text-table.ts";
import { printable } from "../printable.ts";
import type { GateDocument, GateMetricResult } from "./document.ts";
import {
  countWord,
  detectableWord,
  medianWord,
  othersOf,
  ratioWord,
  requiredOf,
  spanWord,
} from "./words.ts";

const shownFindings = 12;

/** The table on stdout: what decides, then what moved most. */
export function gateTable(document: GateDocument): string {
  const others = othersOf(document).slice(0, shownFindings);
  const rows = [...requiredOf(document), ...others].map(cells);
  return metricTable(rows);
}

const head = [
  "",
  "metric",
  "baseline",
  "candidate",
  "ratio",
  "interval",
  "detectable",
  "n",
  "outcome",
];

/** @param rows one a metric, with a cell for each word of the head */
export const metricTable = (rows: readonly (readonly string[])[]): string =>
  textTable([head, ...rows], [0, 1, head.length - 1]);

function cells(metric: GateMetricResult): string[] {
  const { title, required, outcome, comparison } = metric;
  return [
    required ? "required" : "finding",
    printable(title),
    medianWord(metric.baselineMedian, metric),
    medianWord(metric.candidateMedian, metric),
    ratioWord(comparison?.ratio),
    spanWord(comparison),
    detectableWord(comparison),
    countWord(comparison),
    outcome.toUpperCase(),
  ];
}

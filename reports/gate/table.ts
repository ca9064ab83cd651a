import { cellText } from "../kit/block.ts";
import { textTable } from "../kit/text-table.ts";
import { printable } from "../printable.ts";
import type { GateDocument } from "./document.ts";
import { metricColumns } from "./parts.ts";
import { othersOf, requiredOf } from "./words.ts";

const shownFindings = 12;

/** The table on stdout: what decides, then what moved most. */
export function gateTable(document: GateDocument): string {
  const { metric, baseline, candidate, ratio, interval, detectable, count } =
    metricColumns(document);
  const columns = [metric, baseline, candidate, ratio, interval, detectable, count];
  const others = othersOf(document).slice(0, shownFindings);
  return metricTable(
    [...requiredOf(document), ...others].map((each) => [
      each.required ? "required" : "finding",
      ...columns.map(({ of }) => printable(cellText(of(each)))),
      each.outcome.toUpperCase(),
    ]),
  );
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

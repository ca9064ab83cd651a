/** Is what is judged all that was measured, and no more than was sent? Damage and contradictions make a run INVALID. */
import { formatCount, plural } from "../../src/domain/number-text.ts";
import type { ValidityCode } from "../../src/domain/explained-ids.ts";
import type { FileDamage, RunData } from "../../src/domain/run.ts";
import type { InvalidReason } from "../../src/domain/verdict.ts";
import { isFlowRequest, type WindowRecord } from "../../src/domain/window.ts";
import type { Measurements } from "../measurements/index.ts";
import { iterationTolerance, plannedIterationsByFlow } from "../planned.ts";

const analyseAgain =
  "Where the run kept samples.csv.gz, headroom analyse rebuilds its windows; otherwise repeat the run or restore the file from a copy.";

const harnessReason = (code: ValidityCode, message: string, hint: string): InvalidReason => ({
  code,
  fault: "harness",
  message,
  hint,
});

/** Lines, files and rows that could not be read. */
export const damageReasons = ({ damage = [], run }: RunData): InvalidReason[] => [
  ...damage.map((each) =>
    harnessReason(
      "damaged-file",
      `${each.file} is damaged: ${damageSentence(each)}.`,
      analyseAgain,
    ),
  ),
  ...unreadableRows(run.unreadableSampleRows ?? 0),
];

function damageSentence({ kind, count, places }: FileDamage): string {
  const lines = plural(count, "line");
  switch (kind) {
    case "unreadable-lines": {
      const more = count > places.length ? ", …" : "";
      return `${lines} cannot be read (${places.length === 1 ? "line" : "lines"} ${places.join(", ")}${more})`;
    }
    case "missing-lines":
      return `${lines} that the run wrote ${count === 1 ? "is" : "are"} missing`;
    case "additional-lines":
      return `it holds ${lines} that the run did not write`;
    case "changed":
      return "its content differs from what the run wrote (SHA-256)";
    case "missing":
      return `the file with ${lines} is missing`;
    default:
      return kind satisfies never;
  }
}

const unreadableRows = (rows: number): InvalidReason[] =>
  rows === 0
    ? []
    : [
        harnessReason(
          "unreadable-samples",
          `${plural(rows, "row")} of k6's samples could not be read, so their requests count nowhere.`,
          "Report it with the first rows of samples.csv.gz that are not valid CSV.",
        ),
      ];

interface RequestCounts {
  surface: number;
  endpoint: number;
  flow: number;
}

/**
 * The same requests are counted by surface, by endpoint and by flow: the sums of a phase agree, or lines are missing.
 * Of a complete run only: one that was killed had not written its longer windows yet.
 */
export const contradictionReasons = ({ windows, damage = [] }: RunData): InvalidReason[] =>
  [...requestsByPhase(damage.length > 0 ? [] : windows)]
    .filter(([, { surface, endpoint, flow }]) => surface !== flow || surface !== endpoint)
    .map(([phase, { surface, endpoint, flow }]) =>
      harnessReason(
        "counts-disagree",
        `The windows of phase ${phase} contradict each other: ${formatCount(surface)} requests by surface, ${formatCount(endpoint)} by endpoint, ${formatCount(flow)} by flow.`,
        analyseAgain,
      ),
    );

function requestsByPhase(windows: readonly WindowRecord[]): ReadonlyMap<string, RequestCounts> {
  const sums = new Map<string, RequestCounts>();
  for (const window of windows) {
    const isFlow = window.type === "flow";
    if (!isFlow && !isFlowRequest(window)) continue;
    const sum = sums.get(window.phase) ?? { surface: 0, endpoint: 0, flow: 0 };
    sums.set(window.phase, sum);
    if (isFlow) sum.flow += window.requests;
    else sum[window.endpoint === undefined ? "surface" : "endpoint"] += window.histogram.count;
  }
  return sums;
}

/** Beside the iterations more that k6 may start. */
const additionalShare = 0.01;

/** More iterations than the plan has were never sent by one run: files of several runs were put together. */
export const surplusReasons = (
  { run }: RunData,
  measured: Pick<Measurements, "flows">,
): InvalidReason[] =>
  [...plannedIterationsByFlow(run.plan)].flatMap(([name, planned]) => {
    const completed = measured.flows.flows.get(name)?.completed ?? 0;
    if (completed <= (1 + additionalShare) * planned + iterationTolerance(run.plan, name))
      return [];
    const message = `${formatCount(completed)} iterations of ${name} were recorded, ${formatCount(planned)} were planned.`;
    return [harnessReason("more-than-planned", message, analyseAgain)];
  });

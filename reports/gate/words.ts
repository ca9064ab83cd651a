/** How a gate says its numbers. Ratios are candidate / baseline. */
import {
  absent,
  formatLatency,
  formatRatio,
  formatValue,
  signedPercent,
  unbounded,
} from "../../src/domain/number-text.ts";
import type { PairComparison } from "../../src/domain/comparison.ts";
import type { GateDocument, GateMetricResult, GateOutcome, GateQuick } from "./document.ts";

/** @returns "1.203×" */
export const ratioWord = (ratio: number | undefined): string =>
  ratio === undefined ? absent : `${formatRatio(ratio)}×`;

/** @returns "1.180–1.224×", "unbounded" where the values set no bound */
export function spanWord(comparison: PairComparison | undefined): string {
  if (comparison === undefined) return absent;
  const { low, high } = comparison;
  if (low === 0 && high === Number.POSITIVE_INFINITY) return unbounded;
  return `${formatRatio(low)}–${ratioWord(high)}`;
}

/** @returns "+20.3 %", "−1.2 %" */
export const changeWord = (ratio: number | undefined): string =>
  ratio === undefined || !Number.isFinite(ratio) ? ratioWord(ratio) : signedPercent(ratio - 1);

/** The ratio at which a metric is just not acceptable any more. */
export const limitOf = (
  { better }: Pick<GateMetricResult, "better">,
  { margin }: Pick<GateDocument, "margin">,
): number => (better === "lower" ? 1 + margin : 1 / (1 + margin));

/** What this comparison would have called a FAIL in four of five cases. */
export const detectableWord = (comparison: PairComparison | undefined): string =>
  comparison === undefined || !Number.isFinite(comparison.minimumDetectableRatio)
    ? "nothing"
    : changeWord(comparison.minimumDetectableRatio);

export const medianWord = (
  value: number | undefined,
  { unit }: Pick<GateMetricResult, "unit">,
): string => (unit === "ms" ? formatLatency(value) : formatValue(value, unit));

export const countWord = (comparison: PairComparison | undefined): string => {
  if (comparison === undefined) return "0";
  const { nBaseline, nCandidate } = comparison;
  return nBaseline === nCandidate ? `${nBaseline}` : `${nBaseline} / ${nCandidate}`;
};

/** Required metrics first, then what is out of the ordinary, then the rest. */
export const requiredOf = ({ metrics }: GateDocument): readonly GateMetricResult[] =>
  metrics.filter(({ required }) => required);

export const othersOf = ({ metrics }: GateDocument): readonly GateMetricResult[] =>
  metrics.filter(({ required }) => !required).toSorted((a, b) => worseBy(b) - worseBy(a));

const worseBy = ({ comparison, better }: GateMetricResult): number => {
  const ratio = comparison?.ratio ?? 1;
  return better === "lower" ? ratio : 1 / Math.max(ratio, 1e-9);
};

const next: Readonly<Record<GateOutcome, string>> = {
  pass: "Nothing blocks the release.",
  fail: "Do not release. See the metrics and findings below, fix the cause, and run the gate again.",
  inconclusive:
    "Blocks like a failure: the runs do not answer. Run more pairs or longer ones, or a quieter machine; headroom gate --plan says how many.",
  invalid: "No result: fix what made the measurement invalid and run the gate again.",
};

export const nextStep = ({ outcome, bypass }: GateDocument): string =>
  bypass === undefined
    ? next[outcome]
    : "Released on the responsibility of the record above; the verdict stands.";

/** @returns "changes from +12.0 % on (p95 of API reads)" */
export function smallestDetectableWord(
  smallestDetectable: GateQuick["smallestDetectable"],
): string {
  if (smallestDetectable === undefined) return "nothing: no required metric was compared";
  const { title, change } = smallestDetectable;
  return Number.isFinite(change)
    ? `changes from ${changeWord(1 + change)} on (${title})`
    : `no change of any size (${title})`;
}

export const lostAttemptsWord = ({ lostAttempts }: GateDocument): string =>
  lostAttempts.length === 0
    ? ""
    : `; ${lostAttempts.length} ${lostAttempts.length === 1 ? "attempt was" : "attempts were"} lost and repeated`;

export const pairsWord = ({ pairs, analyses, lastAnalysis }: GateDocument): string => {
  const planned = analyses.map((each) => each.pairs).join(", ");
  const taken =
    lastAnalysis === undefined
      ? "no analysis made"
      : `last analysis at ${lastAnalysis.pairs}, α ${lastAnalysis.alpha} each way`;
  return `${pairs} pairs; analyses planned at ${planned || "none"}; ${taken}`;
};

/** Many metrics, one answer: PASS where all required ones pass, FAIL where one fails after Holm. */
import type {
  Comparison,
  ComparisonOutcome,
  MetricHead,
  MetricOutcome,
} from "../../src/domain/comparison.ts";
import { percent, plural } from "../../src/domain/number-text.ts";
import { holm } from "./holm.ts";

export interface ComparedMetric extends MetricHead {
  /** Absent: one side has no value at all. */
  readonly comparison?: Comparison;
}

export interface MetricsJudgement<Metric> {
  readonly outcome: ComparisonOutcome;
  readonly metrics: readonly (Metric & MetricOutcome)[];
  readonly reason: string;
}

/**
 * PASS is an intersection of unions: every required metric passes at α, and α is the chance of a wrong PASS (Berger
 * 1982). FAIL is a union: Holm keeps the chance that any required metric fails wrongly at α.
 * @param alpha of each side, as used in the comparisons
 */
export function judgeMetrics<Metric extends ComparedMetric>(
  compared: readonly Metric[],
  alpha: number,
): MetricsJudgement<Metric> {
  const required = compared.filter((metric) => metric.required);
  const tests = holm(
    required.map(({ comparison }) => comparison?.chanceOfNoRegression ?? 1),
    alpha,
  );
  const metrics = compared.map((metric) => {
    const test = tests[required.indexOf(metric)];
    return { ...metric, ...outcomeAmongAll(metric, test) };
  });
  const deciding = metrics.filter((metric) => metric.required);
  const outcome = outcomeOf(deciding);
  return { outcome, metrics, reason: reasonOf(outcome, deciding) };
}

function outcomeAmongAll(
  { comparison, title }: ComparedMetric,
  test: { readonly level: number; readonly holds: boolean } | undefined,
): MetricOutcome {
  if (comparison === undefined)
    return { outcome: "inconclusive", reason: `${title}: one side has no value.` };
  const level = test === undefined ? {} : { holmLevel: test.level };
  const reason = `${title}: ${comparison.reason}`;
  if (comparison.outcome !== "fail" || test === undefined || test.holds)
    return { outcome: comparison.outcome, ...level, reason };
  const doubt = `Alone it would be a FAIL; among all required metrics its p value has to be at most ${percent(test.level)}.`;
  return { outcome: "inconclusive", ...level, reason: `${reason} ${doubt}` };
}

type Decided = MetricHead & MetricOutcome;

function outcomeOf(deciding: readonly Decided[]): ComparisonOutcome {
  if (deciding.some(({ outcome }) => outcome === "fail")) return "fail";
  const isPass = deciding.length > 0 && deciding.every(({ outcome }) => outcome === "pass");
  return isPass ? "pass" : "inconclusive";
}

function reasonOf(outcome: ComparisonOutcome, deciding: readonly Decided[]): string {
  if (deciding.length === 0) return "No required metric was measured: nothing can be decided.";
  const [first, ...others] = deciding.filter((metric) => metric.outcome === outcome);
  if (outcome === "pass") return `All ${plural(deciding.length, "required metric")} pass.`;
  const more = others.length === 0 ? "" : ` And ${plural(others.length, "more metric")} below.`;
  return `${first?.reason ?? ""}${more}`;
}

import { dayMs } from "../../src/domain/units.ts";
import { median } from "simple-statistics";
import type { RunOutcome } from "../../src/domain/exit-status.ts";
import type {
  HistoryRun,
  HistoryValue,
  NightlyRun,
  Stream,
  Trend,
  TrendPoint,
} from "../../src/domain/history.ts";
import { detectChanges } from "../change-points/detect-changes.ts";
import type { Detection } from "../change-points/types.ts";
import { inMetricOrder, metricTraits } from "./metrics.ts";

/** Warnings of the detection that say how far its silence can be relied on. */
const noticed: ReadonlySet<string> = new Set(["repeating-pattern", "low-power"]);

/** Every metric of a stream with its changes of level; `only` narrows to those named. */
export function trendsOf(stream: Stream, only?: readonly string[]): readonly Trend[] {
  const seen = new Set(
    stream.nightlyRuns.flatMap((nightlyRun) => validRuns(nightlyRun).flatMap(metricsOf)),
  );
  return inMetricOrder(seen)
    .filter((metric) => only === undefined || only.includes(metric))
    .map((metric) => trendOf(stream.nightlyRuns, metric));
}

const metricsOf = ({ values }: HistoryRun): string[] => values.map(({ metric }) => metric);

/** Invalid and incomplete runs say nothing about the platform. */
const validRuns = ({ runs }: NightlyRun): readonly HistoryRun[] =>
  runs.filter(({ outcome }) => outcome !== "invalid" && outcome !== "incomplete");

function trendOf(nightlyRuns: readonly NightlyRun[], metric: string): Trend {
  const measured = nightlyRuns.map((nightlyRun) =>
    validRuns(nightlyRun).flatMap(({ values }) =>
      values.filter((value) => value.metric === metric),
    ),
  );
  const points = nightlyRuns.map((nightlyRun, index) => pointOf(nightlyRun, measured[index] ?? []));
  const latest = measured.flat().at(-1);
  const limit = measured.flat().findLast((value) => value.limit !== undefined)?.limit;
  const { title, worse } = metricTraits(metric);
  const { changePoints, outliers, levels, warnings } = changesOf(points);
  return {
    metric,
    title,
    worse,
    unit: latest?.unit ?? "ms",
    isObjective: limit !== undefined,
    limit,
    points: points.map((point, index) => ({ ...point, level: levels?.[index] })),
    changePoints,
    outliers: outliers.map(({ index }) => index),
    notices: warnings.filter(({ code }) => noticed.has(code)).map(({ message }) => message),
  };
}

/**
 * A nightly run without a bound (too many requests got no answer) is worse than any that has one: to the detection it is ten times
 * the largest value, or it would be a gap. What is reported of a change with such nightly runs are its levels, without a ratio.
 */
function changesOf(points: readonly TrendPoint[]): Detection {
  const values = points.map(({ value }) => value);
  const largest = values.reduce<number>(
    (most, value = 0) => (Number.isFinite(value) ? Math.max(most, value) : most),
    0,
  );
  const detection = detectChanges(
    values.map((value) => (value === Infinity ? 10 * largest : value)),
    { positions: points.map(({ at }) => Math.floor(at / dayMs)) },
  );
  const { changePoints } = detection;
  const levelOf = (level: number): number => (level > largest ? Infinity : level);
  return {
    ...detection,
    levels: detection.levels?.map((level, index) =>
      values[index] === Infinity ? Infinity : level,
    ),
    changePoints: changePoints.map((change, order) => {
      const from = changePoints[order - 1]?.index ?? 0;
      const isBounded = !values.slice(from, changePoints[order + 1]?.index).includes(Infinity);
      if (isBounded) return change;
      const { index, before, after, p } = change;
      return { index, before: levelOf(before), after: levelOf(after), p };
    }),
  };
}

function pointOf(nightlyRun: NightlyRun, values: readonly HistoryValue[]): TrendPoint {
  const { id, at, date } = nightlyRun;
  const head = { nightlyRun: id, at, date, runs: values.length };
  if (values.length === 0) return { ...head, ...gapOutcome(nightlyRun) };
  const numbers = values.map(({ value }) => value);
  const [one] = values;
  const range =
    values.length > 1
      ? { low: Math.min(...numbers), high: Math.max(...numbers) }
      : {
          low: one?.low,
          high: one?.high,
        };
  const outcome = worstVerdict(values);
  return {
    ...head,
    value: median(numbers),
    ...range,
    outcome,
  };
}

const gapOutcome = ({ outcome }: NightlyRun): { outcome?: RunOutcome } =>
  outcome === "invalid" || outcome === "incomplete" ? { outcome } : {};

const worstVerdict = (values: readonly HistoryValue[]): RunOutcome | undefined =>
  (["fail", "inconclusive", "pass"] as const).find((each) =>
    values.some(({ outcome }) => outcome === each),
  );

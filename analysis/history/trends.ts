import { median } from "simple-statistics";
import type { RunOutcome } from "../../src/domain/exit-status.ts";
import type {
  HistoryRun,
  HistoryValue,
  Night,
  Stream,
  Trend,
  TrendPoint,
} from "../../src/domain/history.ts";
import { detectChanges } from "../change-points/detect-changes.ts";
import { inMetricOrder, metricTraits } from "./metrics.ts";

/** Every metric of a stream with its changes of level; `only` narrows to those named. */
export function trendsOf(stream: Stream, only?: readonly string[]): readonly Trend[] {
  const seen = new Set(stream.nights.flatMap((night) => validRuns(night).flatMap(metricsOf)));
  return inMetricOrder(seen)
    .filter((metric) => only === undefined || only.includes(metric))
    .map((metric) => trendOf(stream.nights, metric));
}

const metricsOf = ({ values }: HistoryRun): string[] => values.map(({ metric }) => metric);

/** Invalid and incomplete runs say nothing about the platform. */
const validRuns = ({ runs }: Night): readonly HistoryRun[] =>
  runs.filter(({ outcome }) => outcome !== "invalid" && outcome !== "incomplete");

function trendOf(nights: readonly Night[], metric: string): Trend {
  const measured = nights.map((night) =>
    validRuns(night).flatMap(({ values }) => values.filter((value) => value.metric === metric)),
  );
  const points = nights.map((night, index) => pointOf(night, measured[index] ?? []));
  const latest = measured.flat().at(-1);
  const limit = measured.flat().findLast((value) => value.limit !== undefined)?.limit;
  const { title, worse } = metricTraits(metric);
  const { changePoints, outliers } = detectChanges(points.map(({ value }) => value));
  return {
    metric,
    title,
    worse,
    unit: latest?.unit ?? "ms",
    isObjective: limit !== undefined,
    ...(limit === undefined ? {} : { limit }),
    points,
    changePoints,
    outliers: outliers.map(({ index }) => index),
  };
}

function pointOf(night: Night, values: readonly HistoryValue[]): TrendPoint {
  const { id, at, date } = night;
  const head = { night: id, at, date, runs: values.length };
  if (values.length === 0) return { ...head, ...gapOutcome(night) };
  const numbers = values.map(({ value }) => value);
  const [one] = values;
  const range =
    values.length > 1
      ? { low: Math.min(...numbers), high: Math.max(...numbers) }
      : {
          ...(one?.low === undefined ? {} : { low: one.low }),
          ...(one?.high === undefined ? {} : { high: one.high }),
        };
  const outcome = worstVerdict(values);
  return {
    ...head,
    value: median(numbers),
    ...range,
    ...(outcome === undefined ? {} : { outcome }),
  };
}

const gapOutcome = ({ outcome }: Night): { outcome?: RunOutcome } =>
  outcome === "invalid" || outcome === "incomplete" ? { outcome } : {};

const worstVerdict = (values: readonly HistoryValue[]): RunOutcome | undefined =>
  (["fail", "inconclusive", "pass"] as const).find((each) =>
    values.some(({ outcome }) => outcome === each),
  );

/** The status of every metric after a nightly run, and which changes need a notification. */
import { inSentence, signedPercent } from "../../src/domain/number-text.ts";
import type { Acceptance, ChangePoint, Stream, Trend } from "../../src/domain/history.ts";
import type { Instant } from "../../src/domain/written.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import { classifyNightly, type MetricStatus } from "../change-points/classify-nightly.ts";
import { metricTraits } from "./metrics.ts";
import type { ReferenceValues } from "./reference.ts";

/** A regression or recovery that was notified; `at` is the start of its first nightly run. */
export interface Notified {
  readonly metric: string;
  readonly at: number;
}

/** Earlier notifications, accepted changes and the pinned reference. */
export interface PastDecisions {
  readonly notified: readonly Notified[];
  readonly accepted?: readonly Pick<Acceptance, "metric" | "at">[];
  readonly reference?: ReferenceValues;
}

export interface NightlyMetric {
  /** Stable id: `api.response.p95`. */
  readonly metric: string;
  /** Title for people. */
  readonly title: string;
  /** Status of the metric: docs/nightly.md. */
  readonly kind: MetricStatus["kind"];
  /** The status in one sentence. */
  readonly sentence: string;
  /** What limits the detection, of objectives that may send messages; error ratios vary by their nature. */
  readonly notices?: readonly string[] | undefined;
}

/** Sent once. */
export interface Notification {
  /** The same change gets the same id. */
  readonly id: string;
  /** What happened. */
  readonly kind: "new-regression" | "resolved";
  /** Stable id of the metric. */
  readonly metric: string;
  /** Severity by the specification. */
  readonly severity: Finding["severity"];
  /** The change in one sentence. */
  readonly sentence: string;
  /** Start of the first nightly run of the change, epoch milliseconds. */
  readonly at: Instant;
  /** Id of that nightly run. */
  readonly nightlyRun: string;
  /** What else changed with that run: versions, commits, generator. */
  readonly suspects: readonly string[];
}

export interface JudgedNightly {
  /** Status of each metric. */
  readonly metrics: readonly NightlyMetric[];
  /** Changes to notify of, each once. */
  readonly notifications: readonly Notification[];
}

/** Objectives that may send notifications: each adds false alarms. */
export const maxNotifyingObjectives = 10;
/** Three of three nightly runs, three of four, four of five … */
const confirmingShare = 0.75;
/** An error ratio that moves by less than this share of its limit is not reported. */
const materialShareOfLimit = 0.1;

export function judgeNightly(
  stream: Stream,
  trends: readonly Trend[],
  decisions: PastDecisions,
): JudgedNightly {
  const objectives = new Set(
    trends.filter(({ isObjective }) => isObjective).slice(0, maxNotifyingObjectives),
  );
  const classified = trends.map((trend) => ({ trend, status: classify(trend, decisions) }));
  return {
    metrics: classified.map(({ trend, status }) => ({
      metric: trend.metric,
      title: trend.title,
      kind: status.kind,
      sentence: sentenceOf(trend, status, decisions.reference?.name),
      notices: objectives.has(trend) && trend.unit !== "ratio" ? trend.notices : undefined,
    })),
    notifications: classified
      .filter(({ trend }) => objectives.has(trend))
      .flatMap(({ trend, status }) => notificationsOf(stream, trend, status, decisions.notified)),
  };
}

/** A change that was accepted before its notification needs none. */
function classify(
  trend: Trend,
  { notified, accepted = [], reference }: PastDecisions,
): MetricStatus {
  const { points, changePoints, outliers, worse } = trend;
  const known = reference?.values.get(trend.metric);
  return classifyNightly({
    values: points.map(({ value }) => value),
    levels: points.map(({ value, level = value }) => level),
    detection: { changePoints, outliers: outliers.map((index) => ({ index })), warnings: [] },
    worse,
    notified: [...indicesOf(trend, notified), ...indicesOf(trend, accepted)],
    accepted: indicesOf(trend, accepted),
    reference: known,
  });
}

/** Indices in the trend of the nightly runs of notifications or decisions. */
export const indicesOf = ({ metric, points }: Trend, nightlyRuns: readonly Notified[]): number[] =>
  nightlyRuns
    .filter((each) => each.metric === metric)
    .map(({ at }) => points.findIndex((point) => point.at >= at))
    .filter((index) => index >= 0);

function notificationsOf(
  stream: Stream,
  trend: Trend,
  status: MetricStatus,
  notified: readonly Notified[],
): readonly Notification[] {
  if (status.kind !== "new-regression" && status.kind !== "resolved") return [];
  if (!isMaterial(trend, status.change) || !isConfirmed(trend, status.change)) return [];
  const wasNotified = (point: ChangePoint): boolean =>
    indicesOf(trend, notified).some((index) => Math.abs(index - point.index) <= 2);
  if (status.kind === "resolved" && !wasNotified(status.since)) return [];
  const first = trend.points[status.change.index];
  if (first === undefined) return [];
  const { profile, environment } = stream;
  return [
    {
      id: `${profile}/${environment}/${trend.metric}/${status.kind}/${first.nightlyRun}`,
      kind: status.kind,
      metric: trend.metric,
      severity: metricTraits(trend.metric).severity,
      sentence: sentenceOf(trend, status),
      at: first.at,
      nightlyRun: first.nightlyRun,
      suspects: suspectsOf(stream, status.change.index),
    },
  ];
}

function isMaterial({ unit, limit }: Trend, { before, after }: ChangePoint): boolean {
  if (unit !== "ratio" || limit === undefined) return true;
  const room = limit.good === "below" ? limit.value : 1 - limit.value;
  return Math.abs(after - before) >= materialShareOfLimit * room;
}

/**
 * Nearly all runs since the change are nearer to the new level than to the old one, as measured: two spikes within three
 * nightly runs look like a level of three nightly runs. An unbounded run is beyond any halfway.
 */
function isConfirmed({ points }: Trend, { index, before, after }: ChangePoint): boolean {
  const since = points
    .slice(index)
    .map(({ value, level = value }) => level)
    .filter((level) => level !== undefined);
  const halfway = Math.min((before + after) / 2, Number.MAX_VALUE);
  const there = since.filter((value) => value > halfway === after > before);
  return there.length >= confirmingShare * since.length;
}

/** The change may have been status one nightly run off. */
const suspectsOf = ({ marks }: Stream, index: number): string[] =>
  marks
    .filter((mark) => Math.abs(mark.index - index) <= 1)
    .map(({ trait, from, to }) => `${trait}: ${from} → ${to}`);

function sentenceOf(
  { title, points, unit, worse }: Trend,
  status: MetricStatus,
  reference = "the reference",
): string {
  const since = (change: ChangePoint): string => points[change.index]?.date ?? "?";
  const size = ({ before, after, ratio, low, high }: ChangePoint): string =>
    `${inSentence(before, unit)} → ${inSentence(after, unit)}${
      ratio === undefined || low === undefined || high === undefined
        ? ""
        : ` (${signedPercent(ratio - 1)}, 95 % interval ${signedPercent(low - 1)} to ${signedPercent(high - 1)})`
    }`;
  switch (status.kind) {
    case "no-data":
      return `${title}: no valid value in the latest run`;
    case "unbounded":
      return `${title} was unbounded in the latest run: too many requests got no answer`;
    case "new-regression":
    case "new-improvement":
      return `${title} is ${status.kind === "new-regression" ? "worse" : "better"} since ${since(status.change)}: ${size(status.change)}`;
    case "resolved":
      return `${title} is back since ${since(status.change)}: ${size(status.change)}; it was worse since ${since(status.since)}`;
    case "open-regression":
      return `${title} is still worse than before ${since(status.change)}: ${size(status.change)}`;
    case "outlier":
      return `${title}: only the latest run was ${status.direction}, ${inSentence(status.value, unit)} against a level of ${inSentence(status.level, unit)}; the next runs decide`;
    case "slow-regression":
      return `${title} of the last week is ${worse} than ${reference}${slowSize(status)}, without one clear change point`;
    case "steady":
      return `${title} is steady`;
    default:
      return status satisfies never;
  }
}

const slowSize = ({
  ratio,
  low,
  high,
}: MetricStatus & { readonly kind: "slow-regression" }): string =>
  ratio === undefined || low === undefined || high === undefined
    ? ""
    : ` by ${signedPercent(ratio - 1)} (95 % interval ${signedPercent(low - 1)} to ${signedPercent(high - 1)})`;

/** @returns "+12.1 %" of a ratio of 1.121 */
/**
 * False alarms a year from stationary objectives judged every night: with independent runs, and
 * with the worst of the kinds tried (spikes on 5 % of them, or a correlation of 0.3 from one nightly run to the next). Measured by
 * simulation: 200 years each, noise 3 %, 120 nightly runs of history.
 * @see bench/nightly-year.ts
 */
export const falseAlarmsPerYear = (
  objectives: number,
): { readonly low: number; readonly high: number } => ({
  low: Math.min(objectives, maxNotifyingObjectives) * 0.095,
  high: Math.min(objectives, maxNotifyingObjectives) * 0.195,
});

/** What last night was for every metric, and which of it is news that somebody gets a message about. */
import type { AcceptedChange, ChangePoint, Stream, Trend } from "../../src/domain/history.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import { classifyNight, type NightClass } from "../change-points/classify-night.ts";
import { inUnit, percent } from "../phrases.ts";
import { metricTraits } from "./metrics.ts";
import type { ReferenceValues } from "./reference.ts";

/** A change or a recovery that somebody was told about; `at` is the start of its first night. */
export interface Told {
  readonly metric: string;
  readonly at: number;
}

/** What people were told, decided and agreed on before. */
export interface NightKnowledge {
  /** What was announced before, of this stream. */
  readonly told: readonly Told[];
  readonly accepted?: readonly Pick<AcceptedChange, "metric" | "at">[];
  readonly reference?: ReferenceValues;
}

export interface MetricNight {
  readonly metric: string;
  readonly title: string;
  readonly kind: NightClass["kind"];
  readonly sentence: string;
  /** What limits the detection, of objectives that may send messages; error ratios vary by their nature. */
  readonly notices?: readonly string[] | undefined;
}

/** Worth one message, ever. */
export interface News {
  /** The same change gets the same id. */
  readonly id: string;
  readonly kind: "new-change" | "recovered";
  readonly metric: string;
  readonly severity: Finding["severity"];
  readonly sentence: string;
  /** Start of the first night of the change, epoch milliseconds. */
  readonly at: number;
  readonly night: string;
  /** What else changed with that night: versions, commits, generator. */
  readonly suspects: readonly string[];
}

export interface JudgedNight {
  readonly metrics: readonly MetricNight[];
  readonly news: readonly News[];
}

/** Most objectives that may send messages: each adds false ones. */
export const mostObjectives = 10;
/** Three of three nights, three of four, four of five … */
const confirmingShare = 0.75;
/** An error ratio that moves by less than this share of its limit is nobody's news. */
const materialShareOfLimit = 0.1;

export function judgeNight(
  stream: Stream,
  trends: readonly Trend[],
  knowledge: NightKnowledge,
): JudgedNight {
  const objectives = new Set(
    trends.filter(({ isObjective }) => isObjective).slice(0, mostObjectives),
  );
  const classified = trends.map((trend) => ({ trend, found: classify(trend, knowledge) }));
  return {
    metrics: classified.map(({ trend, found }) => ({
      metric: trend.metric,
      title: trend.title,
      kind: found.kind,
      sentence: sentenceOf(trend, found, knowledge.reference?.name),
      notices: objectives.has(trend) && trend.unit !== "ratio" ? trend.notices : undefined,
    })),
    news: classified
      .filter(({ trend }) => objectives.has(trend))
      .flatMap(({ trend, found }) => newsOf(stream, trend, found, knowledge.told)),
  };
}

/** A change that was accepted before anybody heard of it is no news either. */
function classify(trend: Trend, { told, accepted = [], reference }: NightKnowledge): NightClass {
  const { points, changePoints, outliers, worse } = trend;
  const known = reference?.values.get(trend.metric);
  return classifyNight({
    values: points.map(({ value }) => value),
    levels: points.map(({ value, level = value }) => level),
    detection: { changePoints, outliers: outliers.map((index) => ({ index })), warnings: [] },
    worse,
    told: [...indicesOf(trend, told), ...indicesOf(trend, accepted)],
    accepted: indicesOf(trend, accepted),
    reference: known,
  });
}

/** Where the nights of what was told or decided stand in the trend. */
export const indicesOf = ({ metric, points }: Trend, nights: readonly Told[]): number[] =>
  nights
    .filter((each) => each.metric === metric)
    .map(({ at }) => points.findIndex((point) => point.at >= at))
    .filter((index) => index >= 0);

function newsOf(
  stream: Stream,
  trend: Trend,
  found: NightClass,
  told: readonly Told[],
): readonly News[] {
  if (found.kind !== "new-change" && found.kind !== "recovered") return [];
  if (!isMaterial(trend, found.change) || !isConfirmed(trend, found.change)) return [];
  if (found.kind === "new-change" && found.direction === "better") return [];
  const wasTold = (point: ChangePoint): boolean =>
    indicesOf(trend, told).some((index) => Math.abs(index - point.index) <= 2);
  if (found.kind === "recovered" && !wasTold(found.since)) return [];
  const first = trend.points[found.change.index];
  if (first === undefined) return [];
  const { profile, environment } = stream;
  return [
    {
      id: `${profile}/${environment}/${trend.metric}/${found.kind}/${first.night}`,
      kind: found.kind,
      metric: trend.metric,
      severity: metricTraits(trend.metric).severity,
      sentence: sentenceOf(trend, found),
      at: first.at,
      night: first.night,
      suspects: suspectsOf(stream, found.change.index),
    },
  ];
}

function isMaterial({ unit, limit }: Trend, { before, after }: ChangePoint): boolean {
  if (unit !== "ratio" || limit === undefined) return true;
  const room = limit.good === "below" ? limit.value : 1 - limit.value;
  return Math.abs(after - before) >= materialShareOfLimit * room;
}

/**
 * Nearly all nights since the change are nearer to the new level than to the old one, as measured: two spikes within three
 * nights look like a level of three nights. A night without a bound is beyond any halfway.
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

/** The change may have been found one night off. */
const suspectsOf = ({ marks }: Stream, index: number): string[] =>
  marks
    .filter((mark) => Math.abs(mark.index - index) <= 1)
    .map(({ trait, from, to }) => `${trait}: ${from} → ${to}`);

function sentenceOf(
  { title, points, unit, worse }: Trend,
  found: NightClass,
  reference = "the reference",
): string {
  const since = (change: ChangePoint): string => points[change.index]?.date ?? "?";
  const size = ({ before, after, ratio, low, high }: ChangePoint): string =>
    `${inUnit(before, unit)} → ${inUnit(after, unit)}${
      ratio === undefined || low === undefined || high === undefined
        ? ""
        : ` (${signed(ratio)}, 95 % interval ${signed(low)} to ${signed(high)})`
    }`;
  switch (found.kind) {
    case "no-value":
      return `${title}: no valid value last night`;
    case "unbounded":
      return `${title} was unbounded last night: too many requests got no answer`;
    case "new-change":
      return `${title} is ${found.direction} since ${since(found.change)}: ${size(found.change)}`;
    case "recovered":
      return `${title} is back since ${since(found.change)}: ${size(found.change)}; it was worse since ${since(found.since)}`;
    case "ongoing":
      return `${title} is still worse than before ${since(found.change)}: ${size(found.change)}`;
    case "outlier-night":
      return `${title}: last night alone was ${found.direction}, ${inUnit(found.value, unit)} against a level of ${inUnit(found.level, unit)}; the next nights decide`;
    case "drift":
      return `${title} of the last week is ${worse} than ${reference}${driftSize(found)}, without one clear change of level`;
    case "steady":
      return `${title} is steady`;
    default:
      return found satisfies never;
  }
}

const driftSize = ({ ratio, low, high }: NightClass & { readonly kind: "drift" }): string =>
  ratio === undefined || low === undefined || high === undefined
    ? ""
    : ` by ${signed(ratio)} (95 % interval ${signed(low)} to ${signed(high)})`;

/** @returns "+12.1 %" of a ratio of 1.121 */
export const signed = (ratio: number): string =>
  `${ratio < 1 ? "−" : "+"}${percent(Math.abs(ratio - 1))}`;

/**
 * Messages a year that nothing real is behind, from stationary objectives looked at every night: with independent nights, and
 * with the loudest of the kinds tried (spikes on 5 % of them, or a correlation of 0.3 from night to night). Measured by
 * simulation: 200 years each, noise 3 %, 120 nights of history.
 * @see bench/nightly-year.ts
 */
export const falseMessagesAYear = (
  objectives: number,
): { readonly low: number; readonly high: number } => ({
  low: Math.min(objectives, mostObjectives) * 0.095,
  high: Math.min(objectives, mostObjectives) * 0.195,
});

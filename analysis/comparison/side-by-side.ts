/** Two runs beside each other, whatever they are: what differs first, then what can be compared. No verdict. */
import type { Estimate } from "../../src/domain/estimate.ts";
import type { LatencyRow, Report } from "../../src/domain/report.ts";
import type { Change, ComparedMetric, SideBySide } from "../../src/domain/side-by-side.ts";
import type { RunData } from "../../src/domain/run.ts";
import type { JudgedVerdict } from "../../src/domain/verdict.ts";
import { assess } from "../assess.ts";
import { measure } from "../measurements/index.ts";
import { differencesOf } from "./comparability.ts";
import { contributions } from "./contributions.ts";

export function sideBySide(first: RunData, second: RunData): SideBySide {
  const [measured1, measured2] = [measure(first), measure(second)];
  const [before, after] = [assess(first, measured1), assess(second, measured2)];
  const [own1, own2] = [judgedOf(before), judgedOf(after)];
  return {
    before,
    after,
    differences: differencesOf([first.run], [second.run]),
    metrics: [...own1.values()].flatMap((one) => {
      const other = own2.get(one.checkId);
      return other === undefined ? [] : [comparedMetric(one, other)];
    }),
    onlyBefore: titlesBeyond(own1, own2),
    onlyAfter: titlesBeyond(own2, own1),
    latency: before.latency.flatMap((one) => {
      const other = after.latency.find((each) => isSameRow(one, each));
      return other === undefined ? [] : [{ before: one, after: other }];
    }),
    contributions: contributions(measured1.endpoints, measured2.endpoints),
  };
}

const judgedOf = ({ verdicts }: Report): ReadonlyMap<string, JudgedVerdict> =>
  new Map(
    verdicts.flatMap((verdict) =>
      verdict.outcome === "not-applicable" ? [] : [[verdict.checkId, verdict]],
    ),
  );

const titlesBeyond = (
  own: ReadonlyMap<string, JudgedVerdict>,
  others: ReadonlyMap<string, JudgedVerdict>,
): readonly string[] =>
  [...own.values()].flatMap(({ checkId, title }) => (others.has(checkId) ? [] : [title]));

const comparedMetric = (before: JudgedVerdict, after: JudgedVerdict): ComparedMetric => ({
  id: before.checkId,
  title: before.title,
  before,
  after,
  limits: before.limit.value === after.limit.value ? undefined : [before.limit, after.limit],
  change: changeOf(before.observed, after.observed),
});

/**
 * after / before, and the widest that both intervals allow: [low₂ / high₁, high₂ / low₁]. With two intervals of 90 % it holds in at
 * least 80 % of such pairs (Bonferroni), as far as a run describes itself: how much runs differ from each other is not in it.
 */
function changeOf(before: Estimate, after: Estimate): Change | undefined {
  if (!isPositive(before.point) || !isPositive(after.point)) return undefined;
  return {
    ratio: after.point / before.point,
    low: Math.max(0, after.low) / before.high,
    high: before.low > 0 ? after.high / before.low : Infinity,
  };
}

const isPositive = (value: number): boolean => value > 0 && Number.isFinite(value);

const isSameRow = (one: LatencyRow, other: LatencyRow): boolean =>
  one.metric === other.metric && one.surface === other.surface && one.kind === other.kind;

/** The load up to which a workload keeps its objectives: the first of its three limits, with an interval. */
import { defined } from "../../../src/domain/defined.ts";
import type { Estimate } from "../../../src/domain/estimate.ts";
import type { Random } from "../../../src/domain/random.ts";
import { firstLimit, limitsOf } from "./limits.ts";
import type { LimitLevel, Limits, LimitQuestion } from "./limits.ts";
import type { MeasuredLevel } from "./measure-levels.ts";
import { anotherRun, intervalAround, uncertainLevels } from "./resample.ts";

export interface SloCapacity {
  readonly levels: readonly LimitLevel[];
  readonly limits: Limits;
  readonly first: ReturnType<typeof firstLimit>;
  /** Absent where no limit was found. */
  readonly estimate?: Estimate;
  /** Of the greatest throughput, where saturated levels tell it. */
  readonly maxThroughput?: Estimate;
}

export interface SloChoice {
  readonly random: Random;
  /** 0..1. */
  readonly confidence: number;
  readonly replicates: number;
  /** Greatest throughput by a law, one draw of its doubt for each call. */
  readonly drawMaxThroughput?: () => number;
}

/** @param measured without those of a saturated generator */
export function sloCapacity(
  measured: readonly MeasuredLevel[],
  question: LimitQuestion,
  choice: SloChoice,
): SloCapacity {
  const sorted = measured.toSorted((a, b) => a.level.offeredPerSecond - b.level.offeredPerSecond);
  const levels = uncertainLevels(sorted, choice.random);
  const limits = limitsOf(levels, question);
  const first = firstLimit(limits);
  const capacities: number[] = [];
  const greatest: number[] = [];
  for (let replicate = 0; replicate < choice.replicates; replicate++) {
    const drawn = anotherRun(levels, choice.random);
    const maxThroughput = choice.drawMaxThroughput?.();
    const found = limitsOf(drawn, {
      ...question,
      ...defined({ maxThroughput }),
    });
    const capacity = firstLimit(found)?.perSecond;
    if (capacity !== undefined && capacity > 0) capacities.push(capacity);
    if (found.maxThroughput !== undefined) greatest.push(found.maxThroughput);
  }
  const context = { sorted, choice };
  const greatestPoint = limits.maxThroughput;
  return {
    levels,
    limits,
    first,
    estimate:
      first === undefined || first.perSecond <= 0
        ? undefined
        : estimateOf(first.perSecond, capacities, context),
    maxThroughput:
      greatestPoint === undefined ? undefined : estimateOf(greatestPoint, greatest, context),
  };
}

function estimateOf(
  point: number,
  values: readonly number[],
  {
    sorted,
    choice: { confidence },
  }: { readonly sorted: readonly MeasuredLevel[]; readonly choice: SloChoice },
): Estimate {
  const slices = sorted.map(({ completedPerSecond }) => completedPerSecond.length);
  const total = slices.reduce((sum, count) => sum + count, 0);
  const degreesOfFreedom = Math.max(1, total / slices.length - 1);
  const { low, high } = intervalAround(point, values, { confidence, degreesOfFreedom });
  return {
    point,
    low,
    high,
    unit: "1/s",
    confidence,
    sampleCount: total,
    method: "block bootstrap over slices of the plateaus",
    warnings: [],
  };
}

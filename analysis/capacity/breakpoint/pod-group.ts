/** What runs at one number of pods say about a workload: state, limits, law. */
import { formatCount, inSentence, percent, plural } from "../../../src/domain/number-text.ts";
import type { BindingLimit, CapacityState, FittedLaw } from "../../../src/domain/capacity.ts";
import type { Warning } from "../../../src/domain/estimate.ts";
import { normal } from "../../../src/domain/random.ts";
import type { Random } from "../../../src/domain/random.ts";
import type { Surface } from "../../../src/domain/surface.ts";
import { latencyNoun } from "../../phrases.ts";
import { normalQuantile } from "../../statistics/normal-quantile.ts";
import { fitScalability, hasTooFew } from "../fit-scalability.ts";
import type { FitMethod, ScalabilityFit } from "../fit-scalability.ts";
import { fallsAndRises, isErratic, scatterOf } from "./level-state.ts";
import { throughputShare } from "./limits.ts";
import type { LimitLevel } from "./limits.ts";
import type { MeasuredLevel } from "./measure-levels.ts";
import { sloCapacity } from "./slo-capacity.ts";
import type { SloCapacity } from "./slo-capacity.ts";

export interface GroupChoice {
  readonly random: Random;
  /** 0..1, of every interval. */
  readonly confidence: number;
  /** Simulated repetitions behind the interval of the capacity. */
  readonly replicates: number;
  readonly method: FitMethod;
  /** The share of requests that may fail. */
  readonly errorRatio: number;
}

export interface PodGroup {
  readonly state: CapacityState;
  /** Those that count, by rising load. */
  readonly usable: readonly MeasuredLevel[];
  readonly law?: FittedLaw;
  readonly slo?: SloCapacity;
  readonly bindingLimit?: BindingLimit;
  /** Carried within every objective, all pods together, 1/s. */
  readonly atLeastPerSecond?: number;
  readonly warnings: readonly Warning[];
  readonly refusals: readonly Warning[];
}

/** Fewer levels are no curve. */
export const fewestLevels = 4;
const shortPlateauMs = 30_000;
const wideInterval = 0.25;

/** @param measured of runs with the same number of pods */
export function examineGroup(measured: readonly MeasuredLevel[], choice: GroupChoice): PodGroup {
  const sorted = measured.toSorted((a, b) => a.level.offeredPerSecond - b.level.offeredPerSecond);
  const usable = sorted.filter(({ level }) => level.state !== "generator-saturated");
  const limited = sorted.find(({ level }) => level.state === "generator-saturated");
  const generator = limited === undefined ? [] : [generatorSentence(limited)];
  if (usable.length < fewestLevels) {
    const state = limited === undefined ? "knee-not-reached" : "generator-saturated";
    const message = `${plural(usable.length, "level")} can be used; a capacity takes at least ${fewestLevels}`;
    const few: Warning = { code: "too-few-levels", message };
    return { state, usable, warnings: [], refusals: [...generator, few] };
  }
  const objectives = objectivesOf(usable);
  const fit = lawOf(usable, choice.method, choice.confidence);
  const slo = sloCapacity(
    usable,
    { objectives, errorRatio: choice.errorRatio, ...lawThroughput(usable, fit) },
    { ...choice, ...drawsOfLaw(usable, fit, choice) },
  );
  const scatter = scatterOf(slo.levels, objectives.length);
  const state = stateOf(slo, { scatter, isLimited: limited !== undefined });
  const facts = { state, slo, scatter, usable, choice };
  const binding = state === "identified" ? bindingOf(slo) : undefined;
  const atLeast = ["knee-not-reached", "generator-saturated"].includes(state)
    ? carriedWithin(slo.levels, objectives, choice.errorRatio)
    : undefined;
  const refusedLaw = lawRefusal(fit, slo);
  const law = refusedLaw === undefined ? usableLaw(fit) : undefined;
  return {
    state,
    usable,
    law,
    slo,
    bindingLimit: binding,
    atLeastPerSecond: atLeast,
    warnings: [...warningsOf(facts), ...(law === undefined ? [] : (fit?.warnings ?? []))],
    refusals: [
      ...generator,
      ...refusalsOf(facts),
      ...(refusedLaw === undefined ? [] : [{ code: "law-refused", message: refusedLaw }]),
    ],
  };
}

const objectivesOf = (
  usable: readonly MeasuredLevel[],
): readonly { readonly surface: Surface; readonly limitMs: number }[] =>
  (usable[0]?.tails ?? []).map(({ surface, limitMs }) => ({ surface, limitMs }));

function generatorSentence({ level, generatorSaturation }: MeasuredLevel): Warning {
  const message = `from ${level.phase} (${inSentence(level.offeredPerSecond, "1/s")}) on the load generator was the limit, not the platform: ${generatorSaturation.join("; ")}; what came after it is not used`;
  return { code: "generator-saturated", message };
}

// --- the law ------------------------------------------------------------------------------------------------------

function lawOf(
  usable: readonly MeasuredLevel[],
  method: FitMethod,
  confidence: number,
): ScalabilityFit | undefined {
  const points = usable.flatMap(({ level: { concurrency, completedPerSecond } }) =>
    concurrency > 0 && completedPerSecond > 0
      ? [{ concurrency, throughput: completedPerSecond }]
      : [],
  );
  return hasTooFew(points) ? undefined : fitScalability(points, { method, confidence });
}

function usableLaw(fit: ScalabilityFit | undefined): FittedLaw | undefined {
  if (fit?.sigma === undefined || fit.kappa === undefined || fit.lambda === undefined)
    return undefined;
  return {
    method: fit.method,
    sigma: fit.sigma,
    kappa: fit.kappa,
    lambda: fit.lambda,
    peak: fit.peakConcurrency,
    maxThroughput: fit.maxThroughput,
    relativeSpread: fit.relativeSpread,
  };
}

/** A law whose greatest throughput is off the one seen by more describes another platform. */
const furthestFromPlateau = 1.1;

/** Why no law is given: a curve that bends slowly is laid through anything. */
function lawRefusal(
  fit: ScalabilityFit | undefined,
  { limits, levels }: SloCapacity,
): string | undefined {
  if (fit === undefined) return "no scalability law is given: too few levels with answers";
  if (fit.state === "not-monotone")
    return "no scalability law is given: throughput falls and rises again with the requests in the system";
  if (fit.state === "erratic" || fit.state === "lack-of-fit")
    return `no scalability law is given: the levels lie off it by ${percent(fit.relativeSpread ?? 1)}; ${sharpKnee}`;
  const { point } = fit.maxThroughput ?? {};
  const seen = levels.some(({ isSaturated }) => isSaturated) ? limits.maxThroughput : undefined;
  if (point === undefined || seen === undefined) return undefined;
  if (Math.abs(Math.log(point / seen)) <= Math.log(furthestFromPlateau)) return undefined;
  return `no scalability law is given: it puts the greatest throughput at ${inSentence(point, "1/s")}, the levels beyond the knee show ${inSentence(seen, "1/s")}; ${sharpKnee}`;
}

const sharpKnee =
  "it bends slowly, while pods whose requests mostly wait for others serve all they are given up to a sharp knee";

/** Levels beyond the knee show the greatest throughput themselves; the law speaks where there are none. */
const seesPlateau = (usable: readonly MeasuredLevel[]): boolean =>
  usable.some(({ level }) => level.state === "saturated");

function lawThroughput(
  usable: readonly MeasuredLevel[],
  fit: ScalabilityFit | undefined,
): { readonly maxThroughput?: number } {
  const greatest = fit?.state === "identified" ? fit.maxThroughput?.point : undefined;
  return greatest === undefined || seesPlateau(usable) ? {} : { maxThroughput: greatest };
}

function drawsOfLaw(
  usable: readonly MeasuredLevel[],
  fit: ScalabilityFit | undefined,
  { random, confidence }: GroupChoice,
): { readonly drawMaxThroughput?: () => number } {
  const { maxThroughput } = lawThroughput(usable, fit);
  const { low, high } = fit?.maxThroughput ?? {};
  if (maxThroughput === undefined || low === undefined || high === undefined) return {};
  const error = Math.log(high / low) / 2 / normalQuantile((1 + confidence) / 2);
  return { drawMaxThroughput: () => maxThroughput * Math.exp(error * normal(random)) };
}

// --- the state ----------------------------------------------------------------------------------------------------

function stateOf(
  slo: SloCapacity,
  { scatter, isLimited }: { readonly scatter: number; readonly isLimited: boolean },
): CapacityState {
  if (fallsAndRises(slo.levels)) return "not-monotone";
  if (isErratic(scatter)) return "erratic";
  if (isIdentified(slo)) return "identified";
  return isLimited ? "generator-saturated" : "knee-not-reached";
}

/** The first limit is known, and no other could lie before it. */
function isIdentified({ limits, first, levels, estimate }: SloCapacity): boolean {
  if (first === undefined || estimate === undefined || isBrokenAtLowest({ limits })) return false;
  if (limits.maxThroughput !== undefined) return true;
  const shown = Math.max(...levels.map(({ completedPerSecond }) => completedPerSecond));
  return first.perSecond <= throughputShare * shown;
}

/** An objective that not even the lowest level keeps: nothing is known below it. */
const isBrokenAtLowest = ({ limits }: Pick<SloCapacity, "limits">): boolean =>
  limits.response.some(
    ({ perSecond, below, above }) =>
      perSecond === undefined && below === undefined && above === undefined,
  ) || limits.errorsPerSecond === 0;

/** The highest load that is surely within every objective. */
function carriedWithin(
  levels: readonly LimitLevel[],
  objectives: readonly { readonly limitMs: number }[],
  errorRatio: number,
): number | undefined {
  const broken = levels.findIndex(
    (level) =>
      level.isSaturated ||
      level.errorRatio > errorRatio ||
      objectives.some(({ limitMs }, index) => {
        const point = level.p95[index];
        return point === undefined || point.p95Ms * (1 + oneSided * point.relativeError) > limitMs;
      }),
  );
  return (broken < 0 ? levels.at(-1) : levels[broken - 1])?.completedPerSecond;
}

/** 95 % of a normal distribution lie below so many standard deviations. */
const oneSided = 1.645;

// --- words --------------------------------------------------------------------------------------------------------

function bindingOf({ first, limits }: SloCapacity): BindingLimit | undefined {
  if (first === undefined) return undefined;
  const at = inSentence(first.perSecond, "1/s");
  if (first.kind === "response-time") {
    const { surface, limitMs } = first.response;
    const sentence = `p95 of ${latencyNoun[surface]} reaches its objective of ${inSentence(limitMs, "ms")} at ${at}`;
    return { kind: first.kind, surface, sentence };
  }
  const greatest = inSentence(limits.maxThroughput ?? first.perSecond / throughputShare, "1/s");
  return first.kind === "throughput"
    ? {
        kind: first.kind,
        sentence: `${percent(throughputShare)} of the greatest throughput, ${greatest}, is ${at}; closer to it queues are without end`,
      }
    : { kind: first.kind, sentence: `more requests fail than the objective allows from ${at} on` };
}

interface Facts {
  readonly state: CapacityState;
  readonly slo: SloCapacity;
  readonly scatter: number;
  readonly usable: readonly MeasuredLevel[];
  readonly choice: GroupChoice;
}

function warningsOf({ state, slo, usable }: Facts): readonly Warning[] {
  const warnings: Warning[] = [];
  const saturated = usable.filter(({ level }) => level.state === "saturated");
  const briefestMs = Math.min(...usable.map(({ level }) => level.to - level.from));
  if (new Set(usable.map(({ level }) => level.runId)).size === 1)
    warnings.push({
      code: "one-run",
      message:
        "one run: the interval knows its own noise, not how much runs differ from each other; repeat it",
    });
  if (briefestMs < shortPlateauMs)
    warnings.push({
      code: "short-plateaus",
      message: `plateaus count ${formatCount(briefestMs / 1000)} s; give them ${shortPlateauMs / 1000} s or more`,
    });
  if (state !== "identified") return warnings;
  if (slo.first?.kind === "response-time" && slo.first.response.how === "chord")
    warnings.push({
      code: "straight-between-levels",
      message:
        "the levels around the objective are joined by a straight line on logarithms, which reads too little: no queue's curve could be laid through them",
    });
  if (saturated.length === 1)
    warnings.push({
      code: "one-level-beyond",
      message: "one level beyond the knee: three give a better estimate of the maximum throughput",
    });
  const { low = 0, high = 0, point = 1 } = slo.estimate ?? {};
  if ((high - low) / 2 / point > wideInterval)
    warnings.push({
      code: "wide-interval",
      message: `the capacity is known to ${percent((high - low) / 2 / point)} only: measure longer plateaus, or closer to the knee`,
    });
  return warnings;
}

function refusalsOf({ state, slo, scatter }: Facts): readonly Warning[] {
  const largest = slo.levels.at(-1);
  const most = inSentence(largest?.offeredPerSecond ?? 0, "1/s");
  switch (state) {
    case "identified":
      return [];
    case "generator-saturated":
      return [
        {
          code: "no-capacity",
          message:
            "no capacity is given: the load generator saturated before a limit of the platform was reached; give k6 more cores, or use several generators",
        },
      ];
    case "erratic":
      return [
        {
          code: state,
          message: `no capacity is given: the levels scatter by ${percent(scatter)} round a rising curve (at most 10 %); something else than the load moved them, or they were too short`,
        },
      ];
    case "not-monotone":
      return [
        {
          code: state,
          message:
            "no capacity is given: throughput fell and rose again with the load; another cause than the load moved it",
        },
      ];
    case "knee-not-reached":
      return [
        isBrokenAtLowest(slo)
          ? {
              code: "broken-at-lowest",
              message: `no capacity is given: an objective is broken at the lowest level already, ${inSentence(slo.levels[0]?.offeredPerSecond ?? 0, "1/s")}; start lower (--rate)`,
            }
          : {
              code: state,
              message: `no capacity is given, only what was carried: the limits were not passed clearly at the highest level, ${most}; raise --rate until three levels lie beyond the knee`,
            },
      ];
  }
  return state satisfies never;
}

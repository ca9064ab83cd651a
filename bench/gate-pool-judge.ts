/** Seeded pairings from a pool of stored runs, judged by the code that judges real gates. */
import { z } from "zod";
import { gateFindings } from "../analysis/comparison/gate-findings.ts";
import {
  endpointOf,
  isUsable,
  metricsOf,
  type GateMember,
} from "../analysis/comparison/gate-members.ts";
import { gateAnalyses, judgeGate } from "../analysis/comparison/judge-gate.ts";
import { runOutcomes } from "../src/domain/exit-status.ts";
import { documentShape } from "../src/domain/documents/schemas.ts";
import type { GeneratorFingerprint, RunRecord } from "../src/domain/run.ts";
import { seededUniform } from "./quantile-intervals-simulation.ts";

export const poolArms = ["A", "A′", "API × 1.2", "endpoint × 1.2"] as const;
export type PoolArm = (typeof poolArms)[number];

/** The endpoint that the fourth arm slows down, as a fault names it. */
export const slowEndpoint = "subgraph/ReadTokenQuery";

/** What each arm's sandbox has wrong on purpose. */
export const faultsOf: Readonly<Record<PoolArm, readonly string[]>> = {
  A: [],
  "A′": [],
  "API × 1.2": ["latency=api:x1.2"],
  "endpoint × 1.2": [`latency=${slowEndpoint}:x1.2`],
};

const poolShape = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal("gate-pool"),
  recordedAt: z.iso.datetime(),
  /** With what it was recorded: the same for every round. */
  head: z.strictObject({
    headroom: z.string(),
    k6: z.string(),
    generator: documentShape<GeneratorFingerprint>("GeneratorFingerprint"),
    planHash: z.string(),
    scenarioHash: z.string(),
    requestsPerMinute: z.number().positive(),
    shares: z.record(z.string(), z.number()),
    holdMs: z.number().positive(),
    warmUpMs: z.number().nonnegative(),
  }),
  /** Ids, in the order of every run's values. */
  metrics: z.array(z.string()),
  arms: z.array(
    z.strictObject({
      name: z.enum(poolArms),
      faults: z.array(z.string()),
      /** The same index is the same round: these ran side by side. */
      runs: z.array(
        z.strictObject({
          startedAt: z.number(),
          outcome: z.enum(runOutcomes),
          /** null: not measured, or the run could not be used. */
          values: z.array(z.number().nullable()),
        }),
      ),
    }),
  ),
});
export type GatePool = z.infer<typeof poolShape>;
type PoolRun = GatePool["arms"][number]["runs"][number];

/** @throws Error naming the file and what in it is wrong */
export function readPool(text: string, file: string): GatePool {
  const parsed = poolShape.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${file} is no pool: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

export const roundsOf = (pool: GatePool | undefined): number =>
  Math.min(...(pool?.arms.map(({ runs }) => runs.length) ?? [0]));

/**
 * The pool with one more round.
 * @param pool absent: the round is its first
 * @throws RangeError where the round has another plan, scenario or version than the pool
 */
export function withRound(
  pool: GatePool | undefined,
  round: ReadonlyMap<PoolArm, Pick<GateMember, "run" | "outcome" | "values">>,
  faults: Readonly<Record<PoolArm, readonly string[]>>,
): GatePool {
  const [first] = round.values();
  if (first === undefined) throw new RangeError("a round without a run");
  const head = headOf(first.run);
  const differing = Object.entries(pool === undefined ? {} : head).filter(
    ([name, value]) =>
      JSON.stringify(value) !== JSON.stringify(pool?.head[name as keyof typeof head]),
  );
  if (differing.length > 0)
    throw new RangeError(
      `the pool is of another ${differing.map(([name]) => name).join(", ")}: name a new file with --out`,
    );
  const known = pool?.metrics ?? [];
  const found = [...round.values()].flatMap(({ values }) => Object.keys(values));
  const metrics = [...new Set([...known, ...found])];
  return {
    schemaVersion: 1,
    kind: "gate-pool",
    recordedAt: pool?.recordedAt ?? new Date(first.run.startedAt).toISOString(),
    head,
    metrics,
    arms: poolArms.map((name) => {
      const earlier = pool?.arms.find((arm) => arm.name === name)?.runs ?? [];
      const member = round.get(name);
      const runs = earlier.map((run) => ({
        ...run,
        values: metrics.map((_, index) => run.values[index] ?? null),
      }));
      return {
        name,
        faults: [...faults[name]],
        runs: member === undefined ? runs : [...runs, writtenRun(member, metrics)],
      };
    }),
  };
}

const headOf = ({ plan, hashes, versions, generator }: RunRecord): GatePool["head"] => ({
  headroom: versions.headroom,
  k6: versions.k6,
  generator,
  planHash: hashes.plan,
  scenarioHash: hashes.scenario,
  requestsPerMinute: plan.requestsPerMinute,
  shares: plan.shares,
  holdMs: lengthOf(plan, true),
  warmUpMs: lengthOf(plan, false),
});

const lengthOf = ({ phases }: RunRecord["plan"], isJudged: boolean): number =>
  phases
    .filter(({ judged }) => judged === isJudged)
    .reduce((sum, { durationMs }) => sum + durationMs, 0);

/** Five digits are more than any run repeats. What never answered is left out: pools hold healthy runs. */
function writtenRun(
  { run, outcome, values }: Pick<GateMember, "run" | "outcome" | "values">,
  metrics: readonly string[],
): PoolRun {
  const written = metrics.map((id) => {
    const value = values[id];
    return value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(5));
  });
  return { startedAt: run.startedAt, outcome, values: written };
}

type Judged = "pass" | "fail" | "inconclusive" | "invalid";

export interface PairingResult {
  readonly candidate: PoolArm;
  readonly pairings: number;
  readonly outcomes: Readonly<Record<Judged, number>>;
  /** Pairs that the gate ran until its answer, over all pairings. */
  readonly meanPairs: number;
  /** In how many pairings each endpoint stood first among those that carry the change. */
  readonly named: Readonly<Record<string, number>>;
  readonly claim: string;
  readonly holds: boolean;
}

interface Expectation {
  readonly claim: string;
  readonly holds: (result: Omit<PairingResult, "claim" | "holds">) => boolean;
}

const culprit = endpointOf(`${slowEndpoint}.p95`)?.endpoint ?? "";

const expectations: Readonly<Record<Exclude<PoolArm, "A">, Expectation>> = {
  "A′": { claim: "never FAIL", holds: ({ outcomes }) => outcomes.fail === 0 },
  "API × 1.2": {
    claim: "always FAIL",
    holds: ({ outcomes, pairings }) => outcomes.fail === pairings,
  },
  "endpoint × 1.2": {
    claim: `always names ${culprit} first`,
    holds: ({ named, pairings }) => named[culprit] === pairings,
  },
};

export interface PairingOptions {
  readonly pairings?: number;
  readonly seed?: number;
}

/** @returns one result for each arm that is not A; pairings of as many rounds as the gate's last analysis, or all there are */
export function judgePool(
  pool: GatePool,
  { pairings = 20, seed = 20_261_123 }: PairingOptions = {},
): PairingResult[] {
  const arms = poolArms.filter((arm): arm is Exclude<PoolArm, "A"> => arm !== "A");
  return arms.map((candidate, index) => {
    const uniform = seededUniform(seed + index);
    const judged = Array.from({ length: pairings }, () => judgePairing(pool, candidate, uniform));
    const outcomes = { pass: 0, fail: 0, inconclusive: 0, invalid: 0 };
    const named: Record<string, number> = {};
    for (const { outcome, first } of judged) {
      outcomes[outcome]++;
      if (first !== undefined) named[first] = (named[first] ?? 0) + 1;
    }
    const meanPairs = judged.reduce((sum, { pairs }) => sum + pairs, 0) / pairings;
    const result = { candidate, pairings, outcomes, meanPairs, named };
    const { claim, holds } = expectations[candidate];
    return { ...result, claim, holds: holds(result) };
  });
}

function judgePairing(
  pool: GatePool,
  candidate: PoolArm,
  uniform: () => number,
): { outcome: Judged; pairs: number; first: string | undefined } {
  const [from, to] = [membersOf(pool, "A"), membersOf(pool, candidate)];
  const usable = from.flatMap((member, index) => {
    const other = to[index];
    return other !== undefined && isUsable(member) && isUsable(other)
      ? [[member, other] as const]
      : [];
  });
  const most = gateAnalyses.at(-1)?.pairs ?? 0;
  const drawn = inOrder(usable, most, uniform);
  const metrics = metricsOf({
    baseline: drawn.map(([one]) => one),
    candidate: drawn.map(([, other]) => other),
  });
  const judgement = judgeGate({ metrics, isOver: true });
  const slowerEndpoints = gateFindings(judgement).find(({ id }) => id === "slower-endpoint");
  return {
    outcome: judgement.outcome,
    pairs: judgement.lastAnalysis?.pairs ?? drawn.length,
    first: slowerEndpoints?.evidence.split(": ")[0],
  };
}

const membersOf = (
  { arms, metrics }: GatePool,
  name: PoolArm,
): Pick<GateMember, "outcome" | "values">[] =>
  (arms.find((arm) => arm.name === name)?.runs ?? []).map(({ outcome, values }) => ({
    outcome,
    values: Object.fromEntries(
      metrics.flatMap((id, index) => {
        const value = values[index];
        return value === null || value === undefined ? [] : [[id, value] as const];
      }),
    ),
  }));

/** So many of the items, each equally likely, in the order they have (Fan, Muller & Rezucha 1962). */
function inOrder<Item>(items: readonly Item[], count: number, uniform: () => number): Item[] {
  let needed = Math.min(count, items.length);
  return items.filter((_, index) => {
    const isDrawn = uniform() * (items.length - index) < needed;
    if (isDrawn) needed--;
    return isDrawn;
  });
}

export function poolTable(pool: GatePool, results: readonly PairingResult[]): string {
  const { recordedAt, head, arms } = pool;
  const { generator, holdMs, requestsPerMinute, headroom, k6 } = head;
  const lines = results.map(({ candidate, pairings, outcomes, meanPairs, named, claim, holds }) => {
    const { pass, fail, inconclusive, invalid } = outcomes;
    const names = Object.entries(named)
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, count]) => `${name} ${count}`);
    return [
      `${holds ? "holds " : "MISSED"}  A against ${candidate.padEnd(15)}`,
      `PASS ${pass}  FAIL ${fail}  INCONCLUSIVE ${inconclusive}  INVALID ${invalid}  of ${pairings}`,
      `mean pairs ${meanPairs.toFixed(1)}`,
      `claim: ${claim}`,
      `named first: ${names.join(", ") || "none"}`,
    ].join("   ");
  });
  return [
    `Pool of ${recordedAt}: ${roundsOf(pool)} rounds of ${holdMs / 1000} s at ${requestsPerMinute}/min an arm, ${arms.length} arms, ${generator.cpuCores} cores, Headroom ${headroom}, k6 ${k6}`,
    ...lines,
    "",
  ].join("\n");
}

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { testRun } from "../analysis/testdata/test-run.ts";
import type { RunRecord } from "../src/domain/run.ts";
import { seededUniform } from "./quantile-intervals-simulation.ts";
import {
  judgePool,
  faultsOf,
  poolArms,
  poolTable,
  readPool,
  roundsOf,
  slowEndpoint,
  withRound,
  type GatePool,
  type PoolArm,
} from "./gate-pool-judge.ts";

const file = path.resolve(import.meta.dirname, "results", "gate-pool.json");

describe("the pool that was recorded on the sandbox", () => {
  test("A/A′ never fails, the API × 1.2 always does, the endpoint × 1.2 is named", () => {
    expect(
      existsSync(file),
      "bench/results/gate-pool.json is missing: node bench/run.mjs gate-pool record",
    ).toBe(true);
    const pool = readPool(readFileSync(file, "utf8"), file);
    expect(roundsOf(pool)).toBe(40);
    for (const result of judgePool(pool)) expect(result).toMatchObject({ holds: true });
  });
});

const base = testRun({ holdSeconds: 1 }).run;
const record = (changes: Partial<RunRecord> = {}): RunRecord => ({ ...base, ...changes });

/** How much slower each arm's API, and the slow endpoint, are than A's. */
type Factors = Readonly<
  Partial<Record<PoolArm, { readonly api?: number; readonly endpoint?: number }>>
>;

const truth: Factors = { "API × 1.2": { api: 1.2 }, "endpoint × 1.2": { endpoint: 1.2 } };

/** Runs that vary by about 2 %. */
function drawnPool(factors: Factors, rounds = 24, lost: readonly number[] = []): GatePool {
  const uniform = seededUniform(1);
  const about = (level: number): number => level * (0.965 + 0.07 * uniform());
  let pool: GatePool | undefined;
  for (let round = 0; round < rounds; round++) {
    const members = poolArms.map((arm) => {
      const { api = 1, endpoint = 1 } = factors[arm] ?? {};
      const values = {
        "api.response.p95": about(150 * api),
        "api.errors": 0,
        "subgraph.response.p95": about(120),
        throughput: about(2400),
        "api/user.me.p50": about(60 * api),
        "api/user.me.p95": about(140 * api),
        [`${slowEndpoint}.p50`]: about(50 * endpoint),
      };
      const isLost = lost.includes(round) && arm === "A";
      return [
        arm,
        {
          run: record({ startedAt: round }),
          outcome: isLost ? ("invalid" as const) : ("pass" as const),
          values: isLost ? {} : values,
        },
      ] as const;
    });
    pool = withRound(pool, new Map(members), faultsOf);
  }
  if (pool === undefined) throw new RangeError("no round");
  return pool;
}

const holds = (pool: GatePool): boolean[] => judgePool(pool).map((result) => result.holds);

describe("judging a pool", () => {
  test("what is true of the arms is found, and printed", () => {
    const pool = drawnPool(truth);
    const results = judgePool(pool);
    expect(results.map((result) => result.holds)).toEqual([true, true, true]);
    expect(results[1]?.outcomes).toEqual({ pass: 0, fail: 20, inconclusive: 0, invalid: 0 });
    expect(results[2]?.named).toEqual({ ReadTokenQuery: 20 });
    const table = poolTable(pool, results);
    expect(table).toContain("Pool of 1970-01-01T00:00:00.000Z: 24 rounds");
    expect(table).toMatch(/holds {3}A against API × 1\.2 +PASS 0 {2}FAIL 20/);
  });

  test("what is not true is missed", () => {
    expect(holds(drawnPool({ ...truth, "A′": { api: 1.3 } }))).toEqual([false, true, true]);
    expect(holds(drawnPool({ ...truth, "API × 1.2": {} }))).toEqual([true, false, true]);
    expect(holds(drawnPool({ ...truth, "endpoint × 1.2": {} }))).toEqual([true, true, false]);
  });

  test("rounds that lost a run are not drawn; too few rounds hold nothing", () => {
    expect(holds(drawnPool(truth, 24, [0, 5, 7]))).toEqual([true, true, true]);
    expect(holds(drawnPool(truth, 3))[1]).toBe(false);
  });

  test("the same seed draws the same pairings", () => {
    const pool = drawnPool(truth);
    expect(judgePool(pool, { seed: 5 })).toEqual(judgePool(pool, { seed: 5 }));
  });
});

describe("the pool's file", () => {
  test("is read as it was written, and refused with the place that is wrong", () => {
    const pool = drawnPool(truth, 2);
    expect(readPool(JSON.stringify(pool), "pool.json")).toEqual(pool);
    const broken = JSON.stringify({ ...pool, kind: "runs" });
    expect(() => readPool(broken, "pool.json")).toThrow(/pool\.json is no pool[\s\S]*kind/);
  });

  test("a round of another plan does not join", () => {
    const pool = drawnPool(truth, 1);
    const run = record({ hashes: { plan: "other", scenario: "s" } });
    const round = new Map([["A", { run, outcome: "pass", values: {} }]] as const);
    expect(() => withRound(pool, round, faultsOf)).toThrow("the pool is of another planHash");
  });
});

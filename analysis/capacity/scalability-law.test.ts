import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as laws from "./scalability-law.ts";

const cisco = { sigma: 0.0267159449, kappa: 0.00076909392, lambda: 995.648785 };

describe("shape", () => {
  test("alone is lambda, the peak is where throughput is greatest", () => {
    expect(laws.throughputAt(cisco, 1)).toBeCloseTo(cisco.lambda, 9);
    const peak = laws.peakConcurrency(cisco);
    for (const other of [peak * 0.99, peak * 1.01])
      expect(laws.throughputAt(cisco, other)).toBeLessThan(laws.maxThroughput(cisco));
  });

  test("without kappa there is no peak, without sigma no limit either", () => {
    expect(laws.peakConcurrency({ ...cisco, kappa: 0 })).toBe(Infinity);
    expect(laws.maxThroughput({ sigma: 0.05, kappa: 0, lambda: 20 })).toBe(400);
    expect(laws.maxThroughput({ sigma: 0, kappa: 0, lambda: 20 })).toBe(Infinity);
  });
});

interface Vectors {
  readonly model: { readonly sigma: number; readonly kappa: number; readonly lambda_: number };
  readonly latencyAtConcurrency: readonly (readonly [number, number])[];
  readonly throughputAtConcurrency: readonly (readonly [number, number])[];
}

const file = "../shared/vectors/usl/function-vectors.json";
const vectors: Vectors | undefined = existsSync(file)
  ? (JSON.parse(readFileSync(file, "utf8")) as Vectors)
  : undefined;
if (vectors === undefined) process.stderr.write(`SKIPPED published functions: no file ${file}\n`);

const same = (ours: number | undefined, theirs: number): void =>
  expect(Math.abs((ours ?? 0) / theirs - 1)).toBeLessThan(1e-5);

test.skipIf(vectors === undefined)("published values of X(N) and R(N)", () => {
  const { sigma, kappa, lambda_ } = vectors?.model ?? { sigma: 0, kappa: 0, lambda_: 1 };
  const law = { sigma, kappa, lambda: lambda_ };
  expect(law.lambda).toBeGreaterThan(0);
  for (const [n, r] of vectors?.latencyAtConcurrency ?? [])
    same(laws.slowdown(law, n) / law.lambda, r);
  for (const [n, x] of vectors?.throughputAtConcurrency ?? []) same(laws.throughputAt(law, n), x);
});

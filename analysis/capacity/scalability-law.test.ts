import * as fc from "fast-check";
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

  test("what cannot be is undefined: faster than idle, more than the most", () => {
    expect(laws.concurrencyAtLatency(cisco, 0.0001)).toBeUndefined();
    expect(laws.throughputAtLatency(cisco, 0.0001)).toBeUndefined();
    expect(laws.concurrencyAtLatency({ sigma: 0, kappa: 0, lambda: 1 }, 2)).toBeUndefined();
    expect(laws.concurrencyAtThroughput(cisco, 12_400)).toBeUndefined();
    expect(
      laws.concurrencyAtThroughput({ sigma: 0.05, kappa: 0, lambda: 20 }, 400),
    ).toBeUndefined();
  });

  test("concurrency comes back from latency and, below the peak, from throughput", () => {
    const law = fc.record({
      sigma: fc.double({ min: 0.001, max: 0.9, noNaN: true }),
      kappa: fc.oneof(fc.constant(0), fc.double({ min: 1e-7, max: 0.1, noNaN: true })),
      lambda: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(law, fc.double({ min: 1.01, max: 500, noNaN: true }), (any, n) => {
        const latency = laws.latencyAt(any, n);
        expect((laws.concurrencyAtLatency(any, latency) ?? 0) / n).toBeCloseTo(1, 6);
        expect(
          (laws.throughputAtLatency(any, latency) ?? 0) / laws.throughputAt(any, n),
        ).toBeCloseTo(1, 6);
        if (n > 0.9 * laws.peakConcurrency(any)) return;
        const back = laws.concurrencyAtThroughput(any, laws.throughputAt(any, n));
        expect((back ?? 0) / n).toBeCloseTo(1, 5);
      }),
    );
  });
});

interface Vectors {
  readonly model: { readonly sigma: number; readonly kappa: number; readonly lambda_: number };
  readonly latencyAtConcurrency: readonly (readonly [number, number])[];
  readonly throughputAtConcurrency: readonly (readonly [number, number])[];
  readonly concurrencyAtLatency: readonly (readonly [number, number])[];
}

const file = "../shared/vectors/usl/function-vectors.json";
const vectors: Vectors | undefined = existsSync(file)
  ? (JSON.parse(readFileSync(file, "utf8")) as Vectors)
  : undefined;
if (vectors === undefined) process.stderr.write(`SKIPPED published functions: no file ${file}\n`);

const same = (ours: number | undefined, theirs: number): void =>
  expect(Math.abs((ours ?? 0) / theirs - 1)).toBeLessThan(1e-5);

test.skipIf(vectors === undefined)("published values of X(N), R(N) and N(R)", () => {
  const { sigma, kappa, lambda_ } = vectors?.model ?? { sigma: 0, kappa: 0, lambda_: 1 };
  const law = { sigma, kappa, lambda: lambda_ };
  expect(law.lambda).toBeGreaterThan(0);
  for (const [n, r] of vectors?.latencyAtConcurrency ?? []) same(laws.latencyAt(law, n), r);
  for (const [n, x] of vectors?.throughputAtConcurrency ?? []) same(laws.throughputAt(law, n), x);
  for (const [r, n] of vectors?.concurrencyAtLatency ?? [])
    same(laws.concurrencyAtLatency(law, r), n);
});

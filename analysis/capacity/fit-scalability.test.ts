import * as fc from "fast-check";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { coverageOfFits } from "../../bench/capacity-simulation.ts";
import { curveShapes, outcomesOf, scatteredShapes } from "../../bench/curve-shapes-simulation.ts";
import { normal, seededRandom } from "../../src/domain/random.ts";
import { fitScalability } from "./fit-scalability.ts";
import type { FitMethod, FitState, LoadPoint } from "./fit-scalability.ts";
import { maxThroughput, throughputAt } from "./scalability-law.ts";
import type { ScalabilityLaw } from "./scalability-law.ts";

const linear = { method: "linear", confidence: 0.95 } as const;
const log = { method: "log", confidence: 0.95 } as const;

/** Levels on the law, each moved by a share. */
const levels = (
  law: ScalabilityLaw,
  loads: readonly number[],
  noise: readonly number[] = [],
): LoadPoint[] =>
  loads.map((concurrency, index) => ({
    concurrency,
    throughput: throughputAt(law, concurrency) * (1 + (noise[index] ?? 0)),
  }));

const law = { sigma: 0.03, kappa: 0.0006, lambda: 100 };
const loads = [1, 2, 5, 10, 20, 40, 60, 80];
const small = [0.01, -0.012, 0.008, -0.005, 0.011, -0.009, 0.004, -0.006];

const table = (throughputOf: (n: number) => number, noise = small): LoadPoint[] =>
  [1, 2, 4, 8, 16, 32, 64, 128].map((concurrency, i) => ({
    concurrency,
    throughput: throughputOf(concurrency) * (1 + (noise[i] ?? 0)),
  }));

describe("coefficients", () => {
  test.each(["log", "linear"] as const)("%s finds the law that made the data", (method) => {
    const fit = fitScalability(levels(law, loads), { ...log, method });
    expect(fit.state).toBe("identified");
    expect(fit.law?.sigma).toBeCloseTo(law.sigma, 9);
    expect(fit.law?.kappa).toBeCloseTo(law.kappa, 11);
    expect(fit.law?.lambda).toBeCloseTo(law.lambda, 6);
    expect(fit.peakConcurrency?.point).toBeCloseTo(Math.sqrt(0.97 / 0.0006), 5);
  });

  test.each([
    ["kappa", { sigma: 0.05, kappa: 0, lambda: 20 }],
    ["sigma", { sigma: 0, kappa: 0.001, lambda: 20 }],
    ["both", { sigma: 0, kappa: 0, lambda: 20 }],
  ])("%s at the bound is found as 0, and the others stay right", (_name, bound) => {
    const fit = fitScalability(levels(bound, loads), linear);
    expect(fit.law?.sigma).toBeCloseTo(bound.sigma, 8);
    expect(fit.law?.kappa).toBeCloseTo(bound.kappa, 10);
    expect(fit.law?.lambda).toBeCloseTo(20, 6);
  });

  test("data that pull kappa below 0 leave it at 0 exactly", () => {
    const superlinear = levels({ sigma: 0.05, kappa: 0, lambda: 20 }, loads).map((level) => ({
      ...level,
      throughput: level.throughput * (1 + level.concurrency / 500),
    }));
    const fit = fitScalability(superlinear, linear);
    expect(fit.kappa).toMatchObject({ point: 0, low: 0 });
    expect(fit.state).toBe("knee-not-reached");
    expect(fit.maxThroughput?.point).toBeUndefined();
    expect(fit.maxThroughput?.low).toBeGreaterThan(0);
    expect(fit.warnings.map(({ code }) => code)).toContain("kappa-at-bound");
  });

  test("no perturbation of the linear answer has a smaller sum of squares", () => {
    const points = levels(law, loads, [0.05, -0.04, 0.03, -0.06, 0.02, 0.05, -0.03, 0.04]);
    const squares = (candidate: ScalabilityLaw): number =>
      points.reduce(
        (sum, { concurrency, throughput }) =>
          sum + (throughput - throughputAt(candidate, concurrency)) ** 2,
        0,
      );
    const found = fitScalability(points, linear).law ?? law;
    const least = squares(found);
    for (const key of ["sigma", "kappa", "lambda"] as const)
      for (const step of [1 - 1e-5, 1 + 1e-5])
        expect(squares({ ...found, [key]: found[key] * step })).toBeGreaterThan(least);
  });
});

const state = (points: readonly LoadPoint[], method: FitMethod = "log"): FitState =>
  fitScalability(points, { method, confidence: 0.95 }).state;

// SPEC SDM91 on a 16-way Sun, from Gunther (2007), table 5.4; coefficients as R's package usl publishes them.
test("a published benchmark gives its published coefficients", () => {
  const published = [
    [1, 64.9],
    [18, 995.9],
    [36, 1652.4],
    [72, 1853.2],
    [108, 1828.9],
    [144, 1775],
    [216, 1702.2],
  ] as const;
  const fit = fitScalability(
    published.map(([concurrency, throughput]) => ({ concurrency, throughput })),
    linear,
  );
  expect(fit.law?.sigma).toBeCloseTo(0.02773, 4);
  expect(fit.law?.kappa).toBeCloseTo(0.0001044, 6);
  expect(fit.law?.lambda).toBeCloseTo(90, 1);
  expect(fit.peakConcurrency?.point).toBeCloseTo(96.52, 1);
  expect(fit.state).toBe("identified");
});

const sentence = (shape: Omit<ScalabilityLaw, "lambda">, noise?: readonly number[]) =>
  fitScalability(levels({ ...shape, lambda: 100 }, loads, noise), log).warnings[0]?.message;

describe("what may be said", () => {
  test("levels beyond the knee identify it", () => {
    expect(state(levels(law, loads, small))).toBe("identified");
  });

  test("levels that end before the knee give lower bounds and say so", () => {
    const fit = fitScalability(levels(law, [1, 2, 4, 6, 8, 10], small), log);
    expect(fit.state).toBe("knee-not-reached");
    expect(fit.peakConcurrency?.point).toBeUndefined();
    expect(fit.maxThroughput?.low).toBeLessThan(throughputAt(law, 10) * 1.1);
    expect(fit.maxThroughput?.high).toBeUndefined();
  });

  test("levels at which the generator gave out are left out, and end the matter before the knee", () => {
    const points = levels(law, loads, small).map((level) =>
      level.concurrency > 15
        ? { ...level, throughput: 600, isGeneratorLimited: true }
        : { ...level, isGeneratorLimited: false },
    );
    const fit = fitScalability(points, log);
    expect(fit.state).toBe("generator-saturated");
    expect(fit.usedPoints).toBe(4);
    expect(fit.warnings.map(({ code }) => code)).toContain("levels-left-out");
  });

  test("too few levels left after that: no coefficients at all", () => {
    const points = levels(law, loads).map((level, index) => ({
      ...level,
      isGeneratorLimited: index > 1,
    }));
    const fit = fitScalability(points, log);
    expect(fit).toMatchObject({ state: "generator-saturated", usedPoints: 2 });
    expect(fit.sigma).toBeUndefined();
  });

  test("levels that scatter are no curve", () => {
    const noise = [0.3, -0.3, 0.25, -0.35, 0.3, -0.2, 0.3, -0.3];
    const fit = fitScalability(levels(law, loads, noise), log);
    expect(fit.state).toBe("erratic");
    expect(fit.maxThroughput).toBeUndefined();
    expect(fit.sigma?.point).toBeDefined();
  });

  test("linear, then flat: a hard limit with its knee, and no peak", () => {
    const fit = fitScalability(
      table((n) => Math.min(100 * n, 1000)),
      log,
    );
    expect(fit.state).toBe("lack-of-fit");
    expect(fit.peakConcurrency).toBeUndefined();
    const { kneeLoad, maxThroughput: plateau } = fit.piecewise ?? {};
    for (const [part, truth] of [
      [kneeLoad, 10],
      [plateau, 1000],
      [fit.maxThroughput, 1000],
    ] as const) {
      expect(part?.low).toBeLessThan(truth);
      expect(part?.high).toBeGreaterThan(truth);
      expect(part?.high).toBeLessThan(truth * 1.06);
    }
    expect(fit.warnings[0]?.message).toMatch(
      /off a straight line up to load 10 and a constant 1,000 beyond, a hard limit/,
    );
  });

  test("a plateau of six levels is no fall", () => {
    const plateau = [99.5, 200.8, 398.9, 794.1, 1001.5, 987.4];
    const points = plateau.map((throughput, i) => ({ concurrency: 2 ** i, throughput }));
    const fit = fitScalability(points, log);
    expect(fit).toMatchObject({ state: "lack-of-fit", measured: { saturationLoad: 16 } });
    expect(fit.measured?.loadBelowSaturation).toBe(8);
    expect(fit.peakConcurrency).toBeUndefined();
  });

  test("flat and then a fall: the greatest measured throughput and where 95 % of it begins", () => {
    const fit = fitScalability(
      table((n) => Math.min(100 * n, 800) * Math.min(1, (24 / n) ** 0.8)),
      log,
    );
    expect(fit).toMatchObject({ state: "lack-of-fit", piecewise: undefined });
    expect(fit.maxThroughput?.point).toBeCloseTo(800, -2);
    expect(fit.measured?.saturationLoad).toBe(8);
  });

  test("repeated levels that agree show a misfit that few would call scatter", () => {
    const twice = table((n) => 100 * Math.min(n, 30) ** 0.6);
    const again = table((n) => 100 * Math.min(n, 30) ** 0.6, small.toReversed());
    const fit = fitScalability([...twice, ...again], log);
    expect(fit.state).toBe("lack-of-fit");
    expect(fit.maxThroughput?.high).toBeDefined();
  });

  test("many levels may scatter more: their mean is as well known", () => {
    const random = seededRandom(4);
    const points = Array.from({ length: 200 }, (_, i) => ({
      concurrency: 1 + (i % 100),
      throughput: throughputAt(law, 1 + (i % 100)) * Math.exp(0.2 * normal(random)),
    }));
    const fit = fitScalability(points, log);
    expect(fit.state).toBe("identified");
    expect(Math.abs(Math.log((fit.maxThroughput?.point ?? 0) / maxThroughput(law)))).toBeLessThan(
      0.1,
    );
  });

  test("a straight line has no bound of its peak from rounding", () => {
    const fit = fitScalability(levels({ sigma: 0, kappa: 0, lambda: 100 }, loads), log);
    expect(fit.peakConcurrency).toBeUndefined();
  });

  test.each(curveShapes.map((shape) => [shape.name, shape] as const))(
    "refused: at most 5 %% of 60 tables, two standard errors beyond: %s",
    (_name, shape) => {
      expect(outcomesOf(shape, 60, 3).refused).toBeLessThanOrEqual(0.1);
    },
  );

  test("no curve at all is refused", () => {
    const random = scatteredShapes.at(-1);
    expect(random && outcomesOf(random, 60, 3).refused).toBeCloseTo(1, 9);
  });

  test("throughput that falls and rises again is another cause than load", () => {
    const noise = [0, 0, 0, 0, -0.55, -0.5, 0, 0];
    expect(state(levels(law, loads, noise))).toBe("not-monotone");
    const many = Array.from({ length: 40 }, (_, index) => index + 1);
    const dip = many.map((n) => (n > 15 && n < 25 ? -0.5 : 0));
    expect(state(levels(law, many, dip))).toBe("not-monotone");
  });

  test("a throughput that only falls has its peak at the first load", () => {
    const fit = fitScalability(levels({ sigma: 1, kappa: 0.05, lambda: 100 }, loads, small), log);
    expect(Number.isFinite(fit.maxThroughput?.point)).toBe(true);
    expect(fit.peakConcurrency).toMatchObject({ point: 1, low: 1 });
    expect(fit.peakConcurrency?.high).toBeLessThan(10);
  });

  test("a fall from a first load of 10 leaves the peak below the levels open", () => {
    const falling = levels({ sigma: 1, kappa: 0.004, lambda: 100 }, [10, 20, 40, 80, 160], small);
    const fit = fitScalability(falling, log);
    expect(fit.state).toBe("knee-not-reached");
    expect(fit.warnings[0]?.message).toMatch(/^throughput falls from the smallest load, 10, on/);
  });

  describe.each(["log", "linear"] as const)("a flat throughput has no knee: %s", (method) => {
    test.each([
      ["exactly, 5 levels", [1, 2, 4, 8, 16], [100, 100, 100, 100, 100]],
      ["exactly, 6 levels", [1, 2, 4, 8, 16, 32], [100, 100, 100, 100, 100, 100]],
      ["nearly", [10, 20, 40, 80, 160, 320], [100, 100.1, 100, 99.9, 100, 100]],
      ["with a slight fall", [10, 20, 40, 80, 160, 320], [100, 100.1, 100, 99.9, 99.8, 99.7]],
    ])("%s", (_name, flatLoads, throughputs) => {
      const points = flatLoads.map((concurrency, i) => ({
        concurrency,
        throughput: throughputs[i] ?? 0,
      }));
      const fit = fitScalability(points, { ...log, method });
      expect(fit.state).toBe("knee-not-reached");
      expect(fit.peakConcurrency).toBeUndefined();
      expect(fit.maxThroughput?.point).toBeUndefined();
      expect(fit.maxThroughput?.low).toBeGreaterThan(99);
      expect(fit.maxThroughput?.low).toBeLessThanOrEqual(100.1);
      expect(fit.warnings[0]?.message).toMatch(
        /^throughput is about 100 at every load from 10? to/,
      );
    });
  });

  test("the sentence on a knee not reached follows the law", () => {
    expect(sentence({ sigma: 0.5, kappa: 0 })).toMatch(/80, throughput was 98\.8 % of what it app/);
    expect(sentence({ sigma: 0, kappa: 0 })).toMatch(/still rose at the largest load, 80/);
    expect(sentence({ sigma: 0.03, kappa: 2e-5 })).toMatch(/fit puts it near 220, the largest/);
    const scattered = small.map((share) => share * 5);
    expect(sentence({ sigma: 0.05, kappa: 2e-4 }, scattered)).toMatch(
      /knee is not sure: .* may be/,
    );
  });

  test("few levels warn; fewer, or a load that is not > 0, are refused", () => {
    const few = fitScalability(levels(law, [1, 10, 40, 80], small), log);
    expect(few.warnings.map(({ code }) => code)).toContain("few-levels");
    expect(() => fitScalability(levels(law, [1, 10, 40]), log)).toThrow(RangeError);
    expect(() => fitScalability(levels(law, [5, 5, 40, 40]), log)).toThrow(RangeError);
    expect(() => fitScalability([{ concurrency: 0, throughput: 1 }], log)).toThrow("expected > 0");
  });
});

describe("properties", () => {
  const laws = fc.record({
    sigma: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
    kappa: fc.double({ min: 1e-5, max: 0.01, noNaN: true }),
    lambda: fc.double({ min: 0.1, max: 1e5, noNaN: true }),
  });
  const noises = fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), {
    minLength: 8,
    maxLength: 8,
  });

  test.each(["log", "linear"] as const)(
    "%s: scaling throughput scales lambda and leaves sigma and kappa",
    (method) => {
      fc.assert(
        fc.property(laws, noises, fc.constantFrom(0.001, 60, 1e4), (any, noise, factor) => {
          const points = levels(any, loads, noise);
          const scaled = points.map((level) => ({
            ...level,
            throughput: level.throughput * factor,
          }));
          const a = fitScalability(points, { method, confidence: 0.95 });
          const b = fitScalability(scaled, { method, confidence: 0.95 });
          expect((b.law?.lambda ?? 0) / (a.law?.lambda ?? 1) / factor).toBeCloseTo(1, 5);
          expect(b.law?.sigma).toBeCloseTo(a.law?.sigma ?? 0, 5);
          expect(b.law?.kappa).toBeCloseTo(a.law?.kappa ?? 0, 6);
        }),
        { numRuns: 60 },
      );
    },
  );

  test("every interval holds its point, and the order of levels does not matter", () => {
    fc.assert(
      fc.property(laws, noises, (any, noise) => {
        const points = levels(any, loads, noise);
        const fit = fitScalability(points, log);
        for (const part of [fit.sigma, fit.kappa, fit.lambda, fit.maxThroughput]) {
          if (part?.point === undefined) continue;
          expect(part.low).toBeLessThanOrEqual(part.point);
          expect(part.high).toBeGreaterThanOrEqual(part.point);
        }
        const turned = fitScalability(points.toReversed(), log);
        expect(turned.law?.kappa).toBeCloseTo(fit.law?.kappa ?? 0, 8);
      }),
      { numRuns: 60 },
    );
  });
});

test("95 % intervals on the logarithm hold in about 95 % of simulated tests with 5 % noise", () => {
  const coverage = coverageOfFits({ noiseRatio: 0.05, repetitions: 600, seed: 5, method: "log" });
  for (const share of Object.values(coverage)) {
    expect(share).toBeGreaterThan(0.92);
    expect(share).toBeLessThan(0.98);
  }
});

interface Vectors {
  readonly datasets: Readonly<
    Record<
      string,
      {
        readonly points: readonly (readonly [number, number])[];
        readonly reference: {
          readonly sigma: number;
          readonly kappa: number;
          readonly lambda_: number;
          readonly ci95: Readonly<Record<string, readonly [number, number]>>;
          readonly peak: number | null;
          readonly xPeak: number | null;
        };
      }
    >
  >;
}

const file = "../shared/vectors/usl/datasets.json";
const vectors: Vectors | undefined = existsSync(file)
  ? (JSON.parse(readFileSync(file, "utf8")) as Vectors)
  : undefined;
if (vectors === undefined) process.stderr.write(`SKIPPED published fits: no file ${file}\n`);

const near = (ours: number | undefined, theirs: number): void =>
  expect(Math.abs((ours ?? Number.NaN) - theirs)).toBeLessThanOrEqual(1e-6 * Math.abs(theirs));

describe.skipIf(vectors === undefined)("published data sets, linear method", () => {
  test.each(Object.entries(vectors?.datasets ?? {}))("%s", (_name, { points, reference }) => {
    const fit = fitScalability(
      points.map(([concurrency, throughput]) => ({ concurrency, throughput })),
      linear,
    );
    const { lambda_: lambda } = reference;
    near(fit.law?.sigma, reference.sigma);
    near(fit.law?.kappa, reference.kappa);
    near(fit.law?.lambda, lambda);
    for (const [ours, theirs] of [
      [fit.sigma, reference.ci95["sigma"]],
      [fit.kappa, reference.ci95["kappa"]],
      [fit.lambda, reference.ci95["lambda_"]],
    ] as const) {
      expect(ours?.low).toBeCloseTo(Math.max(0, theirs?.[0] ?? 0), 4);
      expect(ours?.high).toBeCloseTo(theirs?.[1] ?? 0, 4);
    }
    // Where the knee was not reached (raytracer) both have no peak.
    expect(fit.peakConcurrency?.point ?? 0).toBeCloseTo(reference.peak ?? 0, 4);
    expect(fit.maxThroughput?.point ?? 0).toBeCloseTo(reference.xPeak ?? 0, 2);
  });
});

import { expect, test } from "vitest";
import { assess } from "./assess.ts";
import { saturationIn } from "./generator-health.ts";
import { judgedTimeOf } from "./judged-time.ts";
import { testRun } from "./testdata/test-run.ts";

const base = testRun({ k6Cores: 3.8 });
const always = (): boolean => true;

test.each([
  [2, false],
  [3, true],
  [4, true],
  [60, true],
])("%i busy seconds saturate a generator: %s", (count, isSaturated) => {
  const cpu = base.observations.filter(({ name }) => name === "k6.cpu").slice(0, count);
  const reasons = saturationIn({ ...base, observations: cpu }, always, 0);
  expect(reasons).toEqual(isSaturated ? ["k6 used 95 % of 4 cores (limit 80 %)"] : []);
});

test("three busy seconds of many do not", () => {
  const calm = testRun();
  let busy = 0;
  const observations = calm.observations.map((each) =>
    each.name === "k6.cpu" && busy++ < 2 ? { ...each, value: 3.9 } : each,
  );
  expect(saturationIn({ ...calm, observations }, always, 0)).toEqual([]);
});

test("a run with too few observations is accused, and still not observed enough", () => {
  const from = judgedTimeOf(base).phases[0]?.from ?? 0;
  const observations = base.observations.filter(({ at }) => at >= from && at < from + 4000);
  const { validity, findings, generator } = assess({ ...base, observations });
  expect(validity).toMatchObject({
    state: "invalid",
    reasons: [{ code: "generator-saturated" }, { code: "generator-not-observed" }],
  });
  expect(generator.k6CpuP95Ratio).toBeUndefined();
  expect(findings.map(({ id }) => id)).toContain("generator-saturated");
});

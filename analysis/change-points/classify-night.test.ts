import { expect, test } from "vitest";
import { normal, seededRandom } from "../../src/domain/random.ts";
import { classifyNight, type NightClass, type NightQuestion } from "./classify-night.ts";
import { detectChanges } from "./detect-changes.ts";

const random = seededRandom(8);
const noisy = (count: number, level: number): number[] =>
  Array.from({ length: count }, () => level * Math.exp(0.02 * normal(random)));

const steady = noisy(60, 100);
const slower = [...steady, ...noisy(6, 115)];
const recovered = [...slower, ...noisy(7, 100)];
const partly = [...steady, ...noisy(20, 130), ...noisy(6, 115)];

function classify(
  values: readonly (number | undefined)[],
  more: Partial<NightQuestion> = {},
): NightClass {
  return classifyNight({
    values,
    detection: detectChanges(values),
    worse: "higher",
    told: [],
    ...more,
  });
}

test.each<[string, readonly (number | undefined)[], Partial<NightQuestion>, object]>([
  ["nothing happened", steady, {}, { kind: "steady" }],
  ["no valid run", [...steady, undefined], {}, { kind: "no-value" }],
  ["nothing at all", [], {}, { kind: "no-value" }],
  ["a night without a bound", [...steady, Infinity], {}, { kind: "unbounded" }],
  ["a change before a night without a bound", [...slower, Infinity], {}, { kind: "new-change" }],
  ["a first night", [100], {}, { kind: "steady" }],
  [
    "a change nobody was told",
    slower,
    {},
    { kind: "new-change", direction: "worse", change: { index: 60 } },
  ],
  ["told once, two nights off", slower, { told: [58] }, { kind: "ongoing", change: { index: 60 } }],
  ["declared the new normal", slower, { told: [60], accepted: [60] }, { kind: "steady" }],
  [
    "higher throughput is better",
    slower,
    { worse: "lower" },
    { kind: "new-change", direction: "better" },
  ],
  ["an improvement that was told", slower, { worse: "lower", told: [60] }, { kind: "steady" }],
  ["too old to be news", [...slower, ...noisy(20, 115)], {}, { kind: "ongoing" }],
  [
    "back where it was",
    recovered,
    { told: [60] },
    { kind: "recovered", since: { index: 60 }, change: { index: 66 } },
  ],
  ["back, and told", recovered, { told: [60, 66] }, { kind: "steady" }],
  ["better, yet not back", partly, { told: [60] }, { kind: "new-change", direction: "better" }],
  [
    "better, yet not back, told",
    partly,
    { told: [60, 80] },
    { kind: "ongoing", change: { index: 60 } },
  ],
  [
    "one bad night",
    [...steady, 140],
    {},
    { kind: "outlier-night", value: 140, direction: "worse" },
  ],
  ["one good night", [...steady, 70], {}, { kind: "outlier-night", direction: "better" }],
  [
    "no ratio to zero",
    [...Array.from({ length: 20 }, () => 0), 3],
    {},
    { kind: "outlier-night", level: 0 },
  ],
])("%s", (_reason, values, more, expected) => {
  expect(classify(values, more)).toMatchObject(expected);
});

test("a slow creep is seen against the pinned reference only", () => {
  const creep = Array.from(
    { length: 60 },
    (_, i) => 100 * 1.0012 ** i * Math.exp(0.02 * normal(random)),
  );
  const detection = { changePoints: [], outliers: [], warnings: [] };
  const question = { values: creep, detection, worse: "higher", told: [] } as const;
  expect(classifyNight(question)).toEqual({ kind: "steady" });
  const drift = classifyNight({ ...question, reference: creep.slice(0, 14) });
  expect(drift.kind).toBe("drift");
  expect(drift).toHaveProperty("ratio");
  expect(classifyNight({ ...question, worse: "lower", reference: creep.slice(0, 14) }).kind).toBe(
    "steady",
  );
  expect(classifyNight({ ...question, reference: [100, 101] }).kind).toBe("steady");
});

test("values of the reference without a bound are left out, like gaps", () => {
  const values = Array.from({ length: 20 }, (_, i) => 110 + (i % 3));
  const detection = { changePoints: [], outliers: [], warnings: [] };
  const question = { values, detection, worse: "higher", told: [] } as const;
  const reference = [100, 101, 102, 100, 101, 102];
  const drift = classifyNight({ ...question, reference });
  expect(drift.kind).toBe("drift");
  expect(classifyNight({ ...question, reference: [...reference, Infinity] })).toEqual(drift);
  const few = classifyNight({ ...question, reference: [100, Infinity, 101] });
  expect(few).toEqual({ kind: "steady" });
});

test("drift of values around zero has no ratio", () => {
  const values = [5, 6, 5, 6, 5, 6, 5, 6, 5];
  const detection = { changePoints: [], outliers: [], warnings: [] };
  expect(
    classifyNight({ values, detection, worse: "higher", told: [], reference: [0, 1, 0, 1, 0, 1] }),
  ).toEqual({ kind: "drift" });
});

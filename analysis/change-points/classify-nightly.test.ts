import { expect, test } from "vitest";
import { normal, seededRandom } from "../../src/domain/random.ts";
import { classifyNightly, type MetricStatus, type StatusQuestion } from "./classify-nightly.ts";
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
  more: Partial<StatusQuestion> = {},
): MetricStatus {
  return classifyNightly({
    values,
    detection: detectChanges(values),
    worse: "higher",
    notified: [],
    ...more,
  });
}

test.each<[string, readonly (number | undefined)[], Partial<StatusQuestion>, object]>([
  ["nothing happened", steady, {}, { kind: "steady" }],
  ["no valid run", [...steady, undefined], {}, { kind: "no-data" }],
  ["nothing at all", [], {}, { kind: "no-data" }],
  ["a nightly run without a bound", [...steady, Infinity], {}, { kind: "unbounded" }],
  [
    "a change before a nightly run without a bound",
    [...slower, Infinity],
    {},
    { kind: "new-regression" },
  ],
  ["a first nightly run", [100], {}, { kind: "steady" }],
  [
    "a change without a notification",
    slower,
    {},
    { kind: "new-regression", change: { index: 60 } },
  ],
  [
    "notified once, two nightly runs off",
    slower,
    { notified: [58] },
    { kind: "open-regression", change: { index: 60 } },
  ],
  ["declared the new normal", slower, { notified: [60], accepted: [60] }, { kind: "steady" }],
  ["higher throughput is better", slower, { worse: "lower" }, { kind: "new-improvement" }],
  [
    "an improvement that was notified",
    slower,
    { worse: "lower", notified: [60] },
    { kind: "steady" },
  ],
  ["too old to be new", [...slower, ...noisy(20, 115)], {}, { kind: "open-regression" }],
  [
    "back where it was",
    recovered,
    { notified: [60] },
    { kind: "resolved", since: { index: 60 }, change: { index: 66 } },
  ],
  ["back, and notified", recovered, { notified: [60, 66] }, { kind: "steady" }],
  ["better, yet not back", partly, { notified: [60] }, { kind: "new-improvement" }],
  [
    "better, yet not back, notified",
    partly,
    { notified: [60, 80] },
    { kind: "open-regression", change: { index: 60 } },
  ],
  [
    "one bad nightly run",
    [...steady, 140],
    {},
    { kind: "outlier", value: 140, direction: "worse" },
  ],
  ["one good nightly run", [...steady, 70], {}, { kind: "outlier", direction: "better" }],
  [
    "no ratio to zero",
    [...Array.from({ length: 20 }, () => 0), 3],
    {},
    { kind: "outlier", level: 0 },
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
  const question = { values: creep, detection, worse: "higher", notified: [] } as const;
  expect(classifyNightly(question)).toEqual({ kind: "steady" });
  const slow = classifyNightly({ ...question, reference: creep.slice(0, 14) });
  expect(slow.kind).toBe("slow-regression");
  expect(slow).toHaveProperty("ratio");
  expect(classifyNightly({ ...question, worse: "lower", reference: creep.slice(0, 14) }).kind).toBe(
    "steady",
  );
  expect(classifyNightly({ ...question, reference: [100, 101] }).kind).toBe("steady");
});

test("values of the reference without a bound are left out, like gaps", () => {
  const values = Array.from({ length: 20 }, (_, i) => 110 + (i % 3));
  const detection = { changePoints: [], outliers: [], warnings: [] };
  const question = { values, detection, worse: "higher", notified: [] } as const;
  const reference = [100, 101, 102, 100, 101, 102];
  const slow = classifyNightly({ ...question, reference });
  expect(slow.kind).toBe("slow-regression");
  expect(classifyNightly({ ...question, reference: [...reference, Infinity] })).toEqual(slow);
  const few = classifyNightly({ ...question, reference: [100, Infinity, 101] });
  expect(few).toEqual({ kind: "steady" });
});

test("slow of values around zero has no ratio", () => {
  const values = [5, 6, 5, 6, 5, 6, 5, 6, 5];
  const detection = { changePoints: [], outliers: [], warnings: [] };
  expect(
    classifyNightly({
      values,
      detection,
      worse: "higher",
      notified: [],
      reference: [0, 1, 0, 1, 0, 1],
    }),
  ).toEqual({ kind: "slow-regression" });
});

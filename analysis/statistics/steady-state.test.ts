import { expect, test } from "vitest";
import { findDrift } from "./steady-state.ts";

const levels = (level: (batch: number) => number): number[] =>
  Array.from({ length: 20 }, (_, batch) => level(batch));
const noise = (batch: number): number => 1 + 0.05 * Math.sin(batch * 2.4);

test.each([
  ["level but noisy", levels((batch) => 100 * noise(batch))],
  ["a certain drift of 5 % is too small to matter", levels((batch) => 100 * 1.05 ** (batch / 19))],
  ["one slow batch", levels((batch) => (batch === 12 ? 300 : 100 * noise(batch)))],
  ["too few batches", [1, 2, 4, 8]],
  ["no batches", []],
  ["an empty batch", levels((batch) => (batch === 3 ? 0 : 2 ** batch))],
])("steady: %s", (_, series) => {
  expect(findDrift(series)).toBeUndefined();
});

test.each([
  ["rising by half", 1.5],
  ["falling by a third", 1 / 1.5],
])("drifting: %s", (_, factor) => {
  const drift = findDrift(levels((batch) => 100 * noise(batch) * factor ** (batch / 19)));
  expect(drift?.relativeChange).toBeCloseTo(factor - 1, 1);
});

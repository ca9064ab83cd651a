import { expect, test } from "vitest";
import { detectChanges } from "./detect-changes.ts";
import { toScale } from "./scale.ts";

const stretch = (value: number): number[] => Array.from({ length: 8 }, () => value);

test.each([
  ["down", 1e300, 1e-300],
  ["up", 1e-300, 1e300],
])("values too far apart for a quotient: %s", (_direction, before, after) => {
  const series = [...stretch(before), ...stretch(after)];
  const { kind, values } = toScale(series);
  expect(kind).toBe("log");
  const difference = Math.log(after) - Math.log(before);
  expect((values.at(-1) ?? 0) - (values[0] ?? 0)).toBeCloseTo(difference, 9);
  expect(detectChanges(series).changePoints).toMatchObject([{ index: 8, before, after }]);
});

test("values whose sum overflows have a middle", () => {
  const { values } = toScale([1e308, 1e308, 1.7e308, 1.7e308]);
  for (const value of values) expect(Math.abs(value)).toBeCloseTo(Math.log(1.7) / 2, 9);
});

import { describe, expect, test } from "vitest";
import { RateWatch } from "./rate-watch.ts";

const start = 1_700_000_000_000;
const ceilings = { requestsPerMinute: 6000, assetsPerPage: 60, identities: 6 } as never;

/** Requests of a constant rate from one second to another, asked each second. */
function watchOf(
  rates: readonly (readonly [seconds: number, perSecond: number])[],
  options = ceilings,
) {
  const watch = new RateWatch(options);
  let second = 0;
  for (const [seconds, perSecond] of rates) {
    for (let index = 0; index < seconds; index++, second++) {
      for (let request = 0; request < perSecond; request++)
        watch.request(start + second * 1000 + (request * 1000) / perSecond);
      const excess = watch.excess();
      if (excess !== undefined) return { second, message: excess.message };
    }
  }
  return undefined;
}

describe("a ceiling of 6,000 requests/min (100/s)", () => {
  test.each([
    ["at the ceiling for ten minutes", [[600, 100]]],
    ["a little below it", [[600, 99]]],
    [
      "a burst of one page and a setup",
      [
        [60, 100],
        [1, 240],
        [60, 100],
      ],
    ],
    [
      "silence, then the ceiling",
      [
        [60, 0],
        [300, 100],
      ],
    ],
  ] as const)("holds: %s", (_reason, rates) => {
    expect(watchOf(rates)).toBeUndefined();
  });

  test.each([
    ["400 assets a page: 466 times the rate", [[10, 46_600]], 0],
    ["twice the rate", [[60, 200]], 6],
    ["a fifth too much", [[600, 120]], 53],
    ["3 % too much is found over the whole load", [[600, 103]], 140],
    [
      "too much after an hour of the right rate",
      [
        [3600, 90],
        [60, 200],
      ],
      3606,
    ],
  ] as const)("ends: %s", (_reason, rates, second) => {
    expect(watchOf(rates)?.second).toBeCloseTo(second, -1);
  });
});

test("60/min that become 28,000/min by 400 assets a page end within the first second", () => {
  const options = { requestsPerMinute: 60, assetsPerPage: 60, identities: 6 } as never;
  expect(watchOf([[30, 467]], options)).toEqual({
    second: 0,
    message:
      "467 HTTP requests were sent in 10 s (2802/min, page assets included), above the ceiling of 60/min",
  });
});

test("requests count when they were sent, in any order of their ends", () => {
  const watch = new RateWatch(ceilings);
  // A target that hangs for 20 s answers all at once: that is no burst of ours.
  for (let second = 0; second < 30; second++)
    for (let request = 0; request < 100; request++) watch.request(start + second * 1000);
  expect(watch.excess()).toBeUndefined();
  for (let request = 0; request < 1400; request++) watch.request(start + 5000);
  expect(watch.excess()?.message).toContain("2400 HTTP requests were sent in 10 s");
});

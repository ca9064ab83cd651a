import { expect, test } from "vitest";
import { milliseconds, seconds } from "../../domain/units.ts";
import { probesPerSecond } from "./probe-rate.ts";

const judged = (durationMs: number) => ({ judged: true, durationMs: milliseconds(durationMs) });

test.each([
  ["five minutes", [judged(300_000)], 2],
  ["half a minute", [judged(30_000)], 8],
  ["two judged phases", [judged(20_000), judged(20_000)], 6],
  ["seconds", [judged(5000)], 10],
  ["nothing judged", [{ judged: false, durationMs: seconds(60) }], 2],
])("%s", (_, phases, perSecond) => expect(probesPerSecond(phases)).toBe(perSecond));

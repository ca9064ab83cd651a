import { mapParsed, refused } from "../../../src/domain/parsed.ts";
import { readDuration, writeDuration } from "./amounts.ts";
import type { FaultKind } from "./fault-kind.ts";

/** The platform's clock is wrong: every answer's `Date` is ahead or behind. */
interface ClockFault {
  readonly kind: "clock";
  /** Milliseconds, below 0: behind. */
  readonly offsetMs: number;
}

export const clock: FaultKind<ClockFault> = {
  form: "clock=<+|-><time>",
  example: "clock=+90s",
  parse(text) {
    const sign = text.charAt(0);
    if (sign !== "+" && sign !== "-") return refused(`"${text}" does not begin with + or -`);
    return mapParsed(readDuration(text.slice(1)), (size) => ({
      kind: "clock",
      offsetMs: sign === "+" ? size : -size,
    }));
  },
  format: ({ offsetMs }) => `${offsetMs < 0 ? "-" : "+"}${writeDuration(Math.abs(offsetMs))}`,
  act: ({ offsetMs }) => ({ clockMs: offsetMs }),
  expect: () => ({
    note: "latencies are measured by k6's own clock: no verdict may change",
  }),
};

/** How long an operation did not succeed around an event. */
import { signInSource } from "../../src/domain/resilience.ts";
import type { RunData } from "../../src/domain/run.ts";
import { isOutsideLoad, type Window } from "../../src/domain/window.ts";

export const operations = ["token-operations", "sign-in"] as const;
export type Operation = (typeof operations)[number];

/** The longest time in which none succeeded, milliseconds. */
export interface Downtime {
  readonly low: number;
  /** Infinity: none succeeded until the load ended. */
  readonly high: number;
  /** Requests of the operation. */
  readonly requests: number;
}

/** Windows of endpoints. */
const slotMs = 10_000;

const isOf: Readonly<Record<Operation, (window: Window) => boolean>> = {
  "token-operations": ({ surface, endpoint = "" }) =>
    surface === "api" && endpoint.startsWith("token."),
  "sign-in": ({ kind, endpoint }) => kind === "sign-in" && endpoint !== undefined,
};

/** @returns `undefined` where none was asked for */
export function downtimeOf(
  operation: Operation,
  { windows, observations }: RunData,
  { from, until }: { readonly from: number; readonly until: number },
): Downtime | undefined {
  const first = Math.floor(from / slotMs);
  const slots = Array.from({ length: Math.ceil(until / slotMs) - first }, () => ({
    count: 0,
    good: 0,
  }));
  const count = (at: number, all: number, good: number): void => {
    const slot = slots[Math.floor(at / slotMs) - first];
    if (slot === undefined) return;
    slot.count += all;
    slot.good += good;
  };
  for (const window of windows) {
    if (window.type === "flow" || !isOf[operation](window) || isOutsideLoad(window)) continue;
    const { count: all, infinite } = window.histogram;
    count(window.at, all, all - infinite);
  }
  if (operation === "sign-in")
    for (const { source, at, value } of observations)
      if (source === signInSource) count(at, 1, value);
  const requests = slots.reduce((sum, slot) => sum + slot.count, 0);
  if (requests === 0) return undefined;
  const down = longestRow(slots.map((slot) => slot.count > 0 && slot.good === 0));
  // Nothing is known of a time without requests.
  const notUp = longestRow(slots.map(({ good }) => good === 0));
  const hasFailed = slots.some((slot) => slot.good < slot.count);
  const isDownAtEnd = slots.at(-1)?.good === 0 && slots.at(-2)?.good === 0;
  return {
    low: Math.max(0, down - 1) * slotMs,
    high: isDownAtEnd ? Infinity : notUp > 0 || hasFailed ? (notUp + 2) * slotMs : 0,
    requests,
  };
}

function longestRow(all: readonly boolean[]): number {
  let longest = 0;
  let row = 0;
  for (const each of all) {
    row = each ? row + 1 : 0;
    longest = Math.max(longest, row);
  }
  return longest;
}

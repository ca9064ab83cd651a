/** What a runner in a pod and whoever collects it agree on. */
import * as z from "zod";

/** Beside k6's own 6565. Not 6566, which browsers and fetch refuse as a scanner's. */
export const runnerPort = 6567;

/** How long one answer may take, ms: creating an object may wait for admission webhooks. */
export const answerLimitMs = 15_000;

export const paths = {
  clock: "/clock",
  lines: "/lines",
  begin: "/begin",
  release: "/release",
  stop: "/stop",
} as const;

export const headers = {
  token: "x-headroom-token",
  /** `true` where the lines of an answer are the last. */
  ended: "x-headroom-ended",
} as const;

export const beginRequest = z.strictObject({
  /** Added to every instant that the runner measures, ms: its clock differs from the collector's by so much. */
  clockOffsetMs: z.number(),
});
export type BeginRequest = z.output<typeof beginRequest>;

/** The load begins. */
export const releaseRequest = z.strictObject({
  /** By the first runner, before the load. */
  learned: z.string(),
});
export type ReleaseRequest = z.output<typeof releaseRequest>;

/** Where a runner finds what its run is: two folders with these files, the last two in the one of secrets. */
export const runFolder = {
  plan: "plan.json",
  token: "token",
  /** Variables of k6's environment that are secret, as JSON. */
  variables: "variables.json",
} as const;

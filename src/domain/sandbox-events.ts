/** Events of a sandbox: `POST /control/events` makes one, `GET /control/events` says what is true of each. */
import * as z from "zod";
import { eventKinds } from "./resilience.ts";
import type { EventKind } from "./resilience.ts";

/** The body of `POST /control/events`; the answer is 202 with `{id}`, or 400 with a `code` and a `message`. */
export const sandboxEventRequest = z.strictObject({
  kind: z.enum(eventKinds),
  /** A workload, a pod or a node of the cluster, a breaker's dependency; absent: the one that suits the kind. */
  target: z.string().optional(),
  options: z
    .strictObject({
      /** How long an outage, a lag or a flushed cache lasts, or a lost database stays down; milliseconds. */
      durationMs: z.number().positive().max(3_600_000).optional(),
    })
    .optional(),
  /** Nothing is made: could it be? The answer is 200 without an id, or 400 as for the event itself. */
  isCheck: z.boolean().optional(),
});
export type SandboxEventRequest = z.output<typeof sandboxEventRequest>;

/** Dependencies that have a circuit breaker before them. */
export const breakerKinds = ["internal", "database", "external", "cache"] as const;
export type BreakerKind = (typeof breakerKinds)[number];

/** What an event did. Instants in epoch milliseconds; requests of all surfaces, counted while it went on. */
export interface SandboxEventTruth {
  /** Answered with a status from 500 on or with GraphQL errors, or cut. */
  readonly requestsDropped: number;
  readonly firstErrorAt?: number | undefined;
  /** The last of them: from then on every request was answered. */
  readonly recoveredAt?: number | undefined;
  /** Of the pods of a workload concerned, those that could not answer: the largest share, 0..1. */
  readonly unavailableShareMax?: number | undefined;
  /** Writes applied twice, and acknowledged but not kept. */
  readonly writesDoubled: number;
  readonly writesLost: number;
  readonly breaker?:
    | {
        readonly kind: BreakerKind;
        /** In a row, before it opened. */
        readonly failuresBeforeOpen?: number | undefined;
        readonly openedAt?: number | undefined;
        readonly closedAt?: number | undefined;
      }
    | undefined;
  /** Of a flushed cache: reads that found nothing in it, 0.3 s slower each, until it was full again. */
  readonly slowReads?: number | undefined;
  /** Of a failover: write-ahead log of the old primary that the new one does not have. */
  readonly lostWalBytes?: number | undefined;
}

export interface SandboxEvent {
  readonly id: number;
  readonly kind: EventKind;
  readonly target?: string | undefined;
  readonly startedAt: number;
  /** Absent: it goes on, or never came to its end. */
  readonly endedAt?: number | undefined;
  /** In the order of their time: those of `eventStepNames`, and of the sandbox's own. */
  readonly steps: readonly { readonly name: string; readonly at: number }[];
  readonly truth: SandboxEventTruth;
}

import type { ResponseTags } from "../domain/sample.ts";
import type { FlowKey } from "./window-slots.ts";

/**
 * Where the reader puts what it read. Instants `at` are epoch milliseconds. Rows with the same tags come with the same
 * object, so that a sink can keep by it what it would otherwise look up by its fields, for every row.
 */
export interface SampleSink {
  /** @param at end of the request @param valueMs duration plus lag from the intended start */
  response(tags: ResponseTags, at: number, valueMs: number): void;
  /** An iteration came to its end. */
  iteration(flow: FlowKey, at: number): void;
  /** Arrivals without a free virtual user. */
  dropped(flow: FlowKey, at: number, count: number): void;
  /** How late an iteration started, milliseconds ≥ 0. */
  lag(flow: FlowKey, at: number, ms: number): void;
  /** Active virtual users over all flows: k6 does not report them by flow. */
  users(at: number, busy: number): void;
  /** Sign-in is over, the load begins. */
  loadStart(at: number): void;
  /** An HTTP request of any kind was answered or failed. @param sentAt epoch milliseconds */
  request?(sentAt: number): void;
  /** A page references this many assets above the limit. */
  assetsCut?(count: number): void;
  /** A write that is read back after the load. */
  write?(write: WriteSample): void;
  /** One of the first failing requests. */
  failure(failure: FailureSample): void;
}

/** A write as it was sent and answered. */
export interface WriteSample {
  /** When it was answered, epoch milliseconds. */
  readonly at: number;
  /** `token.mint` or `token.transfer`. */
  readonly endpoint: string;
  readonly token: string;
  /** Base units: no other write of the run moves as many. */
  readonly amount: string;
  readonly outcome: string;
}

export interface FailureSample {
  readonly at: number;
  readonly surface: string;
  readonly endpoint: string;
  readonly outcome: string;
  readonly detail: string;
}

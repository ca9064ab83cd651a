import type { ResponseSample } from "../domain/sample.ts";

/** Where the reader puts what it read. Instants `at` are epoch milliseconds. */
export interface SampleSink {
  response(sample: ResponseSample): void;
  /** An iteration came to its end. */
  iteration(flow: string, phase: string, at: number): void;
  /** Arrivals without a free virtual user. */
  dropped(flow: string, phase: string, at: number, count: number): void;
  /** How late an iteration started, milliseconds ≥ 0. */
  lag(flow: string, phase: string, at: number, ms: number): void;
  /** Active virtual users over all flows: k6 does not report them by flow. */
  users(at: number, busy: number): void;
  /** Sign-in is over, the load begins. */
  loadStart(at: number): void;
  /** An HTTP request of any kind was answered or failed. @param sentAt epoch milliseconds */
  request?(sentAt: number): void;
  /** A page references this many assets above the limit. */
  assetsCut?(count: number): void;
  /** One of the first failing requests. */
  failure(failure: FailureSample): void;
}

export interface FailureSample {
  readonly at: number;
  readonly surface: string;
  readonly endpoint: string;
  readonly outcome: string;
  readonly detail: string;
}

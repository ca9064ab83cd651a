/** What a runner in a pod yields, one line each, in order. */
import type { GeneratorFingerprint, AssetsCut, RunnerRecord } from "../domain/run.ts";
import type { Gap, Observation } from "../domain/observation.ts";
import type { TracedRequests } from "../domain/resilience.ts";
import type { WindowRecord } from "../domain/window.ts";
import type { K6LogEntry } from "../engine/k6-log.ts";
import type { K6Exit } from "../engine/run-k6.ts";
import type { FailureSample, WriteSample } from "../engine/sample-sink.ts";

export type RunnerLine =
  /** First: where it runs, and with what. */
  | {
      readonly kind: "begin";
      readonly fingerprint: GeneratorFingerprint;
      readonly versions: { readonly headroom: string; readonly k6: string };
    }
  /** Its setup is over; the load begins when all have come so far. What the first one learned, else empty. */
  | { readonly kind: "ready"; readonly learned: string }
  | { readonly kind: "load-start"; readonly at: number }
  | { readonly kind: "window"; readonly record: WindowRecord }
  | { readonly kind: "observation"; readonly observation: Observation }
  | { readonly kind: "gap"; readonly gap: Gap }
  | { readonly kind: "failure"; readonly failure: FailureSample }
  | { readonly kind: "write"; readonly write: WriteSample }
  | { readonly kind: "traced"; readonly requests: TracedRequests }
  /** HTTP requests of any kind that were sent in the second from `at` on. */
  | { readonly kind: "requests"; readonly at: number; readonly count: number }
  | { readonly kind: "log"; readonly entry: K6LogEntry }
  | { readonly kind: "unreadable"; readonly message: string }
  /** Last. */
  | {
      readonly kind: "end";
      readonly exit: K6Exit;
      readonly record: RunnerRecord;
      readonly malformed: number;
      readonly assetsCut: AssetsCut;
    };

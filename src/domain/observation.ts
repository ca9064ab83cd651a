import type { Instant } from "./written.ts";
import type { UnitName } from "./units.ts";

/** What the platform, or the generator, saw meanwhile. A line of `observations.ndjson`. */
export interface Observation {
  /** Observer: `generator`, `kubernetes`, `prometheus`, `database`, `browser`. */
  readonly source: string;
  /** `k6.cpu`, `host.idle`, `deployment.ready_replicas`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch milliseconds, of the observed system's clock where it tells one. */
  readonly at: number;
  readonly value: number;
  readonly unit: UnitName;
}

/** A line of `events.ndjson`: what happened to the run itself. */
export type RunEvent =
  | {
      /** Kind of event. */
      readonly type: "phase";
      /** Epoch milliseconds. */
      readonly at: Instant;
      /** Name of the phase that began. */
      readonly phase: string;
    }
  | {
      /** Kind of event. */
      readonly type: "load-start";
      /** Epoch milliseconds. */
      readonly at: Instant;
    }
  | {
      /** Kind of event. */
      readonly type: "load-end";
      /** Epoch milliseconds. */
      readonly at: Instant;
    }
  | {
      /** Kind of event. */
      readonly type: "abort";
      /** Epoch milliseconds. */
      readonly at: Instant;
      /** Id of the rule that ended the run. */
      readonly rule: string;
      /** One sentence for people. */
      readonly message: string;
    }
  | {
      /** Kind of event. */
      readonly type: "failure";
      /** Epoch milliseconds. */
      readonly at: Instant;
      /** Surface of the request. */
      readonly surface: string;
      /** Name of the endpoint. */
      readonly endpoint: string;
      /** How the request failed. */
      readonly detail: string;
    }
  | {
      /** Kind of event. */
      readonly type: "gap";
      /** Epoch milliseconds. */
      readonly at: Instant;
      /** The observer whose data is missing. */
      readonly source: string;
      /** Why it is missing. */
      readonly reason: string;
    }
  | {
      /** Kind of event. */
      readonly type: "engine";
      /** Epoch milliseconds. */
      readonly at: Instant;
      /** Severity that k6 logged it with. */
      readonly level: string;
      /** One sentence for people. */
      readonly message: string;
    };

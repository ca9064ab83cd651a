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
  | { readonly type: "phase"; readonly at: number; readonly phase: string }
  | { readonly type: "load-start"; readonly at: number }
  | { readonly type: "load-end"; readonly at: number }
  | { readonly type: "abort"; readonly at: number; readonly rule: string; readonly message: string }
  | {
      readonly type: "failure";
      readonly at: number;
      readonly surface: string;
      readonly endpoint: string;
      readonly detail: string;
    }
  | { readonly type: "gap"; readonly at: number; readonly source: string; readonly reason: string }
  | {
      readonly type: "engine";
      readonly at: number;
      readonly level: string;
      readonly message: string;
    };

import type { Count, Ratio, Real } from "./written.ts";
import type { Estimate } from "./estimate.ts";

/** The report's part about PostgreSQL. Absent figures were not observed; `gaps` says why. */
export interface DatabaseReport {
  /** "PostgreSQL 15.14". */
  readonly server?: string;
  /** The constant-rate probe; latency counts from the intended start. */
  readonly probe?: {
    /** The statement it executes. */
    readonly statement: string;
    /** Executions per second. */
    readonly perSecond: number;
    /** Median in milliseconds. */
    readonly p50Ms: Real;
    /** 95th percentile with its interval. */
    readonly p95: Estimate;
    /** Executions that failed. */
    readonly failed: Count;
  };
  /** Of pg_stat_statements between the run's start and end, the most expensive first. It has means, no percentiles. */
  readonly statements: readonly {
    /** As normalised by the server. */
    readonly query: string;
    /** Executions during the run. */
    readonly calls: Count;
    /** Mean duration, milliseconds. */
    readonly meanMs: number;
    /** 0..1 of all statements' time. */
    readonly timeShare: Ratio;
    /** Mean rows of one execution. */
    readonly rowsPerCall: number;
  }[];
  /** Connections against the server's limit. */
  readonly connections?: {
    /** Most connections at once. */
    readonly most: Count;
    /** `max_connections` of the server. */
    readonly limit: Count;
  };
  /** Most sessions that waited for a lock at one poll. */
  readonly lockWaitsMost?: Count;
  /** 0..1. */
  readonly cacheHitRatio?: Ratio;
  /** Largest replication lag, milliseconds. */
  readonly replicationLagMostMs?: number;
  /** What could not be observed, one sentence each. */
  readonly gaps: readonly string[];
}

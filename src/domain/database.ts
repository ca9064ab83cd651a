import type { Estimate } from "./estimate.ts";

/** The report's part about PostgreSQL. Absent figures were not observed; `gaps` says why. */
export interface DatabaseReport {
  /** "PostgreSQL 15.14". */
  readonly server?: string;
  /** The constant-rate probe; latency counts from the intended start. */
  readonly probe?: {
    readonly statement: string;
    readonly perSecond: number;
    readonly p50Ms: number;
    readonly p95: Estimate;
    readonly failed: number;
  };
  /** Of pg_stat_statements between the run's start and end, the most expensive first. It has means, no percentiles. */
  readonly statements: readonly {
    /** As normalised by the server. */
    readonly query: string;
    readonly calls: number;
    readonly meanMs: number;
    /** 0..1 of all statements' time. */
    readonly timeShare: number;
    readonly rowsPerCall: number;
  }[];
  readonly connections?: { readonly most: number; readonly limit: number };
  /** Most sessions that waited for a lock at one look. */
  readonly lockWaitsMost?: number;
  /** 0..1. */
  readonly cacheHitRatio?: number;
  readonly replicationLagMostMs?: number;
  readonly gaps: readonly string[];
}

import type { DatabaseReport } from "../../src/domain/database.ts";
import { Histogram } from "../../src/domain/histogram.ts";
import type { RunData } from "../../src/domain/run.ts";
import { sentencesOf } from "../gaps.ts";
import { quantileInterval } from "../statistics/quantile-interval.ts";
import { databaseGaps, mostOf, observationsNamed } from "./observed.ts";
import type { ProbeLatencies } from "./probe-latencies.ts";

/** The report's part about PostgreSQL. The probe's figures are of the judged phases, all others of the whole run. */
export function databaseReport(
  data: RunData,
  latencies: ProbeLatencies | undefined,
): DatabaseReport {
  const named = (name: string) => observationsNamed(data, name);
  const server = named("server").at(-1)?.labels["version"];
  const probe = probeOf(data, latencies);
  const most = mostOf(named("connections"));
  const limit = mostOf(named("connections.limit"));
  const lockWaitsMost = mostOf(named("lock.waits"));
  const cacheHitRatio = named("cache.hit").at(-1)?.value;
  const replicationLagMostMs = mostOf(named("replication.lag"));
  return {
    server: server === undefined ? undefined : `PostgreSQL ${server}`,
    probe,
    statements: statementsOf(data),
    connections: most === undefined || limit === undefined ? undefined : { most, limit },
    lockWaitsMost,
    cacheHitRatio,
    replicationLagMostMs,
    gaps: [...new Set(sentencesOf(databaseGaps(data)))],
  };
}

/** Absent where no probe fell into a judged phase. */
function probeOf(data: RunData, latencies: ProbeLatencies | undefined): DatabaseReport["probe"] {
  const batches = latencies?.batches ?? [];
  const all = Histogram.merged(batches);
  const rate = observationsNamed(data, "probe.rate").at(-1);
  const p95 = quantileInterval(batches, 0.95, "ms");
  const p50Ms = all.quantile(0.5);
  if (rate === undefined || p95 === undefined || p50Ms === undefined) return undefined;
  return {
    statement: rate.labels["statement"] ?? "",
    perSecond: rate.value,
    p50Ms,
    p95,
    failed: all.infinite,
  };
}

/** The observer tells the most expensive ones, with their rank. */
function statementsOf(data: RunData): DatabaseReport["statements"] {
  const totalMs = observationsNamed(data, "statements.time").at(-1)?.value ?? 0;
  const valueOf = (name: string, rank: string | undefined): number =>
    observationsNamed(data, name).find(({ labels }) => labels["rank"] === rank)?.value ?? 0;
  return observationsNamed(data, "statement.time")
    .toSorted((a, b) => b.value - a.value)
    .flatMap(({ value, labels: { rank, query = "" } }) => {
      const calls = valueOf("statement.calls", rank);
      if (calls === 0 || totalMs === 0) return [];
      return [
        {
          query,
          calls,
          meanMs: value / calls,
          timeShare: value / totalMs,
          rowsPerCall: valueOf("statement.rows", rank) / calls,
        },
      ];
    });
}

/** What the platform's observers saw, in a line of text. */
import {
  formatCount,
  formatInterval,
  formatLatency,
  formatShare,
  formatValue,
} from "../src/domain/number-text.ts";
import type { WorkloadScaling } from "../src/domain/autoscaling.ts";
import type { BrowserReport } from "../src/domain/browser.ts";
import type { DatabaseReport } from "../src/domain/database.ts";

/** @returns "3 → 9 → 4 pods of 2 to 10": at the start, at most, at the end, and what is allowed */
export function podWords({ replicas, autoscaler }: WorkloadScaling): string | undefined {
  if (replicas === undefined) return undefined;
  const seen = [replicas.atStart, replicas.most, replicas.atEnd].map(formatCount).join(" → ");
  if (autoscaler === undefined) return `${seen} pods`;
  return `${seen} pods of ${formatCount(autoscaler.minReplicas)} to ${formatCount(autoscaler.maxReplicas)}`;
}

/** @returns "load p95 1.48 s (1.4–1.6 s), 120 loads, 2 failed" */
export function pageWords({ loadP95, loads, failed }: BrowserReport["pages"][number]): string {
  const p95 =
    loadP95 === undefined
      ? "too few loads for a p95"
      : `load p95 ${formatLatency(loadP95.point)} (${formatInterval(loadP95)})`;
  return `${p95}, ${formatCount(loads)} loads, ${formatCount(failed)} failed`;
}

/** @returns "PostgreSQL 15.14; probe p95 31 ms (29–34 ms); 41 of 100 connections" */
export function databaseWords({ server, probe, connections, cacheHitRatio }: DatabaseReport) {
  return [
    server,
    probe && `probe p95 ${formatLatency(probe.p95.point)} (${formatInterval(probe.p95)})`,
    connections &&
      `${formatCount(connections.most)} of ${formatCount(connections.limit)} connections (${formatShare(connections.most, connections.limit)})`,
    cacheHitRatio === undefined ? undefined : `cache hits ${formatValue(cacheHitRatio, "ratio")}`,
  ]
    .filter((part) => part !== undefined)
    .join("; ");
}

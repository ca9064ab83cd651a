import { formatCount, inSentence } from "../../src/domain/number-text.ts";
import { latencyLimitMs } from "../../src/domain/latency-objective.ts";
import type { FindingRule } from "./finding-rule.ts";

const minimumRequests = 20;

/** Writes have no objective of their own; slower than the objective of reads is worth a line. */
export const writesSlow: FindingRule = ({ latency, data }) =>
  latency.flatMap((row) => {
    const limitMs = latencyLimitMs(data.run.plan.objectives, row.surface);
    const p95Ms = row.p95Ms ?? 0;
    const isSlow = p95Ms > limitMs && p95Ms < Infinity;
    if (row.kind !== "write" || row.requests < minimumRequests || !isSlow) return [];
    return [
      {
        id: "writes-slow",
        severity: "info",
        sentence: `Writes to ${row.surface} take ${inSentence(p95Ms, "ms")} at p95; reads have an objective of ${inSentence(limitMs, "ms")}, writes have none.`,
        evidence: `n = ${formatCount(row.requests)}, ${formatCount(row.failed)} failed`,
        action: "Not judged. Set an objective for writes if users wait for them.",
        surface: row.surface,
      } as const,
    ];
  });

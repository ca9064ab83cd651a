/** What the history reads of `verdicts.json`: every field of it is checked, all others are left alone. */
import path from "node:path";
import { z } from "zod";
import {
  count,
  instant,
  measured,
  number,
  real,
  surface,
  text,
  unit,
} from "../domain/documents/shape.ts";
import { runOutcomes } from "../domain/exit-status.ts";
import { cpuPerRequestChart } from "../domain/history.ts";
import type { Report } from "../domain/report.ts";
import { requestKinds } from "../domain/surface.ts";
import { runFiles } from "./run-directory.ts";
import { checkShape, readObject } from "./stored-document.ts";

const optional = measured.optional();
const row = z.object({
  metric: z.enum(["response", "page"]),
  surface,
  kind: z.enum(requestKinds),
  endpoint: text.optional(),
  requests: count,
  failed: count,
  p50Ms: optional,
  p95Ms: optional,
  p99Ms: optional,
});
const judged = z.object({
  checkId: text.min(1),
  outcome: z.enum(["pass", "fail", "inconclusive"]),
  observed: z.object({ point: measured, low: real.optional(), high: real.optional(), unit }),
  limit: z.object({ value: number, good: z.enum(["below", "above", "at"]) }),
});
const notApplicable = z.object({ checkId: text, outcome: z.literal("not-applicable") });
const series = z.object({
  chart: text,
  label: text,
  points: z.array(z.tuple([number, real])),
});
/** Points of other charts are many, and are not read. */
const otherSeries = z.object({ chart: text.refine((chart) => chart !== cpuPerRequestChart) });

const shape = z.object({
  schemaVersion: z.literal(1),
  outcome: z.enum(runOutcomes),
  run: z.object({
    startedAt: instant,
    plan: z.object({ profile: text, environment: text }),
  }),
  latency: z.array(row),
  endpoints: z.array(row).optional(),
  throughput: z.object({ achieved: z.object({ point: measured }) }).optional(),
  verdicts: z.array(z.discriminatedUnion("outcome", [judged, notApplicable])),
  series: z.array(z.union([otherSeries, series])),
  autoscaling: z
    .object({
      workloads: z.array(
        z.object({ workload: text, replicas: z.object({ most: measured }).optional() }),
      ),
    })
    .optional(),
  database: z
    .object({
      probe: z.object({ p50Ms: optional, p95: z.object({ point: measured }) }).optional(),
      connections: z.object({ most: optional }).optional(),
      lockWaitsMost: optional,
      cacheHitRatio: optional,
      replicationLagMostMs: optional,
    })
    .optional(),
});

const kind = {
  what: "the verdicts of a run",
  code: "unreadable-verdicts",
  hint: "headroom analyse RUN writes it again.",
  shape,
} as const;

/**
 * The report as it is stored: infinities are words, and only what the shape above names was checked.
 * @returns `undefined` for a run that was not judged yet    @throws StoreError with file, field and value
 */
export function readStoredReport(directory: string): Report | undefined {
  const file = path.join(directory, runFiles.verdicts);
  const json = readObject(file, kind);
  if (json === undefined) return undefined;
  checkShape(json, file, kind);
  return asReport(json);
}

/* Checked above; only what the shape names is read. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const asReport = (json: Record<string, unknown>): Report => json as unknown as Report;

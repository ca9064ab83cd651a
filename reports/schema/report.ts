import { z } from "zod";
import { exitStatus, runOutcomes } from "../../src/domain/exit-status.ts";
import type { RunEvent } from "../../src/domain/observation.ts";
import type * as reports from "../../src/domain/report.ts";
import { requestKinds } from "../../src/domain/surface.ts";
import { autoscaling, browser, database } from "./platform.ts";
import { run } from "../../src/domain/documents/run.ts";
import {
  count,
  exactly,
  instant,
  number,
  real,
  surface,
  text,
  texts,
  unit,
} from "../../src/domain/documents/shape.ts";
import { estimate, finding, validity, verdict } from "./verdict.ts";

type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;
const event = z.discriminatedUnion("type", [
  exactly<EventOf<"phase">>()({ type: z.literal("phase"), at: instant, phase: text }),
  exactly<EventOf<"load-start">>()({ type: z.literal("load-start"), at: instant }),
  exactly<EventOf<"load-end">>()({ type: z.literal("load-end"), at: instant }),
  exactly<EventOf<"abort">>()({ type: z.literal("abort"), at: instant, rule: text, message: text }),
  exactly<EventOf<"failure">>()({
    type: z.literal("failure"),
    at: instant,
    surface: text,
    endpoint: text,
    detail: text,
  }),
  exactly<EventOf<"gap">>()({ type: z.literal("gap"), at: instant, source: text, reason: text }),
  exactly<EventOf<"engine">>()({
    type: z.literal("engine"),
    at: instant,
    level: text,
    message: text,
  }),
]);

const latencyRow = exactly<reports.LatencyRow>()({
  metric: z.enum(["response", "page"]),
  surface,
  kind: z.enum(requestKinds),
  endpoint: text.exactOptional(),
  requests: count,
  failed: count,
  dropped: count,
  requestsPerMinute: number,
  p50Ms: real.exactOptional(),
  p95Ms: real.exactOptional(),
  p99Ms: real.exactOptional(),
  maxMs: real.exactOptional(),
});
const errorGroup = exactly<reports.ErrorGroup>()({
  surface,
  endpoint: text,
  outcome: text,
  count,
  firstSeen: instant,
});
const series = exactly<reports.Series>()({
  chart: text,
  label: text,
  unit,
  surface: surface.exactOptional(),
  style: z.enum(["line", "step", "area", "points"]),
  points: z.array(z.tuple([instant, real])),
});
const coverage = exactly<reports.Coverage>()({
  plannedMs: number,
  achievedMs: number,
  judgedFrom: instant.exactOptional(),
  judgedTo: instant.exactOptional(),
  partial: z.boolean(),
});
const generator = exactly<reports.GeneratorHealth>()({
  cpuCores: number,
  k6CpuP95Ratio: number.exactOptional(),
  hostIdleP5Ratio: number.exactOptional(),
  k6MemoryMaxBytes: number.exactOptional(),
  lagP99Ms: real.exactOptional(),
  droppedIterations: count,
  plannedIterations: number,
  completedIterations: count,
  ceilingRequestsPerSecond: number.exactOptional(),
});
const throughput = exactly<NonNullable<reports.Report["throughput"]>>()({
  offered: number,
  achieved: estimate,
});

/** The report as a program reads it, before it becomes JSON Schema. */
export const report = exactly<reports.Report>()({
  schemaVersion: z.literal(1),
  outcome: z.enum(runOutcomes),
  exitStatus: z.literal(Object.values(exitStatus)),
  sentence: text,
  run,
  coverage,
  validity,
  verdicts: z.array(verdict),
  findings: z.array(finding),
  throughput: throughput.exactOptional(),
  latency: z.array(latencyRow),
  endpoints: z.array(latencyRow),
  errors: z.array(errorGroup),
  series: z.array(series),
  generator,
  autoscaling: autoscaling.exactOptional(),
  database: database.exactOptional(),
  browser: browser.exactOptional(),
  events: z.array(event),
  method: texts,
}).meta({ title: "Headroom report", $id: "urn:headroom:report:1" });

/** The parts of a report that the platform's observers add. */
import { z } from "zod";
import type * as scaling from "../../src/domain/autoscaling.ts";
import type * as pages from "../../src/domain/browser.ts";
import type * as data from "../../src/domain/database.ts";
import {
  count,
  exactly,
  instant,
  number,
  ratio,
  real,
  surface,
  text,
  texts,
} from "../../src/domain/documents/shape.ts";
import { clusterClock } from "../../src/domain/documents/run.ts";
import { estimate, verdict } from "./verdict.ts";

type Workload = scaling.WorkloadScaling;
type Element<List extends readonly unknown[]> = List[number];

const decision = exactly<scaling.ScalingDecision>()({
  at: instant,
  from: count,
  to: count,
  metric: text,
  proposed: count,
  stabilised: count,
  limitedBy: text.exactOptional(),
  sentence: text,
});
const timeToServe = exactly<scaling.TimeToServe>()({
  at: instant,
  from: count,
  to: count,
  totalMs: real,
  parts: z.array(exactly<Element<scaling.TimeToServe["parts"]>>()({ name: text, ms: number })),
});
const workload = exactly<Workload>()({
  workload: text,
  surfaces: z.array(surface),
  autoscaler: exactly<NonNullable<Workload["autoscaler"]>>()({
    name: text,
    minReplicas: count,
    maxReplicas: count,
    targets: texts,
    behaviour: texts,
  }).exactOptional(),
  replicas: exactly<NonNullable<Workload["replicas"]>>()({
    least: count,
    most: count,
    atStart: count,
    atEnd: count,
  }).exactOptional(),
  checks: z.array(
    exactly<Element<Workload["checks"]>>()({ number: text, verdict, evidence: texts }),
  ),
  events: z.array(
    exactly<Element<Workload["events"]>>()({ at: instant, reason: text, message: text }),
  ),
  decisions: z.array(decision),
  timeToServe: z.array(timeToServe),
  gaps: texts,
});
export const autoscaling = exactly<scaling.AutoscalingReport>()({
  clock: clusterClock,
  workloads: z.array(workload),
  lint: z.array(
    exactly<Element<scaling.AutoscalingReport["lint"]>>()({ id: text, sentence: text, mend: text }),
  ),
  gaps: texts,
});

type Database = data.DatabaseReport;
export const database = exactly<Database>()({
  server: text.exactOptional(),
  probe: exactly<NonNullable<Database["probe"]>>()({
    statement: text,
    perSecond: number,
    p50Ms: real,
    p95: estimate,
    failed: count,
  }).exactOptional(),
  statements: z.array(
    exactly<Element<Database["statements"]>>()({
      query: text,
      calls: count,
      meanMs: number,
      timeShare: ratio,
      rowsPerCall: number,
    }),
  ),
  connections: exactly<NonNullable<Database["connections"]>>()({
    most: count,
    limit: count,
  }).exactOptional(),
  lockWaitsMost: count.exactOptional(),
  cacheHitRatio: ratio.exactOptional(),
  replicationLagMostMs: number.exactOptional(),
  gaps: texts,
});

const vital = exactly<pages.VitalSummary>()({
  name: z.enum(["LCP", "CLS", "INP", "FCP", "TTFB"]),
  p75: number,
  band: z.enum(["good", "needs improvement", "poor"]),
  sampleCount: count,
});
type Page = Element<pages.BrowserReport["pages"]>;
export const browser = exactly<pages.BrowserReport>()({
  browser: text.exactOptional(),
  users: count,
  pages: z.array(
    exactly<Page>()({
      page: text,
      loads: count,
      failed: count,
      loadP95: estimate.exactOptional(),
      loadP50Ms: real.exactOptional(),
      vitals: z.array(vital),
      slowestAsset: exactly<NonNullable<Page["slowestAsset"]>>()({
        name: text,
        p95Ms: real,
        sampleCount: count,
      }).exactOptional(),
    }),
  ),
  screenshots: z.array(
    exactly<Element<pages.BrowserReport["screenshots"]>>()({
      page: text,
      at: instant,
      kind: z.enum(["slowest", "failed"]),
      loadMs: number.exactOptional(),
      file: text,
    }),
  ),
  gaps: texts,
});

/** `run.json`: the type of `run.ts` as a schema, published and used to read what is stored. */
import { z } from "zod";
import type { ClusterClock } from "../autoscaling.ts";
import { environmentNames, type Approval } from "../environment.ts";
import type { LeftOut, PlannedMix } from "../mix.ts";
import type { PlannedArrivals, PlannedCeilings, PlannedPhase, Plan } from "../plan.ts";
import { roles } from "../role.ts";
import { scenarioNames, type AbortRule } from "../profile.ts";
import type * as runs from "../run.ts";
import { surfaces, type PerSurface } from "../surface.ts";
import { count, exactly, instant, name, number, ratio, surface, text, texts } from "./shape.ts";

/** A hundred years: beyond it a span is no duration but a damaged number. */
const longest = 100 * 365 * 86_400_000;
const span = number.min(0).max(longest).describe("milliseconds");
const rate = number.nonnegative();

export const clusterClock = exactly<ClusterClock>()({
  startedAt: instant,
  scale: number.positive(),
});

const perSurface = exactly<PerSurface<number>>()({
  web: rate,
  api: rate,
  subgraph: rate,
});
const phase = exactly<PlannedPhase>()({
  name: text,
  kind: z.enum(["warm-up", "hold", "ramp", "recovery"]),
  durationMs: span,
  fromFactor: rate,
  toFactor: rate,
  judged: z.boolean(),
  startMs: span,
});
const arrivals = exactly<PlannedArrivals>()({
  flow: text,
  scenario: z.enum(scenarioNames),
  phase: text,
  startMs: span,
  durationMs: span,
  fromPerSecond: rate,
  toPerSecond: rate,
  users: count,
});
const abortRule = exactly<AbortRule>()({
  id: text,
  metric: z.enum(["p95", "errorRatio"]),
  surface: z.enum([...surfaces, "any"]),
  above: number,
  forMs: span,
  isInWarmUp: z.boolean().optional(),
  source: text,
});
const identities = exactly<Plan["identities"]>()({
  count,
  emailPattern: text,
  passwordVariable: text,
  roles: z.partialRecord(z.enum(roles), z.array(count)).optional(),
  signInsPer10s: rate,
});
const objectives = exactly<Plan["objectives"]>()({
  responseP95Ms: perSurface,
  pageP95Ms: span,
  databaseP95Ms: span,
  requestsPerMinute: rate,
  errorRatio: ratio,
});
const environment = z.enum(environmentNames);
const approval = exactly<Approval>()({
  environment,
  approvedBy: text,
  reason: text,
  profiles: texts.optional(),
  requestsPerMinute: number.optional(),
  durationMs: number.optional(),
  writes: z.boolean().optional(),
  issued: text.optional(),
  expires: text,
});
const counts = z.record(text, count);
const plannedMix = exactly<PlannedMix>()({
  file: text,
  from: text.optional(),
  to: text.optional(),
  requests: count,
  weights: z.partialRecord(surface, counts),
  writeShare: ratio.optional(),
  leftOutShare: ratio,
  leftOut: z.array(exactly<LeftOut>()({ surface, name: text, share: ratio })),
});
const plan = exactly<Plan>()({
  schemaVersion: z.literal(1),
  profile: text,
  environment,
  sandbox: z.boolean(),
  seed: number,
  requestsPerMinute: rate,
  requestsPerMinuteBySurface: perSurface,
  requestsPerMinuteByWorkload: z.record(text, rate),
  shares: z.partialRecord(z.enum(scenarioNames), rate),
  mix: plannedMix.optional(),
  durationMs: span,
  phases: z.array(phase),
  arrivals: z.array(arrivals),
  users: count,
  targets: z.partialRecord(surface, text),
  allowedHosts: texts,
  resolvedAddresses: z.record(text, texts),
  identities,
  pageMarks: z.record(text, text).optional(),
  requestTimeoutMs: span,
  judges: exactly<Plan["judges"]>()({
    throughput: z.boolean(),
    latency: z.boolean(),
    errors: z.boolean(),
    capacity: z.boolean().exactOptional(),
  }),
  objectives,
  availabilityTarget: ratio.exactOptional(),
  abortRules: z.array(abortRule),
  ceilings: exactly<PlannedCeilings>()({
    requestsPerMinute: number,
    assetsPerPage: count,
  }).optional(),
  workloads: exactly<PerSurface<string>>()({
    web: text,
    api: text,
    subgraph: text,
  }).exactOptional(),
  observers: texts.exactOptional(),
  browserUsers: count.exactOptional(),
  timeScale: number.positive().exactOptional(),
  keepSamples: z.boolean(),
  approval: approval.exactOptional(),
});

const fingerprint = exactly<runs.GeneratorFingerprint>()({
  cpuModel: text,
  cpuCores: rate,
  memoryBytes: rate,
  platform: text,
  nodeVersion: text,
});
export const calibration = exactly<runs.Calibration>()({
  schemaVersion: z.literal(1),
  at: text,
  k6Version: text,
  requestsPerSecond: rate,
  cpuCores: rate,
  fingerprint,
});
export const interruptionCause = z.enum([
  "platform-rule",
  "ceiling",
  "target",
  "engine",
  "user",
  "disk",
  "crash",
]);
const interruption = exactly<runs.Interruption>()({
  cause: interruptionCause,
  message: text,
  hint: text.exactOptional(),
});
const seal = exactly<runs.FileSeal>()({ lines: count, sha256: text });
export const run = exactly<runs.RunRecord>()({
  schemaVersion: z.literal(1),
  id: name,
  kind: z.enum(["run", "gate", "nightly", "plan"]),
  members: z.array(name).exactOptional(),
  state: z.enum(["running", "complete", "interrupted"]),
  interruption: interruption.exactOptional(),
  plan,
  hashes: exactly<runs.RunRecord["hashes"]>()({ plan: text, scenario: text }),
  versions: exactly<runs.RunRecord["versions"]>()({ headroom: text, k6: text }),
  generator: fingerprint,
  calibration: calibration.exactOptional(),
  target: exactly<runs.RunRecord["target"]>()({
    kind: z.enum(["sandbox", "live"]),
    labels: z.record(text, text),
    clock: clusterClock.exactOptional(),
  }),
  startedAt: instant,
  loadStartedAt: instant.exactOptional(),
  endedAt: instant.exactOptional(),
  k6ExitCode: z.int().exactOptional(),
  unreadableSampleRows: count.exactOptional(),
  assetsCut: exactly<runs.AssetsCut>()({ pages: count, assets: count }).optional(),
  files: exactly<runs.FileSeals>()({
    windows: seal,
    observations: seal,
    events: seal,
  }).exactOptional(),
  pid: z.int(),
  process: exactly<runs.ProcessOrigin>()({
    host: text,
    bootId: text.optional(),
    startTicks: count.optional(),
  }).exactOptional(),
  command: text,
});

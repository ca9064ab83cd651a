import { z } from "zod";
import type { Warning } from "../../src/domain/estimate.ts";
import { exitStatus, runOutcomes } from "../../src/domain/exit-status.ts";
import type { ServiceHealth } from "../../src/domain/health.ts";
import type * as gates from "../gate/document.ts";
import {
  count,
  exactly,
  instant,
  name,
  number,
  ratio,
  real,
  text,
  texts,
  unit,
} from "../../src/domain/documents/shape.ts";
import { finding } from "./verdict.ts";

const look = exactly<gates.GateLook>()({ pairs: count, alpha: ratio });
const outcome = z.enum(runOutcomes);
const runFields = { id: name, startedAt: instant, outcome, unusable: text.exactOptional() };
const run = exactly<gates.GateRun>()(runFields);
const arm = exactly<gates.GateArm>()({ label: text, runs: z.array(run) });
const repeat = exactly<gates.GateRepeat>()({
  pair: count,
  reason: text,
  runs: z.array(
    exactly<gates.GateRepeatedRun>()({
      ...runFields,
      arm: z.enum(["baseline", "candidate", "nullArm"]),
    }),
  ),
});
const ending = exactly<gates.GateEnding>()({
  outcome: z.literal("invalid").exactOptional(),
  message: text,
});
const service = exactly<ServiceHealth>()({
  service: text,
  address: text,
  isHealthy: z.boolean(),
  milliseconds: number,
  detail: text,
  version: text.exactOptional(),
});
const quick = exactly<gates.GateQuick>()({
  services: z.array(service),
  budgetRun: exactly<NonNullable<gates.GateQuick["budgetRun"]>>()({
    ...runFields,
    sentence: text,
  }).exactOptional(),
  seesFrom: exactly<NonNullable<gates.GateQuick["seesFrom"]>>()({
    title: text,
    change: real,
  }).exactOptional(),
});
const warning = exactly<Warning>()({ code: text, message: text });
/** A program may meet fields here that are not promised: how a comparison was made in detail. */
const comparison = z.looseObject({
  ratio: real.describe("candidate / baseline"),
  low: real,
  high: real,
  confidence: ratio,
  nBaseline: count,
  nCandidate: count,
  minimumDetectableRatio: real,
  method: text,
  design: exactly<gates.GateComparison["design"]>()({
    design: z.enum(["paired", "independent"]),
    reason: text,
  }),
});
const values = z.array(z.union([real, z.null()])).describe("one a run; null: it has none");
const metric = exactly<gates.GateMetricResult>()({
  id: text,
  title: text,
  unit,
  better: z.enum(["lower", "higher"]),
  required: z.boolean(),
  outcome: z.enum(["pass", "fail", "inconclusive"]),
  reason: text,
  holmLevel: number.exactOptional(),
  values: exactly<gates.GateMetricResult["values"]>()({
    baseline: values,
    candidate: values,
    nullArm: values.exactOptional(),
  }),
  baselineMedian: real.exactOptional(),
  candidateMedian: real.exactOptional(),
  comparison: comparison.exactOptional(),
  nullControl: comparison.exactOptional(),
  driftChance: ratio.exactOptional(),
});

/** `gate.json` as a program reads it, before it becomes JSON Schema. */
export const gate = exactly<gates.GateDocument>()({
  schemaVersion: z.literal(1),
  kind: z.literal("gate"),
  id: name,
  hash: text,
  candidateHash: text,
  headroom: text,
  command: text,
  startedAt: instant,
  endedAt: instant,
  outcome: z.enum(["pass", "fail", "inconclusive", "invalid"]),
  sentence: text,
  exitStatus: z.literal(Object.values(exitStatus)),
  bypass: exactly<gates.GateBypass>()({
    who: text,
    why: text,
    until: text,
    team: text,
  }).exactOptional(),
  mode: z.enum(["live", "stored"]),
  profile: text,
  environment: text,
  margin: ratio,
  isQuick: z.boolean(),
  quick: quick.exactOptional(),
  pairs: count,
  looks: z.array(look),
  look: look.exactOptional(),
  baseline: arm,
  candidate: arm,
  nullArm: arm.exactOptional(),
  repeated: z.array(repeat),
  ending: ending.exactOptional(),
  order: z.array(z.enum(["baseline", "candidate"])),
  metrics: z.array(metric),
  budgets: z.array(
    exactly<gates.GateBudget>()({
      checkId: text,
      title: text,
      pass: count,
      fail: count,
      inconclusive: count,
    }),
  ),
  findings: z.array(finding),
  differences: texts,
  warnings: z.array(warning),
});

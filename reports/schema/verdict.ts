import { z } from "zod";
import type { Estimate, Warning } from "../../src/domain/estimate.ts";
import type * as verdicts from "../../src/domain/verdict.ts";
import {
  count,
  exactly,
  number,
  ratio,
  real,
  surface,
  text,
  texts,
  unit,
} from "../../src/domain/documents/shape.ts";

const warning = exactly<Warning>()({ code: text, message: text });
export const estimate = exactly<Estimate>()({
  point: real,
  low: real,
  high: real,
  unit,
  confidence: ratio,
  sampleCount: count,
  method: text,
  warnings: z.array(warning),
});

const limit = exactly<verdicts.Limit>()({
  value: number,
  unit,
  good: z.enum(["below", "above"]),
  source: text,
});
const verdictBase = { checkId: text, title: text, surface: surface.exactOptional(), reason: text };
const judged = exactly<verdicts.JudgedVerdict>()({
  ...verdictBase,
  outcome: z.enum(["pass", "fail", "inconclusive"]),
  observed: estimate,
  limit,
  margin: real,
  smallestDetectable: real.exactOptional(),
  minimumCount: count,
});
const notApplicable = exactly<verdicts.NotApplicableVerdict>()({
  ...verdictBase,
  outcome: z.literal("not-applicable"),
  cause: z.enum(["not-asked", "not-testable"]),
});
const invalidReason = exactly<verdicts.InvalidReason>()({
  code: text,
  fault: z.enum(["generator", "scenario", "target", "harness"]),
  message: text,
  hint: text.exactOptional(),
});
type Valid = Extract<verdicts.Validity, { state: "valid" }>;
type Invalid = Extract<verdicts.Validity, { state: "invalid" }>;
export const validity = z.discriminatedUnion("state", [
  exactly<Valid>()({ state: z.literal("valid"), notes: texts }),
  exactly<Invalid>()({ state: z.literal("invalid"), reasons: z.array(invalidReason) }),
]);
export const finding = exactly<verdicts.Finding>()({
  id: text,
  severity: z.enum(["P0", "P1", "P2", "P3", "info"]),
  sentence: text,
  evidence: text,
  action: text,
  surface: surface.exactOptional(),
});

export const verdict = z.union([judged, notApplicable]);

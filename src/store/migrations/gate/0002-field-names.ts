/** Until version 2 `gate.json` had names of Headroom's own for interim analyses, the A/A control, objectives and lost attempts. */
import { z } from "zod";

const renamed: Readonly<Record<string, string>> = {
  looks: "analyses",
  look: "lastAnalysis",
  nullArm: "control",
  nullControl: "controlComparison",
  repeated: "lostAttempts",
  budgets: "objectives",
  budgetRun: "objectivesRun",
  seesFrom: "smallestDetectable",
  driftChance: "driftPValue",
};

const version1 = z.looseObject({
  schemaVersion: z.literal(1),
  repeated: z.array(
    z.looseObject({ runs: z.array(z.looseObject({ arm: z.string().optional() })) }),
  ),
  metrics: z.array(z.looseObject({ values: z.looseObject({}) })),
  quick: z.looseObject({}).optional(),
  findings: z.array(z.looseObject({ id: z.string() })),
});

/** @returns the document as it is where it is not of version 1: what is broken is named by the check of its shape */
export function gateFieldNames(document: Record<string, unknown>): Record<string, unknown> {
  const { data } = version1.safeParse(document);
  if (data === undefined) return document;
  return withNewNames({
    ...data,
    schemaVersion: 2,
    repeated: data.repeated.map((attempt) => ({
      ...attempt,
      runs: attempt.runs.map((run) => ({
        ...run,
        arm: run.arm === "nullArm" ? "control" : run.arm,
      })),
    })),
    metrics: data.metrics.map((metric) =>
      withNewNames({ ...metric, values: withNewNames(metric.values) }),
    ),
    quick: data.quick && withNewNames(data.quick),
    findings: data.findings.map((finding) => ({
      ...finding,
      id: finding.id === "creep" ? "gradual-regression" : finding.id,
    })),
  });
}

const withNewNames = (object: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [renamed[key] ?? key, value]));

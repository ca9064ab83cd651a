/** An earlier plan, as far as a later one compares itself with it. */
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { PlanDocument } from "../domain/capacity-plan.ts";
import { count, name, number, real, text } from "../domain/documents/shape.ts";
import { ConfigError } from "../domain/errors.ts";
import { readDocument } from "../store/stored-document.ts";

const quantiles = z.object({ p10: number, p50: number, p90: number });
const estimate = z.object({ point: real, low: real, high: real });

const kind = {
  what: "a plan",
  code: "unreadable-plan",
  hint: "headroom plan writes one; --previous reads its plan.json.",
  shape: z.object({
    schemaVersion: z.literal(1),
    kind: z.literal("plan"),
    id: name,
    hash: text,
    planDate: z.iso.date(),
    months: count,
    resources: z.array(
      z.object({
        name: text,
        unit: text,
        use: number,
        ceilings: z.array(
          z.object({ id: text, exhaustionDate: z.object({ p50: z.iso.date().optional() }) }),
        ),
        demand: z.object({ byMonth: z.array(quantiles).min(1) }),
      }),
    ),
    capacity: z
      .object({
        workloads: z.array(
          z.object({ workload: text, capacityAtObjectivePerPod: estimate.optional() }),
        ),
      })
      .optional(),
  }),
} as const;

/**
 * @param reference a plan's directory, its id under `root`, or its `plan.json`
 * @throws ConfigError where there is none; StoreError with file, field and value where it is no plan of ours
 */
export function readEarlierPlan(reference: string, root: string, cwd: string): PlanDocument {
  const candidates = [path.join(root, reference), path.resolve(cwd, reference)].map((each) =>
    existsSync(each) && statSync(each).isDirectory() ? path.join(each, "plan.json") : each,
  );
  const file = candidates.find((each) => existsSync(each));
  const plan = file === undefined ? undefined : readDocument(file, kind);
  if (plan !== undefined) return asPlan(plan);
  throw new ConfigError(`--previous: there is no plan "${reference}"`, {
    code: "no-such-plan",
    hint: `Name a plan's directory or its plan.json; plans are kept in ${root}.`,
  });
}

/* The fields that are compared were checked above; the rest is our own file of this version. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const asPlan = (plan: unknown): PlanDocument => plan as PlanDocument;

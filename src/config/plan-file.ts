/** An earlier plan, as far as a later one compares itself with it. */
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { PlanDocument } from "../domain/capacity-plan.ts";
import { ConfigError } from "../domain/errors.ts";
import { fromJson } from "../domain/json.ts";

const quantiles = z.object({ p10: z.number(), p50: z.number(), p90: z.number() });

const earlierPlan = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal("plan"),
  id: z.string(),
  hash: z.string(),
  planDate: z.iso.date(),
  months: z.number(),
  resources: z.array(
    z.object({
      name: z.string(),
      unit: z.string(),
      use: z.number(),
      ceilings: z.array(z.object({ id: z.string() })),
      demand: z.object({ byMonth: z.array(quantiles).min(1) }),
    }),
  ),
});

/**
 * @param reference a plan's directory, its id under `root`, or its `plan.json`
 * @throws ConfigError where there is none, or it is no plan of ours
 */
export function readEarlierPlan(reference: string, root: string, cwd: string): PlanDocument {
  const candidates = [path.join(root, reference), path.resolve(cwd, reference)].map((each) =>
    existsSync(each) && statSync(each).isDirectory() ? path.join(each, "plan.json") : each,
  );
  const file = candidates.find((each) => existsSync(each) && statSync(each).isFile());
  if (file === undefined)
    throw new ConfigError(`--previous: there is no plan "${reference}"`, {
      code: "no-such-plan",
      hint: `Name a plan's directory or its plan.json; plans are kept in ${root}.`,
    });
  const json = parsed(file);
  const checked = earlierPlan.safeParse(json);
  if (checked.success) return asPlan(json);
  const [issue] = checked.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw new ConfigError(`${file} is no plan: ${where}${issue?.message ?? "not JSON"}`, {
    code: "unreadable-plan",
    hint: "headroom plan writes one; --previous reads its plan.json.",
  });
}

function parsed(file: string): unknown {
  try {
    return fromJson(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/* The fields that are compared were checked above; the rest is our own file of this version. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const asPlan = (json: unknown): PlanDocument => json as PlanDocument;

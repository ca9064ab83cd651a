/** The specification's figures as the planner reads them, for the tests. */
import { autoscaling, scalingLimits } from "../../../profiles/platform/autoscaling.ts";
import { growth } from "../../../profiles/platform/growth.ts";
import { nodePools } from "../../../profiles/platform/node-pools.ts";
import {
  lastKnown,
  objectives,
  utilisationCeilingRatio,
} from "../../../profiles/platform/objectives.ts";
import { maxUnavailableRatio, workloads } from "../../../profiles/platform/workloads.ts";
import { figuresOf } from "../figures.ts";
import { defaultAssumptions } from "../plan-inputs.ts";
import type { PlanInputs } from "../plan-inputs.ts";

export const profile = {
  objectives,
  lastKnown,
  statedPercentiles: { api: 0.95, database: 0.95 },
  policies: autoscaling,
  workloads,
  nodePools,
  limits: scalingLimits,
  growth,
  utilisationCeilingRatio,
  maxUnavailableRatio,
};

export const specification = figuresOf(profile);

export const inputs: PlanInputs = {
  figures: specification,
  assumptions: defaultAssumptions,
  measuredUse: {},
  histories: {},
};

export const choice = { planDateMs: Date.parse("2026-12-01"), seed: 1, paths: 1000, months: 12 };


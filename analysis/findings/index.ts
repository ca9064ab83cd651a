import type { Finding } from "../../src/domain/verdict.ts";
import { autoscalingFindings } from "../autoscaling/observed/observed-autoscaling.ts";
import { pageFindings } from "../browser/index.ts";
import { limitFindings } from "../capacity/breakpoint/limits-found.ts";
import { databaseFindings } from "../database/findings.ts";
import { platformFindings } from "../platform-metrics/index.ts";
import { assetsCut } from "./assets-cut.ts";
import { errorBurst } from "./error-burst.ts";
import { failuresSeen } from "./failures-seen.ts";
import type { FindingContext, FindingRule } from "./finding-rule.ts";
import { generatorSaturated } from "./generator-saturated.ts";
import { nearLimit } from "./near-limit.ts";
import { noSteadyState } from "./no-steady-state.ts";
import { saturation } from "./saturation.ts";
import { slowAssets } from "./slow-assets.ts";
import { slowEndpoint } from "./slow-endpoint.ts";
import { surfaceDown } from "./surface-down.ts";
import { writesSlow } from "./writes-slow.ts";

/** Every rule, the weightier first where severities are equal. Ids are public. */
export const findingRules = {
  "surface-down": surfaceDown,
  saturation,
  "error-burst": errorBurst,
  "generator-saturated": generatorSaturated,
  "assets-cut": assetsCut,
  "slow-assets": slowAssets,
  "slow-endpoint": slowEndpoint,
  "no-steady-state": noSteadyState,
  "near-limit": nearLimit,
  "failures-seen": failuresSeen,
  "writes-slow": writesSlow,
} as const satisfies Record<string, FindingRule>;

/** Rules over what observers saw, after those of the load of the same severity; each may find several things. */
const observedRules: readonly FindingRule[] = [
  limitFindings,
  autoscalingFindings,
  databaseFindings,
  pageFindings,
  platformFindings,
];

const severities: readonly Finding["severity"][] = ["P0", "P1", "P2", "P3", "info"];

/** All of them, worst first; how many are shown is for each form of the report to say. */
export const findingsOf = (context: FindingContext): Finding[] =>
  [...Object.values(findingRules), ...observedRules]
    .flatMap((rule) => rule(context))
    .toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));

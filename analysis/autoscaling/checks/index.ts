import { bounds } from "./a01-bounds.ts";
import { reaction } from "./a02-reaction.ts";
import { downWindow } from "./a03-down-window.ts";
import { rate } from "./a04-rate.ts";
import { disabled } from "./a05-disabled.ts";
import { predicted } from "./a06-predicted.ts";
import { flapping } from "./a07-flapping.ts";
import { conditions } from "./a08-conditions.ts";
import { podsReady } from "./a09-pods-ready.ts";
import { timeToServe } from "./a10-time-to-serve.ts";
import { settled } from "./a11-settled.ts";
import { terminations } from "./a12-terminations.ts";
import { nodes } from "./a13-nodes.ts";
import type { CheckResult } from "../../verdicts/check.ts";
import type { AutoscalingCheck } from "./autoscaling-check.ts";
import type { AutoscalingObservations } from "./observations.ts";

/** Every check of the autoscaler, in the order of the report. Ids are public. */
export const autoscalingChecks = {
  A1: bounds,
  A2: reaction,
  A3: downWindow,
  A4: rate,
  A5: disabled,
  A6: predicted,
  A7: flapping,
  A8: conditions,
  A9: podsReady,
  A10: timeToServe,
  A11: settled,
  A12: terminations,
  A13: nodes,
} as const satisfies Record<string, AutoscalingCheck>;

export interface AutoscalingResult extends CheckResult {
  /** Of its check: A1–A13. */
  readonly number: string;
  readonly evidence: readonly string[];
}

export const checkAutoscaling = (
  observations: AutoscalingObservations,
): readonly AutoscalingResult[] =>
  Object.values(autoscalingChecks).flatMap(({ number, run }) =>
    run(observations).map((result) => ({ ...result, number, evidence: result.evidence ?? [] })),
  );

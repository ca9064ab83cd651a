import { formatCount, plural } from "../../src/domain/number-text.ts";
import { errorBurst, sinceStart } from "./error-burst.ts";
import type { FindingRule } from "./finding-rule.ts";

/** Failures too few for a burst, so that nobody overlooks them. */
export const failuresSeen: FindingRule = (context) => {
  const { errors } = context;
  const [commonest] = errors;
  if (commonest === undefined || errorBurst(context).length > 0) return [];
  const total = errors.reduce((sum, { count }) => sum + count, 0);
  const first = Math.min(...errors.map(({ firstSeen }) => firstSeen));
  return [
    {
      id: "failures-seen",
      severity: "info",
      sentence: `${plural(total, "request")} failed, the first ${sinceStart(context, first)}; most often ${commonest.endpoint} with ${commonest.outcome} (${formatCount(commonest.count)}).`,
      evidence: `${plural(errors.length, "pair")} of endpoint and outcome`,
      action:
        "See the errors table; rare failures reduce availability before they exhaust the error budget.",
      surface: commonest.surface,
    },
  ];
};

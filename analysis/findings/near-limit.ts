import { apartInSentence, inSentence, percent } from "../../src/domain/number-text.ts";
import type { FindingRule } from "./finding-rule.ts";

const nearMargin = 0.1;

/**
 * Objectives that hold with less than 10 % to spare. Availability always lies near its limit and is left out, and so is
 * what may not happen at all: nothing is nearer to that than not happening.
 */
export const nearLimit: FindingRule = ({ verdicts }) =>
  verdicts.flatMap((verdict) => {
    if (verdict.outcome !== "pass" || verdict.limit.unit === "ratio") return [];
    if (verdict.limit.value === 0 || verdict.limit.good === "at") return [];
    if (verdict.margin >= nearMargin) return [];
    const { observed, limit, margin, title, surface } = verdict;
    return [
      {
        id: "near-limit",
        severity: "info",
        sentence: `${title} holds with ${percent(margin)} to spare: ${apartInSentence(observed.point, limit.value, observed.unit)} against ${inSentence(limit.value, limit.unit)}.`,
        evidence: verdict.reason,
        action: "Watch its trend; a small change of load or code will break it.",
        surface,
      } as const,
    ];
  });

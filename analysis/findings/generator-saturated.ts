import { sentenceCase } from "../phrases.ts";
import type { FindingRule } from "./finding-rule.ts";

/** The generator was too busy: nothing that it measured can be held against the target. */
export const generatorSaturated: FindingRule = ({ generatorSaturation: why }) => {
  if (why.length === 0) return [];
  return [
    {
      id: "generator-saturated",
      severity: "P2",
      sentence: `The load generator was too busy to measure with: ${why.join("; ")}.`,
      evidence: `${sentenceCase("over the judged phases")}, observed every second`,
      action:
        "Lower the rate, use a larger machine, or keep other work off this one; then run again.",
    },
  ];
};

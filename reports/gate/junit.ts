import { junitFile, type JunitCase } from "../kit/junit.ts";
import type { GateDocument, GateMetricResult } from "./document.ts";
import { requiredOf } from "./words.ts";

/**
 * `junit.xml` of a gate: a case for each required metric (its name is the metric's id) and one for the gate itself.
 * What is inconclusive is a failure, because it blocks; an invalid gate is an error. A bypass changes none of it.
 */
export const gateJunit = (document: GateDocument): string =>
  junitFile({
    name: "gate",
    cases: [gateCase(document), ...requiredOf(document).map((each) => metricCase(each, document))],
    properties: {
      gate: document.id,
      hash: document.hash,
      outcome: document.outcome,
      exitStatus: document.exitStatus,
      baseline: document.baseline.label,
      candidate: document.candidate.label,
      pairs: document.pairs,
      bypass:
        document.bypass &&
        `${document.bypass.who}, until ${document.bypass.until}: ${document.bypass.why}`,
    },
    startedAt: document.startedAt,
    durationMs: document.endedAt - document.startedAt,
    output: document.sentence,
  });

const gateCase = ({ outcome, sentence: message }: GateDocument): JunitCase => ({
  name: "gate",
  result:
    outcome === "pass"
      ? undefined
      : { mark: outcome === "invalid" ? "error" : "failure", type: outcome, message },
});

/** A quick gate may pass where its few pairs leave a comparison open: that is skipped, not red. */
const metricCase = (
  { id: name, outcome, reason: message }: GateMetricResult,
  gate: GateDocument,
): JunitCase => {
  if (outcome === "pass") return { name };
  if (gate.outcome === "pass") return { name, result: { mark: "skipped", message } };
  return { name, result: { mark: "failure", type: outcome, message } };
};

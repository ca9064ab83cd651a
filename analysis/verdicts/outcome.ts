import { percent, plural } from "../../src/domain/number-text.ts";
import type { RunOutcome } from "../../src/domain/exit-status.ts";
import type { RunData } from "../../src/domain/run.ts";
import type { JudgedVerdict, Validity, Verdict } from "../../src/domain/verdict.ts";
import { interruptionSentence, isCutShort, isStoppedByPlatform } from "./completion.ts";

/**
 * What the run comes to: INVALID → FAIL → INCONCLUSIVE → PASS, the first that applies. A run that a rule of the platform
 * stopped FAILs, unless its generator was to blame, or it looked for the limit: that is its proper end. One that anything
 * else stopped is incomplete.
 * @param verdicts those that decide
 */
export function outcomeOf(
  { run }: RunData,
  validity: Validity,
  verdicts: readonly Verdict[],
): RunOutcome {
  if (isCutShort(run) && !isStoppedByPlatform(run)) return "incomplete";
  if (validity.state === "invalid") return "invalid";
  const { capacity: isForCapacity = false, resilience: isForEvents = false } = run.plan.judges;
  if (isStoppedByPlatform(run) && !isForCapacity) return "fail";
  const outcomes = new Set(verdicts.map(({ outcome }) => outcome));
  if (outcomes.has("fail")) return "fail";
  if (outcomes.has("inconclusive")) return "inconclusive";
  return (isForCapacity || isForEvents) && !outcomes.has("pass") ? "inconclusive" : "pass";
}

/** Why, in one sentence (a list of them where several objectives fail). */
export function outcomeSentence(
  outcome: RunOutcome,
  data: RunData,
  validity: Validity,
  verdicts: readonly Verdict[],
): string {
  switch (outcome) {
    case "incomplete":
      return interruptionSentence(data);
    case "invalid":
      return validity.state === "invalid"
        ? firstOf(validity.reasons.map(({ message }) => message))
        : "";
    case "fail":
      if (isStoppedByPlatform(data.run))
        return `Stopped by a rule of the platform: ${interruptionSentence(data)}`;
      return firstOf(reasonsOf(verdicts, "fail"));
    case "inconclusive":
      return firstOf(
        data.run.plan.judges.capacity === true || data.run.plan.judges.resilience === true
          ? [...reasonsOf(verdicts, "inconclusive"), ...reasonsOf(verdicts, "not-applicable")]
          : reasonsOf(verdicts, "inconclusive"),
      );
    case "pass":
      return data.run.plan.judges.capacity === true
        ? reasonsOf(verdicts, "pass").join(" ")
        : passSentence(verdicts.filter((verdict) => verdict.outcome === "pass"));
    default:
      return outcome satisfies never;
  }
}

const reasonsOf = (verdicts: readonly Verdict[], outcome: Verdict["outcome"]): string[] =>
  verdicts.filter((verdict) => verdict.outcome === outcome).map(({ reason }) => reason);

const firstOf = ([first = "", ...others]: readonly string[]): string =>
  others.length === 0 ? first : `${first} And ${plural(others.length, "more reason")} below.`;

function passSentence(verdicts: readonly Verdict[]): string {
  const judged = verdicts.filter((verdict): verdict is JudgedVerdict => "margin" in verdict);
  const limits = judged.filter(({ limit }) => limit.unit !== "ratio" && limit.good !== "at");
  const [closest] = limits.toSorted((a, b) => a.margin - b.margin);
  const all = `All ${plural(judged.length, "judged objective")} hold`;
  return closest === undefined
    ? `${all}.`
    : `${all}; the closest is ${closest.title}, with ${percent(closest.margin)} of its limit to spare.`;
}

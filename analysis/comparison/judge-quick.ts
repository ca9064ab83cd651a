/** Post-deployment validation: is it healthy, does it meet its objectives, and is it much slower than before? */
import type { Comparison } from "../../src/domain/comparison.ts";
import { percent, plural } from "../../src/domain/number-text.ts";
import type { ServiceHealth } from "../../src/domain/health.ts";
import type { GateMember } from "./gate-members.ts";
import type { GateJudgement } from "./judge-gate.ts";
import { isErrorMetric } from "./run-values.ts";

export interface QuickInputs {
  readonly judgement: GateJudgement;
  /** Of the candidate. */
  readonly services: readonly ServiceHealth[];
  /** One run of the candidate, judged in full; absent where it could not be made. */
  readonly objectivesRun?: Pick<GateMember, "outcome" | "sentence">;
}

export interface QuickJudgement {
  readonly outcome: GateJudgement["outcome"];
  readonly sentence: string;
  /** The least sharp required metric: a change that the pairs would have called a FAIL four times in five. */
  readonly smallestDetectable?: { readonly title: string; readonly change: number };
}

/** Fewer cannot answer at all. */
const fewestPairs = 5;
/** Pairs that would see only changes above this say nothing worth a PASS. */
const bluntChange = 0.15;

/**
 * A regression blocks where it is seen; where the few pairs leave it open, health and objectives decide, as long as the
 * pairs would have seen a change of 15 %, and the sentence says from which size on.
 */
export function judgeQuick({ judgement, services, objectivesRun }: QuickInputs): QuickJudgement {
  const smallestDetectable = bluntest(judgement);
  const sees = smallestDetectable === undefined ? {} : { smallestDetectable };
  const blocked = blockedBy({
    judgement,
    services,
    objectivesRun,
  });
  if (blocked !== undefined) return { ...blocked, ...sees };
  const fine = `${plural(services.length, "service")} healthy, objectives met.`;
  if (judgement.outcome === "pass")
    return { outcome: "pass", sentence: `${fine} ${judgement.reason}`, ...sees };
  const open = judgement.metrics.find(
    ({ id, required, outcome }) => required && isErrorMetric(id) && outcome !== "pass",
  );
  if (open !== undefined) return { outcome: "inconclusive", sentence: open.reason, ...sees };
  if (smallestDetectable === undefined || usablePairs(judgement) < fewestPairs)
    return {
      outcome: "inconclusive",
      sentence: `${fine} Regressions could not be detected: ${judgement.reason}`,
      ...sees,
    };
  const suspect = worseThanSeen(judgement, smallestDetectable.change);
  if (suspect !== undefined)
    return { outcome: "inconclusive", sentence: `${fine} ${suspect.reason}`, smallestDetectable };
  const from = Number.isFinite(smallestDetectable.change)
    ? `changes from ${percent(smallestDetectable.change)} on`
    : "no change of any size";
  const reach = `${plural(usablePairs(judgement), "pair")} detect ${from} (${smallestDetectable.title})`;
  return smallestDetectable.change > bluntChange
    ? {
        outcome: "inconclusive",
        sentence: `${fine} Regressions could not be detected: ${reach}, more than ${percent(bluntChange)}.`,
        smallestDetectable,
      }
    : {
        outcome: "pass",
        sentence: `${fine} No regression was detected: ${reach}; a smaller one may be there.`,
        smallestDetectable,
      };
}

function blockedBy({
  judgement,
  services,
  objectivesRun,
}: QuickInputs): Pick<QuickJudgement, "outcome" | "sentence"> | undefined {
  const unhealthy = services.filter(({ isHealthy }) => !isHealthy);
  if (unhealthy.length > 0) {
    const list = unhealthy.map(({ service, detail }) => `${service} (${detail})`).join(", ");
    return { outcome: "fail", sentence: `The candidate is not healthy: ${list}.` };
  }
  if (objectivesRun?.outcome === "fail")
    return {
      outcome: "fail",
      sentence: `The candidate misses an objective: ${objectivesRun.sentence}`,
    };
  if (judgement.outcome === "fail" || judgement.outcome === "invalid")
    return { outcome: judgement.outcome, sentence: judgement.reason };
  if (services.length === 0)
    return {
      outcome: "invalid",
      sentence: "No health endpoint of the candidate is configured.",
    };
  if (objectivesRun === undefined || isLost(objectivesRun))
    return {
      outcome: "invalid",
      sentence: `The objectives of the candidate could not be judged: ${objectivesRun?.sentence ?? "their run did not begin."}`,
    };
  return objectivesRun.outcome === "inconclusive"
    ? {
        outcome: "inconclusive",
        sentence: `The objectives are inconclusive: ${objectivesRun.sentence}`,
      }
    : undefined;
}

const isLost = ({ outcome }: Pick<GateMember, "outcome">): boolean =>
  outcome === "invalid" || outcome === "incomplete";

const usablePairs = ({ metrics }: GateJudgement): number =>
  Math.min(
    ...metrics.flatMap(({ required, comparison }) =>
      required ? [Math.min(comparison?.nBaseline ?? 0, comparison?.nCandidate ?? 0)] : [],
    ),
  );

/** A metric that fails by itself, or was measured worse than what the pairs are said to see: no PASS may stand beside it. */
const worseThanSeen = (
  { metrics }: GateJudgement,
  change: number,
): GateJudgement["metrics"][number] | undefined =>
  metrics.find(
    ({ required, outcome, comparison }) =>
      required &&
      outcome !== "pass" &&
      comparison !== undefined &&
      (comparison.outcome === "fail" || worseBy(comparison.ratio, comparison) > change),
  );

/** As a share; the smallest ratio that can be seen lies on the bad side. */
const worseBy = (
  ratio: number,
  { minimumDetectableRatio: seen }: Pick<Comparison, "minimumDetectableRatio">,
): number => (seen < 1 ? 1 / ratio : ratio) - 1;

/** Error shares near zero have no ratio worth naming; they have to pass instead. */
function bluntest({ metrics }: GateJudgement): QuickJudgement["smallestDetectable"] {
  const seen = metrics.flatMap(({ id, title, required, comparison }) => {
    if (!required || isErrorMetric(id)) return [];
    const change =
      comparison === undefined ? Infinity : worseBy(comparison.minimumDetectableRatio, comparison);
    return [{ title, change }];
  });
  return seen.toSorted((a, b) => b.change - a.change)[0];
}

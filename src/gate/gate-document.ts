/** The answer of a gate, from its members and their judgement. */
import type { InterimAnalysis } from "../domain/comparison.ts";
import path from "node:path";
import { differencesOf, differenceText } from "../../analysis/comparison/comparability.ts";
import { gateFindings } from "../../analysis/comparison/gate-findings.ts";
import {
  isUsable,
  metricsOf,
  type GateArms,
  type GateMember,
  type MeasuredMetric,
} from "../../analysis/comparison/gate-members.ts";
import type { GateJudgement } from "../../analysis/comparison/judge-gate.ts";
import { judgeQuick, type QuickJudgement } from "../../analysis/comparison/judge-quick.ts";
import { applySilence } from "../../analysis/findings/silence.ts";
import { pairDrift } from "../../analysis/comparison/pair-drift.ts";
import { medianOf } from "../../analysis/comparison/scale.ts";
import type {
  GateArm,
  GateObjective,
  GateDocument,
  GateEnding,
  GateQuick,
  GateLostAttempt,
  GateRun,
} from "../../reports/gate/document.ts";
import { exitStatusOfOutcome } from "../domain/exit-status.ts";
import type { ServiceHealth } from "../domain/health.ts";
import { toJson } from "../domain/json.ts";
import type { RunRecord } from "../domain/run.ts";
import { shortHash } from "../store/hash.ts";

/** What both kinds of gate need to know. */
export interface GateHead {
  readonly headroom: string;
  readonly runsRoot: string;
  readonly command: string;
  readonly margin: number;
  readonly labels: { readonly [Arm in keyof GateArms]?: string };
  readonly now: () => number;
}

/** An attempt at a pair that could not be used. */
interface LostAttempt {
  readonly pair: number;
  readonly reason: string;
  readonly members: Partial<Record<keyof GateArms, GateMember>>;
}

export interface JudgedGate {
  readonly directory: string;
  readonly startedAt: number;
  readonly arms: GateArms;
  readonly lostAttempts: readonly LostAttempt[];
  readonly judgement: GateJudgement;
  readonly mode: GateDocument["mode"];
  readonly services?: readonly ServiceHealth[];
  readonly objectivesRun?: GateMember;
  readonly ending?: GateEnding;
}

export const runsOf = (members: readonly GateMember[]): RunRecord[] =>
  members.map(({ run: one }) => one);

/** What the gate knows of plan and machine. */
export const firstRun = ({
  arms,
  lostAttempts,
  objectivesRun,
}: Pick<JudgedGate, "arms" | "lostAttempts" | "objectivesRun">) =>
  [
    arms.baseline,
    ...lostAttempts.map(({ members }) => Object.values(members)),
    objectivesRun ?? [],
  ].flat()[0]?.run;

export function gateDocument(
  gate: GateHead & { readonly analyses?: readonly InterimAnalysis[] },
  judged: JudgedGate,
): GateDocument {
  const { arms, judgement, directory, startedAt, mode } = judged;
  const { margin, labels } = gate;
  const [baselineRuns, candidateRuns] = [runsOf(arms.baseline), runsOf(arms.candidate)];
  const { services, objectivesRun } = judged;
  const found: QuickJudgement =
    services === undefined
      ? plainOutcome(judgement)
      : judgeQuick({ judgement, services, objectivesRun });
  const { outcome, sentence } = found;
  const { lastAnalysis, warnings } = judgement;
  const plan = firstRun(judged)?.plan;
  return {
    schemaVersion: 2,
    kind: "gate",
    id: path.basename(directory),
    ...hashesOf(judged, margin),
    headroom: gate.headroom,
    command: gate.command,
    startedAt,
    endedAt: gate.now(),
    outcome,
    sentence,
    exitStatus: exitStatusOfOutcome(outcome),
    mode,
    profile: plan?.profile ?? "",
    environment: plan?.environment ?? "",
    margin,
    isQuick: services !== undefined,
    quick: services === undefined ? undefined : quickPart(services, objectivesRun, found),
    pairs: Math.min(arms.baseline.length, arms.candidate.length),
    analyses: gate.analyses ?? (lastAnalysis === undefined ? [] : [lastAnalysis]),
    lastAnalysis,
    baseline: armOf(labels.baseline ?? "baseline", arms.baseline),
    candidate: armOf(labels.candidate ?? "candidate", arms.candidate),
    control:
      arms.control === undefined || arms.control.length === 0
        ? undefined
        : armOf(labels.control ?? "A/A control", arms.control),
    lostAttempts: judged.lostAttempts.map(lostAttemptOf),
    ending: judged.ending,
    order: orderOf(arms),
    metrics: metricResults(arms, judgement, margin),
    objectives: objectivesOf([
      ...arms.candidate,
      ...(objectivesRun === undefined ? [] : [objectivesRun]),
    ]),
    ...applySilence(gateFindings(judgement), silenceOf(arms), startedAt),
    differences: [
      ...differencesOf(baselineRuns, candidateRuns).map(differenceText),
      ...labelDifferences(baselineRuns, candidateRuns),
    ],
    warnings,
  };
}

/** What the environment silences, as the newest run of the candidate kept it. */
export const silenceOf = ({ candidate }: Pick<GateArms, "candidate">) =>
  candidate.at(-1)?.run.silence;

/** A gate without any run of the candidate is like no other: what was accepted for one says nothing of the next. */
function hashesOf(
  { arms: { baseline, candidate }, objectivesRun, directory }: JudgedGate,
  margin: number,
): Pick<GateDocument, "hash" | "candidateHash"> {
  const objectives = objectivesRun === undefined ? [] : idsOf([objectivesRun]);
  const ofCandidate = [...idsOf(candidate), ...objectives];
  const alone = ofCandidate.length === 0 ? [path.basename(directory)] : [];
  return {
    hash: hashOf([idsOf(baseline), idsOf(candidate), margin, ...objectives, ...alone]),
    candidateHash: hashOf([...ofCandidate, ...alone]),
  };
}

const hashOf = (value: unknown): string => shortHash(toJson(value));

const idsOf = (members: readonly GateMember[]): string[] =>
  members.map((member) => member.run.id).toSorted();

const plainOutcome = ({ outcome, reason }: GateJudgement) => ({ outcome, sentence: reason });

const quickPart = (
  services: readonly ServiceHealth[],
  objectivesRun: GateMember | undefined,
  { smallestDetectable }: QuickJudgement,
): GateQuick => ({
  services,
  objectivesRun:
    objectivesRun === undefined
      ? undefined
      : { ...runOf(objectivesRun), sentence: objectivesRun.sentence },
  smallestDetectable,
});

const armOrder = ["baseline", "candidate", "control"] as const;

const lostAttemptOf = ({ pair, reason, members }: LostAttempt): GateLostAttempt => ({
  pair,
  reason,
  runs: armOrder.flatMap((arm) => {
    const member = members[arm];
    return member === undefined ? [] : [{ arm, ...runOf(member) }];
  }),
});

const armOf = (label: string, members: readonly GateMember[]): GateArm => ({
  label,
  runs: members.map(runOf),
});

const runOf = (member: GateMember): GateRun => ({
  id: member.run.id,
  startedAt: member.run.startedAt,
  outcome: member.outcome,
  unusable: isUsable(member) ? undefined : member.sentence,
});

const orderOf = ({ baseline, candidate }: GateArms): ("baseline" | "candidate")[] =>
  baseline.flatMap(({ run: { startedAt } }, index) => {
    const other = candidate[index];
    if (other === undefined) return [];
    return [startedAt <= other.run.startedAt ? "baseline" : "candidate"];
  });

function metricResults(
  arms: GateArms,
  judgement: GateJudgement,
  margin: number,
): GateDocument["metrics"] {
  const judged = new Map(judgement.metrics.map((metric) => [metric.id, metric]));
  const control = arms.control?.length === 0 ? {} : arms;
  return metricsOf({ ...control, baseline: arms.baseline, candidate: arms.candidate }).map(
    (metric) => {
      const { id, title, unit, better, required } = metric;
      const result = judged.get(id);
      return {
        id,
        title,
        unit,
        better,
        required,
        outcome: result?.outcome ?? "inconclusive",
        reason: result?.reason ?? judgement.reason,
        holmLevel: result?.holmLevel,
        values: valuesOf(metric),
        baselineMedian: medianOfKnown(metric.baseline),
        candidateMedian: medianOfKnown(metric.candidate),
        comparison: result?.comparison,
        controlComparison: result?.controlComparison,
        driftPValue: pairDrift(metric, margin),
      };
    },
  );
}

const valuesOf = ({ baseline, candidate, control }: MeasuredMetric) => ({
  baseline: baseline.map((value) => value ?? null),
  candidate: candidate.map((value) => value ?? null),
  control: control?.map((value) => value ?? null),
});

function medianOfKnown(values: readonly (number | undefined)[]): number | undefined {
  const measured = values.filter((value) => value !== undefined);
  return measured.length === 0 ? undefined : medianOf(measured);
}

function objectivesOf(candidate: readonly GateMember[]): GateObjective[] {
  const counted = new Map<
    string,
    { checkId: string; title: string; pass: number; fail: number; inconclusive: number }
  >();
  for (const { checkId, title, outcome } of candidate
    .filter(isUsable)
    .flatMap((one) => one.verdicts)) {
    if (outcome === "not-applicable") continue;
    const entry = counted.get(checkId) ?? { checkId, title, pass: 0, fail: 0, inconclusive: 0 };
    entry[outcome]++;
    counted.set(checkId, entry);
  }
  return [...counted.values()];
}

/** What the targets say of themselves, faults of the sandbox among it, and where they are: meant to differ, and shown. */
function labelDifferences(
  baseline: readonly RunRecord[],
  candidate: readonly RunRecord[],
): string[] {
  const texts = [baseline, candidate].map((runs) => [
    ...new Set(
      runs.map(({ target, plan }) =>
        [
          ...Object.entries(target.labels).map(([name, value]) => `${name} ${value}`),
          ...(plan.sandbox ? [] : Object.values(plan.targets)),
        ].join(", "),
      ),
    ),
  ]);
  const [from, to] = texts.map((each) => each.join(" and ") || "nothing");
  return from === to ? [] : [`under test: ${from} against ${to}`];
}

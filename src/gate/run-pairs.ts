/** Pairs of runs, one after the other, until the answer is clear, the analyses or the time are used up, or somebody stops it. */
import type { InterimAnalysis } from "../domain/comparison.ts";
import {
  isUsable,
  memberOf,
  metricsOf,
  type GateArms,
  type GateMember,
} from "../../analysis/comparison/gate-members.ts";
import { judgeGate, type GateJudgement } from "../../analysis/comparison/judge-gate.ts";
import type { GateEnding } from "../../reports/gate/document.ts";
import { HeadroomError, TargetError } from "../domain/errors.ts";
import { seededRandom, type Random } from "../domain/random.ts";
import { stopMessage } from "../domain/stop-request.ts";
import type { JudgedRun, RunContext, RunRequest } from "../pipeline.ts";
import { readRun } from "../store/run-reader.ts";
import type { GateHead } from "./gate-document.ts";

type ArmName = keyof GateArms;

/** What to run, and how long. */
export interface PairsPlan extends Pick<GateHead, "margin" | "labels" | "now"> {
  readonly baseline: RunRequest;
  readonly candidate: RunRequest;
  /** The A/A control: the baseline once more in every block. */
  readonly control?: RunRequest;
  readonly analyses: readonly InterimAnalysis[];
  readonly seed: number;
  /** No pair begins that would probably end later. */
  readonly maxDurationMs?: number;
}

/** After so many attempts in a row without a usable pair, one more would not help. */
const maxConsecutiveFailures = 3;
/** At most so many attempts may be lost, as a share of the planned pairs: a worse machine should be fixed instead. */
const maxLostShare = 0.5;

/** One attempt at a pair: what ran, and why it could not be used. */
interface Attempt {
  readonly members: Partial<Record<ArmName, GateMember>>;
  /** Absent: usable. */
  readonly lost?: {
    readonly reason: string;
    /** The arm that did not answer, where one did not and the others did. */
    readonly down?: ArmName;
  };
}

export type RunOne = (request: RunRequest, context: RunContext) => Promise<JudgedRun>;

/** What was run so far. */
export interface Pairs {
  readonly arms: Required<GateArms>;
  readonly lostAttempts: readonly LostAttempt[];
  readonly ending?: GateEnding;
}

interface PairsContext {
  readonly context: RunContext;
  readonly runOne: RunOne;
  readonly startedAt: number;
  /** After each attempt. */
  readonly onPair: (pairs: Pairs, judgement: GateJudgement) => void;
}

/** @throws what a run throws before the first pair is complete; later that ends the pairs */
export async function runPairs(
  gate: PairsPlan,
  { context, runOne, startedAt, onPair }: PairsContext,
): Promise<Pairs> {
  const arms: LiveArms = { baseline: [], candidate: [], control: [] };
  const lostAttempts: LostAttempt[] = [];
  const random = seededRandom(gate.seed);
  const most = gate.analyses.at(-1)?.pairs ?? 0;
  const ended = (message: string): Pairs => ({ arms, lostAttempts, ending: { message } });
  let [consecutiveFailures, longestMs] = [0, 0];
  while (arms.baseline.length < most) {
    const began = gate.now();
    const pair = arms.baseline.length + 1;
    if (began - startedAt + longestMs > (gate.maxDurationMs ?? Infinity))
      return ended(`stopped after ${pair - 1} pairs: another would exceed --max-duration`);
    let attempt: Attempt;
    try {
      attempt = await attemptPair(gate, pair, { context, runOne, random });
    } catch (error) {
      if (!(error instanceof HeadroomError) || arms.baseline.length === 0) throw error;
      return ended(`pair ${pair} could not be run: ${error.message}`);
    }
    longestMs = Math.max(longestMs, gate.now() - began);
    if (context.interrupted.aborted)
      return ended(`${stopMessage(context.interrupted)} in pair ${pair}`);
    let ending: GateEnding | undefined;
    if (attempt.lost === undefined) {
      consecutiveFailures = 0;
      for (const arm of armNames(gate))
        arms[arm].push(...(attempt.members[arm] ? [attempt.members[arm]] : []));
    } else {
      consecutiveFailures++;
      lostAttempts.push({ pair, ...attempt.lost, members: attempt.members });
      ending = endOfAttempts(lostAttempts, { consecutiveFailures, most, labels: gate.labels });
    }
    const judgement = judgePairs(gate, arms, false);
    context.onStage(pairLine(pair, attempt, judgement));
    onPair({ arms, lostAttempts }, judgement);
    if (ending !== undefined || judgement.next === undefined) return { arms, lostAttempts, ending };
  }
  return { arms, lostAttempts };
}

/** @param isOver no more pairs will come */
export function judgePairs(
  gate: PairsPlan,
  arms: Required<GateArms>,
  isOver: boolean,
): GateJudgement {
  const { margin, analyses, control } = gate;
  const { baseline, candidate } = arms;
  const compared = control === undefined ? { baseline, candidate } : arms;
  return judgeGate({ metrics: metricsOf(compared), margin, analyses, isOver });
}

/** For people who look on: what an analysis of the pairs so far would find. It decides nothing. */
export const judgeSoFar = (gate: PairsPlan, arms: Required<GateArms>): GateJudgement => {
  const pairs = arms.baseline.length;
  const next = gate.analyses.find((analysis) => analysis.pairs >= pairs) ?? gate.analyses.at(-1);
  return judgePairs({ ...gate, analyses: [{ pairs, alpha: next?.alpha ?? 0.05 }] }, arms, false);
};

interface LiveArms {
  readonly baseline: GateMember[];
  readonly candidate: GateMember[];
  readonly control: GateMember[];
}

export interface LostAttempt extends NonNullable<Attempt["lost"]> {
  readonly pair: number;
  readonly members: Attempt["members"];
}

async function attemptPair(
  gate: PairsPlan,
  pair: number,
  {
    context,
    runOne,
    random,
  }: { readonly context: RunContext; readonly runOne: RunOne; readonly random: Random },
): Promise<Attempt> {
  const members: Partial<Record<ArmName, GateMember>> = {};
  const most = gate.analyses.at(-1)?.pairs ?? 0;
  const refused: { arm: ArmName; reason: string }[] = [];
  for (const arm of shuffled(armNames(gate), random)) {
    const request = gate[arm];
    if (request === undefined || context.interrupted.aborted) continue;
    context.onStage(
      `pair ${pair} of at most ${most}, ${armWords[arm]}: ${gate.labels[arm] ?? arm}`,
    );
    try {
      // oxlint-disable-next-line no-await-in-loop -- one run after the other: together they would disturb each other
      members[arm] = memberOf(readRun((await runOne(request, context)).directory));
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      refused.push({ arm, reason: error.message });
    }
  }
  const unhealthy = armNames(gate).flatMap((arm) => {
    const member = members[arm];
    return member === undefined || isUsable(member)
      ? []
      : [
          {
            arm,
            reason: `run ${member.run.id} is ${member.outcome}: ${member.sentence.replace(/\.$/, "")}`,
          },
        ];
  });
  const lost = [...refused, ...unhealthy];
  const [first] = lost;
  if (first === undefined) return { members };
  const downArms = [
    ...refused.map(({ arm }) => arm),
    ...armNames(gate).filter((arm) => members[arm]?.run.interruption?.cause === "target"),
  ];
  const [down] = downArms;
  const reason = lost
    .map((each) => `${gate.labels[each.arm] ?? each.arm}: ${each.reason}`)
    .join("; ");
  return {
    members,
    lost: { reason, down: down !== undefined && downArms.length === 1 ? down : undefined },
  };
}

/** Whether to continue after a lost attempt. */
function endOfAttempts(
  lostAttempts: readonly LostAttempt[],
  {
    consecutiveFailures,
    most,
    labels,
  }: {
    readonly consecutiveFailures: number;
    readonly most: number;
    readonly labels: GateHead["labels"];
  },
): GateEnding | undefined {
  const last = lostAttempts.slice(-consecutiveFailures);
  const [newest] = last.slice(-1);
  if (newest === undefined) return undefined;
  if (consecutiveFailures >= maxConsecutiveFailures) {
    const { down } = newest;
    const isDown = down !== undefined && last.every((one) => one.down === down);
    const message = isDown
      ? `${labels[down] ?? down} was down in pair ${newest.pair}, ${consecutiveFailures} times in a row, while the other arm answered (${newest.reason}). What ran before decides nothing about a target that does not answer`
      : `pair ${newest.pair} could not be used in ${consecutiveFailures} attempts (${newest.reason})`;
    return { outcome: "invalid", message };
  }
  const allowed = Math.max(maxConsecutiveFailures, Math.ceil(most * maxLostShare));
  return lostAttempts.length < allowed
    ? undefined
    : {
        message: `retry limit reached (${lostAttempts.length} lost attempts for ${most} pairs): the last was ${newest.reason}`,
      };
}

const armWords = { baseline: "baseline", candidate: "candidate", control: "A/A control" } as const;

const armNames = ({ control }: Pick<PairsPlan, "control">): ArmName[] =>
  control === undefined ? ["baseline", "candidate"] : ["baseline", "candidate", "control"];

/** Fisher and Yates. */
function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(Math.floor(random() * rest.length), 1));
}

function pairLine(
  pair: number,
  { lost }: Attempt,
  { outcome, reason, next, lastAnalysis }: GateJudgement,
): string {
  if (lost !== undefined) return `pair ${pair} is lost · ${lost.reason}`;
  const analysed =
    lastAnalysis?.pairs === pair ? ` · analysis: ${outcome.toUpperCase()}. ${reason}` : "";
  const more = next === undefined ? "" : ` · next analysis at ${next.pairs}`;
  return `pair ${pair} done${analysed}${more}`;
}

/** Pairs of runs, one after the other, until the answer is clear, the looks or the time are used up, or somebody stops it. */
import {
  isUsable,
  memberOf,
  metricsOf,
  type GateArms,
  type GateMember,
} from "../../analysis/comparison/gate-members.ts";
import { judgeGate, type GateJudgement, type Look } from "../../analysis/comparison/judge-gate.ts";
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
  /** The baseline once more in every block: what differs there is no release. */
  readonly nullArm?: RunRequest;
  readonly looks: readonly Look[];
  readonly seed: number;
  /** No pair begins that would probably end later. */
  readonly maxDurationMs?: number;
}

/** So many tries in a row without a usable pair: one more would not help. */
const hopelessTries = 3;
/** At most so many tries are made again, as a share of the pairs planned: a worse machine should be mended instead. */
const repeatShare = 0.5;

/** One try at a pair: what ran, and what kept it from being used. */
interface Try {
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
  readonly repeated: readonly LostTry[];
  readonly ending?: GateEnding;
}

interface PairsContext {
  readonly context: RunContext;
  readonly runOne: RunOne;
  readonly startedAt: number;
  /** After each try. */
  readonly onPair: (pairs: Pairs, judgement: GateJudgement) => void;
}

/** @throws what a run throws before the first pair is complete; later that ends the pairs */
export async function runPairs(
  gate: PairsPlan,
  { context, runOne, startedAt, onPair }: PairsContext,
): Promise<Pairs> {
  const arms: LiveArms = { baseline: [], candidate: [], nullArm: [] };
  const repeated: LostTry[] = [];
  const random = seededRandom(gate.seed);
  const most = gate.looks.at(-1)?.pairs ?? 0;
  const ended = (message: string): Pairs => ({ arms, repeated, ending: { message } });
  let [triesInRow, longestMs] = [0, 0];
  while (arms.baseline.length < most) {
    const began = gate.now();
    const pair = arms.baseline.length + 1;
    if (began - startedAt + longestMs > (gate.maxDurationMs ?? Infinity))
      return ended(`stopped after ${pair - 1} pairs: another would exceed --max-duration`);
    let tried: Try;
    try {
      tried = await tryPair(gate, pair, { context, runOne, random });
    } catch (error) {
      if (!(error instanceof HeadroomError) || arms.baseline.length === 0) throw error;
      return ended(`pair ${pair} could not be run: ${error.message}`);
    }
    longestMs = Math.max(longestMs, gate.now() - began);
    if (context.interrupted.aborted)
      return ended(`${stopMessage(context.interrupted)} in pair ${pair}`);
    let ending: GateEnding | undefined;
    if (tried.lost === undefined) {
      triesInRow = 0;
      for (const arm of armNames(gate))
        arms[arm].push(...(tried.members[arm] ? [tried.members[arm]] : []));
    } else {
      triesInRow++;
      repeated.push({ pair, ...tried.lost, members: tried.members });
      ending = endOfTries(repeated, { triesInRow, most, labels: gate.labels });
    }
    const judgement = judgePairs(gate, arms, false);
    context.onStage(pairLine(pair, tried, judgement));
    onPair({ arms, repeated }, judgement);
    if (ending !== undefined || judgement.next === undefined) return { arms, repeated, ending };
  }
  return { arms, repeated };
}

/** @param isOver no more pairs will come */
export function judgePairs(
  gate: PairsPlan,
  arms: Required<GateArms>,
  isOver: boolean,
): GateJudgement {
  const { margin, looks, nullArm } = gate;
  const { baseline, candidate } = arms;
  const compared = nullArm === undefined ? { baseline, candidate } : arms;
  return judgeGate({ metrics: metricsOf(compared), margin, looks, isOver });
}

interface LiveArms {
  readonly baseline: GateMember[];
  readonly candidate: GateMember[];
  readonly nullArm: GateMember[];
}

export interface LostTry extends NonNullable<Try["lost"]> {
  readonly pair: number;
  readonly members: Try["members"];
}

async function tryPair(
  gate: PairsPlan,
  pair: number,
  {
    context,
    runOne,
    random,
  }: { readonly context: RunContext; readonly runOne: RunOne; readonly random: Random },
): Promise<Try> {
  const members: Partial<Record<ArmName, GateMember>> = {};
  const most = gate.looks.at(-1)?.pairs ?? 0;
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
  const ill = armNames(gate).flatMap((arm) => {
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
  const lost = [...refused, ...ill];
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

/** Whether to go on after a try that was lost. */
function endOfTries(
  repeated: readonly LostTry[],
  {
    triesInRow,
    most,
    labels,
  }: { readonly triesInRow: number; readonly most: number; readonly labels: GateHead["labels"] },
): GateEnding | undefined {
  const last = repeated.slice(-triesInRow);
  const [newest] = last.slice(-1);
  if (newest === undefined) return undefined;
  if (triesInRow >= hopelessTries) {
    const { down } = newest;
    const isDown = down !== undefined && last.every((one) => one.down === down);
    const message = isDown
      ? `${labels[down] ?? down} was down in pair ${newest.pair}, ${triesInRow} times in a row, while the other arm answered (${newest.reason}). What ran before decides nothing about a target that does not answer`
      : `pair ${newest.pair} could not be used in ${triesInRow} tries (${newest.reason})`;
    return { outcome: "invalid", message };
  }
  const allowed = Math.max(hopelessTries, Math.ceil(most * repeatShare));
  return repeated.length < allowed
    ? undefined
    : {
        message: `${repeated.length} tries were lost, as many as ${most} pairs may cost: the last was ${newest.reason}`,
      };
}

const armWords = { baseline: "baseline", candidate: "candidate", nullArm: "A′" } as const;

const armNames = ({ nullArm }: Pick<PairsPlan, "nullArm">): ArmName[] =>
  nullArm === undefined ? ["baseline", "candidate"] : ["baseline", "candidate", "nullArm"];

/** Fisher and Yates. */
function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(Math.floor(random() * rest.length), 1));
}

function pairLine(
  pair: number,
  { lost }: Try,
  { outcome, reason, next, look }: GateJudgement,
): string {
  if (lost !== undefined) return `pair ${pair} is lost · ${lost.reason}`;
  const looked = look?.pairs === pair ? ` · look: ${outcome.toUpperCase()}. ${reason}` : "";
  const more = next === undefined ? "" : ` · next look at ${next.pairs}`;
  return `pair ${pair} done${looked}${more}`;
}

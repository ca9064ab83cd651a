/**
 * The release gate on one page: did this release make it more than 5 % worse?
 *
 *   quick:  health and budgets of the candidate first
 *   live:   pairs of runs (A,B or B,A by the seed), a look after 10, 15, 20 pairs, until the answer is clear
 *   stored: runs that are there, judged again
 *
 *   members → metrics → judgement → document → gate.json, gate.html, gate.md, junit.xml
 */
import { defined } from "./domain/defined.ts";
import path from "node:path";
import { gateFindings } from "../analysis/comparison/gate-findings.ts";
import {
  isUsable,
  memberOf,
  metricsOf,
  type GateArms,
  type GateMember,
  type MeasuredMetric,
} from "../analysis/comparison/gate-members.ts";
import { differencesOf, differenceText } from "../analysis/comparison/comparability.ts";
import { judgeGate, type GateJudgement, type Look } from "../analysis/comparison/judge-gate.ts";
import { byStart, judgeSets } from "../analysis/comparison/judge-sets.ts";
import { clockWarnings, isOrderKnown } from "../analysis/comparison/clocks.ts";
import { judgeQuick, type QuickJudgement } from "../analysis/comparison/judge-quick.ts";
import { pairDrift } from "../analysis/comparison/pair-drift.ts";
import { medianOf } from "../analysis/comparison/scale.ts";
import type {
  GateArm,
  GateBudget,
  GateDocument,
  GateEnding,
  GateQuick,
  GateRepeat,
  GateRun,
} from "../reports/gate/document.ts";
import { gateJunit } from "../reports/gate/junit.ts";
import { gateMarkdown } from "../reports/gate/markdown.ts";
import { gatePage } from "../reports/gate/page.ts";
import { exitStatusOfOutcome } from "./domain/exit-status.ts";
import { HeadroomError, TargetError } from "./domain/errors.ts";
import type { ServiceHealth } from "./domain/health.ts";
import { toJson } from "./domain/json.ts";
import { seededRandom, type Random } from "./domain/random.ts";
import type { GateRecord, RunRecord } from "./domain/run.ts";
import { stopMessage } from "./domain/stop-request.ts";
import { run, type JudgedRun, type RunContext, type RunRequest } from "./pipeline.ts";
import { writtenHere } from "./store/new-run-record.ts";
import { newRunDirectory } from "./store/run-directory.ts";
import { readRun } from "./store/run-reader.ts";
import { startHeartbeat, writeRunRecord, writeWhole } from "./store/run-writer.ts";
import { sealedText } from "./store/stored-document.ts";
import { shortHash } from "./store/hash.ts";

export const gateFiles = {
  document: "gate.json",
  html: "gate.html",
  markdown: "gate.md",
  junit: "junit.xml",
} as const;

type ArmName = keyof GateArms;

/** What both kinds of gate need to know. */
export interface GateHead {
  readonly headroom: string;
  readonly runsRoot: string;
  readonly command: string;
  readonly margin: number;
  readonly labels: { readonly [Arm in ArmName]?: string };
  readonly now: () => number;
}

export interface LiveGate extends GateHead {
  readonly baseline: RunRequest;
  readonly candidate: RunRequest;
  /** The baseline once more in every block: what differs there is no release. */
  readonly nullArm?: RunRequest;
  readonly looks: readonly Look[];
  readonly seed: number;
  /** Post-deployment validation of the candidate: its health, and a run whose budgets are judged in full. */
  readonly quick?: {
    readonly checkHealth: () => Promise<readonly ServiceHealth[]>;
    readonly budgets: RunRequest;
  };
  /** No pair begins that would probably end later. */
  readonly maxDurationMs?: number;
}

export interface StoredGate extends GateHead {
  readonly arms: GateArms;
  /** As planned before the runs; absent: one look at all of them. */
  readonly looks?: readonly Look[];
  /** A gate that is judged again: what it knew besides its pairs. */
  readonly again?: GateMemory;
}

/** Whatever of it spoke against the candidate, or against the gate, does so again. */
export interface GateMemory {
  readonly quick?: { readonly services: readonly ServiceHealth[]; readonly budgetRun?: GateMember };
  readonly ending?: GateEnding;
}

export interface FinishedGate {
  readonly directory: string;
  readonly document: GateDocument;
  /** The candidate's runs of the pairs. */
  readonly candidate: readonly GateMember[];
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

type RunOne = (request: RunRequest, context: RunContext) => Promise<JudgedRun>;

/** Runs pairs until the answer is clear, the looks or the time are used up, or somebody stops it. */
export async function liveGate(
  gate: LiveGate,
  context: RunContext,
  runOne: RunOne = run,
): Promise<FinishedGate> {
  const startedAt = gate.now();
  const directory = newRunDirectory(gate.runsRoot, "release-gate", startedAt);
  const stopHeartbeat = startHeartbeat(directory);
  const endStopWatch = context.watchForStop?.(directory);
  try {
    return await runPairs(gate, { context, runOne, startedAt, directory });
  } finally {
    endStopWatch?.();
    stopHeartbeat();
  }
}

interface PairsRequest {
  readonly context: RunContext;
  readonly runOne: RunOne;
  readonly startedAt: number;
  readonly directory: string;
}

async function runPairs(
  gate: LiveGate,
  { context, runOne, startedAt, directory }: PairsRequest,
): Promise<FinishedGate> {
  const before = await quickChecks(gate, context, runOne);
  const arms: Required<LiveArms> = { baseline: [], candidate: [], nullArm: [] };
  const repeated: LostTry[] = [];
  const judgedLive = { directory, startedAt, arms, repeated, mode: "live", ...before } as const;
  const random = seededRandom(gate.seed);
  const most = gate.looks.at(-1)?.pairs ?? 0;
  let ending = before.ending;
  let [triesInRow, longestMs] = [0, 0];
  while (ending === undefined && arms.baseline.length < most) {
    const began = gate.now();
    const pair = arms.baseline.length + 1;
    if (began - startedAt + longestMs > (gate.maxDurationMs ?? Infinity)) {
      const message = `the time was up after ${pair - 1} pairs: another one would not have ended in time`;
      ending = { message };
      break;
    }
    let tried: Try;
    try {
      // oxlint-disable-next-line no-await-in-loop -- one pair after the other: the next may not be needed
      tried = await tryPair(gate, pair, { context, runOne, random });
    } catch (error) {
      if (!(error instanceof HeadroomError) || arms.baseline.length === 0) throw error;
      ending = { message: `pair ${pair} could not be run: ${error.message}` };
      break;
    }
    longestMs = Math.max(longestMs, gate.now() - began);
    if (context.interrupted.aborted) {
      ending = { message: `${stopMessage(context.interrupted)} in pair ${pair}` };
      break;
    }
    if (tried.lost === undefined) {
      triesInRow = 0;
      for (const arm of armNames(gate))
        arms[arm].push(...(tried.members[arm] ? [tried.members[arm]] : []));
    } else {
      triesInRow++;
      repeated.push({ pair, ...tried.lost, members: tried.members });
      ending = endOfTries(repeated, { triesInRow, most, labels: gate.labels });
    }
    const judgement = judgeLive(gate, arms, false);
    context.onStage(pairLine(pair, tried, judgement));
    const record = { ...judgedLive, judgement };
    if (arms.baseline.length > 0) keep(directory, documentOf(gate, record), "running");
    if (judgement.next === undefined) break;
  }
  const judged = judgeLive(gate, arms, true);
  const clocks = clockWarnings(runsOf(arms.baseline), runsOf(arms.candidate), gate.now());
  const judgement = withEnding({ ...judged, warnings: [...clocks, ...judged.warnings] }, ending);
  const record = { ...judgedLive, judgement, ...defined({ ending }) };
  if (firstRun(record) === undefined)
    throw new HeadroomError(
      `the gate ended before its first run: ${ending?.message ?? "no look is planned"}`,
      {
        code: "gate-without-pairs",
        hint: "Allow more time with --max-duration, or shorter runs with --duration.",
      },
    );
  return write(directory, documentOf(gate, record), record);
}

interface Quick {
  readonly services?: readonly ServiceHealth[];
  readonly budgetRun?: GateMember;
  readonly ending?: GateEnding;
}

/** Health before the load, then the run whose budgets are judged in full. A candidate that is ill gets no pairs. */
async function quickChecks(gate: LiveGate, context: RunContext, runOne: RunOne): Promise<Quick> {
  if (gate.quick === undefined) return {};
  const { checkHealth, budgets } = gate.quick;
  context.onStage("asking every service of the candidate how it is");
  const services = await checkHealth();
  const isHealthy = services.every((service) => service.isHealthy);
  context.onStage("the candidate's budgets, in one run");
  const budgetRun = memberOf(readRun((await runOne(budgets, context)).directory));
  return {
    services,
    budgetRun,
    ...(context.interrupted.aborted
      ? { ending: { message: `${stopMessage(context.interrupted)} before the first pair` } }
      : isHealthy
        ? {}
        : { ending: { message: "no pair was run: the candidate is not healthy" } }),
  };
}

interface LiveArms {
  readonly baseline: GateMember[];
  readonly candidate: GateMember[];
  readonly nullArm: GateMember[];
}

interface LostTry extends NonNullable<Try["lost"]> {
  readonly pair: number;
  readonly members: Try["members"];
}

async function tryPair(
  gate: LiveGate,
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

/** Judges runs that are there. The caller has made sure that they can be compared. */
export function storedGate(gate: StoredGate): FinishedGate {
  const startedAt = gate.now();
  const directory = newRunDirectory(gate.runsRoot, "release-gate", startedAt);
  const { baseline, candidate } = gate.arms;
  const arms = { ...gate.arms, baseline: byStart(baseline), candidate: byStart(candidate) };
  const { margin, looks, again = {} } = gate;
  const clocks = clockWarnings(runsOf(arms.baseline), runsOf(arms.candidate), startedAt);
  const judged = judgeSets(arms, {
    margin,
    isOrderKnown: isOrderKnown(clocks),
    looks,
  });
  const { quick, ending } = again;
  const judgement = withEnding({ ...judged, warnings: [...clocks, ...judged.warnings] }, ending);
  const record = {
    directory,
    startedAt,
    arms,
    repeated: [],
    judgement,
    mode: "stored" as const,
    ...quick,
    ending,
  };
  return write(directory, documentOf(gate, record), record);
}

/** The same gate with what was found out since: findings of a reference, a bypass. Files are written again. */
export function amend(finished: FinishedGate, changes: Partial<GateDocument>): FinishedGate {
  const document = { ...finished.document, ...changes };
  writeReports(finished.directory, document);
  return { ...finished, document };
}

const armOrder = ["baseline", "candidate", "nullArm"] as const;

const armWords = { baseline: "baseline", candidate: "candidate", nullArm: "A′" } as const;

const armNames = ({ nullArm }: Pick<LiveGate, "nullArm">): ArmName[] =>
  nullArm === undefined ? ["baseline", "candidate"] : ["baseline", "candidate", "nullArm"];

/** Fisher and Yates. */
function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(Math.floor(random() * rest.length), 1));
}

function judgeLive(gate: LiveGate, arms: Required<GateArms>, isOver: boolean): GateJudgement {
  const { margin, looks, nullArm } = gate;
  const { baseline, candidate } = arms;
  const compared = nullArm === undefined ? { baseline, candidate } : arms;
  return judgeGate({ metrics: metricsOf(compared), margin, looks, isOver });
}

/** A gate that a fault ended is INVALID, but for a FAIL that is there already: nothing makes that better. */
function withEnding(judgement: GateJudgement, ending: GateEnding | undefined): GateJudgement {
  if (ending === undefined) return judgement;
  const warnings = [...judgement.warnings, { code: "ended-early", message: ending.message }];
  const isFault = ending.outcome !== undefined && judgement.outcome !== "fail";
  const { message } = ending;
  const fault = {
    outcome: "invalid" as const,
    reason: `${message.charAt(0).toUpperCase()}${message.slice(1)}.`,
  };
  return { ...judgement, ...(isFault ? fault : {}), warnings };
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

interface Judged {
  readonly directory: string;
  readonly startedAt: number;
  readonly arms: GateArms;
  readonly repeated: readonly LostTry[];
  readonly judgement: GateJudgement;
  readonly mode: GateDocument["mode"];
  readonly services?: readonly ServiceHealth[];
  readonly budgetRun?: GateMember;
  readonly ending?: GateEnding;
}

const runsOf = (members: readonly GateMember[]): RunRecord[] => members.map(({ run: one }) => one);

/** What the gate knows of plan and machine. */
const firstRun = ({ arms, repeated, budgetRun }: Pick<Judged, "arms" | "repeated" | "budgetRun">) =>
  [
    arms.baseline,
    ...repeated.map(({ members }) => Object.values(members)),
    budgetRun ?? [],
  ].flat()[0]?.run;

function documentOf(
  gate: GateHead & { readonly looks?: readonly Look[] },
  judged: Judged,
): GateDocument {
  const { arms, judgement, directory, startedAt, mode } = judged;
  const { margin, labels } = gate;
  const [baselineRuns, candidateRuns] = [runsOf(arms.baseline), runsOf(arms.candidate)];
  const { services, budgetRun } = judged;
  const found: QuickJudgement =
    services === undefined
      ? plainOutcome(judgement)
      : judgeQuick({ judgement, services, budgetRun });
  const { outcome, sentence } = found;
  const { look, warnings } = judgement;
  const plan = firstRun(judged)?.plan;
  return {
    schemaVersion: 1,
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
    quick: services === undefined ? undefined : quickPart(services, budgetRun, found),
    pairs: Math.min(arms.baseline.length, arms.candidate.length),
    looks: gate.looks ?? (look === undefined ? [] : [look]),
    look,
    baseline: armOf(labels.baseline ?? "baseline", arms.baseline),
    candidate: armOf(labels.candidate ?? "candidate", arms.candidate),
    nullArm:
      arms.nullArm === undefined || arms.nullArm.length === 0
        ? undefined
        : armOf(labels.nullArm ?? "A′", arms.nullArm),
    repeated: judged.repeated.map(repeatOf),
    ending: judged.ending,
    order: orderOf(arms),
    metrics: metricResults(arms, judgement, margin),
    budgets: budgetsOf([...arms.candidate, ...(budgetRun === undefined ? [] : [budgetRun])]),
    findings: gateFindings(judgement),
    differences: [
      ...differencesOf(baselineRuns, candidateRuns).map(differenceText),
      ...labelDifferences(baselineRuns, candidateRuns),
    ],
    warnings,
  };
}

/** A gate without any run of the candidate is like no other: what was accepted for one says nothing of the next. */
function hashesOf(
  { arms: { baseline, candidate }, budgetRun, directory }: Judged,
  margin: number,
): Pick<GateDocument, "hash" | "candidateHash"> {
  const budgets = budgetRun === undefined ? [] : idsOf([budgetRun]);
  const ofCandidate = [...idsOf(candidate), ...budgets];
  const alone = ofCandidate.length === 0 ? [path.basename(directory)] : [];
  return {
    hash: hashOf([idsOf(baseline), idsOf(candidate), margin, ...budgets, ...alone]),
    candidateHash: hashOf([...ofCandidate, ...alone]),
  };
}

const hashOf = (value: unknown): string => shortHash(toJson(value));

const idsOf = (members: readonly GateMember[]): string[] =>
  members.map((member) => member.run.id).toSorted();

const plainOutcome = ({ outcome, reason }: GateJudgement) => ({ outcome, sentence: reason });

const quickPart = (
  services: readonly ServiceHealth[],
  budgetRun: GateMember | undefined,
  { seesFrom }: QuickJudgement,
): GateQuick => ({
  services,
  budgetRun:
    budgetRun === undefined ? undefined : { ...runOf(budgetRun), sentence: budgetRun.sentence },
  seesFrom,
});

const repeatOf = ({ pair, reason, members }: LostTry): GateRepeat => ({
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
  const nullArm = arms.nullArm?.length === 0 ? {} : arms;
  return metricsOf({ ...nullArm, baseline: arms.baseline, candidate: arms.candidate }).map(
    (metric) => {
      const { id, title, unit, better, required } = metric;
      const result = judged.get(id);
      const drift = pairDrift(metric, margin);
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
        ...medianNamed("baselineMedian", metric.baseline),
        ...medianNamed("candidateMedian", metric.candidate),
        ...defined({
          comparison: result?.comparison,
        }),
        ...defined({
          nullControl: result?.nullControl,
        }),
        ...defined({ driftChance: drift }),
      };
    },
  );
}

const valuesOf = ({ baseline, candidate, nullArm }: MeasuredMetric) => ({
  baseline: baseline.map((value) => value ?? null),
  candidate: candidate.map((value) => value ?? null),
  nullArm: nullArm?.map((value) => value ?? null),
});

function medianNamed(
  name: string,
  values: readonly (number | undefined)[],
): Record<string, number> {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? {} : { [name]: medianOf(known) };
}

function budgetsOf(candidate: readonly GateMember[]): GateBudget[] {
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

/** `run.json` of the gate, and what it knows so far. */
function keep(directory: string, document: GateDocument, state: GateRecord["state"]): void {
  const members = [document.baseline, document.candidate, document.nullArm, ...document.repeated]
    .flatMap((arm) => arm?.runs ?? [])
    .concat(document.quick?.budgetRun ?? [])
    .toSorted((a, b) => a.startedAt - b.startedAt);
  writeRunRecord(directory, {
    ...writtenHere(),
    id: document.id,
    kind: "gate",
    members: members.map(({ id }) => id),
    profile: document.profile,
    environment: document.environment,
    state,
    versions: { headroom: document.headroom },
    startedAt: document.startedAt,
    endedAt: document.endedAt,
    command: document.command,
  });
  writeWhole(directory, gateFiles.document, sealedText(document));
}

function write(directory: string, document: GateDocument, judged: Judged): FinishedGate {
  const isStopped = document.warnings.some(({ code }) => code === "ended-early");
  keep(directory, document, isStopped ? "interrupted" : "complete");
  writeReports(directory, document);
  return { directory, document, candidate: judged.arms.candidate };
}

function writeReports(directory: string, document: GateDocument): void {
  writeWhole(directory, gateFiles.document, sealedText(document));
  writeWhole(directory, gateFiles.html, gatePage(document));
  writeWhole(directory, gateFiles.markdown, gateMarkdown(document));
  writeWhole(directory, gateFiles.junit, gateJunit(document));
}

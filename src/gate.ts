/**
 * The release gate on one page: did this release make it more than 5 % worse?
 *
 *   live:   pairs of runs (A,B or B,A by the seed), a look after 10, 15, 20 pairs, until the answer is clear
 *   stored: runs that are there, judged again
 *
 *   members → metrics → judgement → document → gate.json, gate.html, gate.md, junit.xml
 */
import { createHash } from "node:crypto";
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
import { pairDrift } from "../analysis/comparison/pair-drift.ts";
import { medianOf } from "../analysis/comparison/scale.ts";
import type { GateArm, GateBudget, GateDocument } from "../reports/gate/document.ts";
import { gateJunit } from "../reports/gate/junit.ts";
import { gateMarkdown } from "../reports/gate/markdown.ts";
import { gatePage } from "../reports/gate/page.ts";
import { exitStatusOfOutcome } from "./domain/exit-status.ts";
import { HeadroomError } from "./domain/errors.ts";
import { toJson } from "./domain/json.ts";
import { seededRandom, type Random } from "./domain/random.ts";
import type { RunRecord } from "./domain/run.ts";
import { run, type JudgedRun, type RunContext, type RunRequest } from "./pipeline.ts";
import { createRunDirectory, newRunId } from "./store/run-directory.ts";
import { readRun } from "./store/run-reader.ts";
import { writeRunRecord, writeWhole } from "./store/run-writer.ts";

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
  readonly isQuick: boolean;
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
  /** No pair begins that would probably end later. */
  readonly maxDurationMs?: number;
}

export interface StoredGate extends GateHead {
  readonly arms: GateArms;
  /** As planned before the runs; absent: one look at all of them. */
  readonly looks?: readonly Look[];
}

export interface FinishedGate {
  readonly directory: string;
  readonly document: GateDocument;
}

/** So many pairs in a row without one usable pair: more would not help. */
const hopelessPairs = 3;

/** Runs pairs until the answer is clear, the looks or the time are used up, or somebody stops it. */
export async function liveGate(
  gate: LiveGate,
  context: RunContext,
  runOne: (request: RunRequest, context: RunContext) => Promise<JudgedRun> = run,
): Promise<FinishedGate> {
  const startedAt = gate.now();
  const directory = createRunDirectory(gate.runsRoot, newRunId("release-gate", startedAt));
  const arms = {
    baseline: [] as GateMember[],
    candidate: [] as GateMember[],
    nullArm: [] as GateMember[],
  };
  const random = seededRandom(gate.seed);
  const most = gate.looks.at(-1)?.pairs ?? 0;
  const stops: string[] = [];
  let longestMs = 0;
  let judgement: GateJudgement | undefined;
  for (let pair = 1; pair <= most && stops.length === 0; pair++) {
    const began = gate.now();
    if (isLate(gate, began - startedAt + longestMs)) {
      stops.push(
        `the time was up after ${pair - 1} pairs: another one would not have ended in time`,
      );
      break;
    }
    const block: Partial<Record<ArmName, GateMember>> = {};
    for (const arm of shuffled(armNames(gate), random)) {
      const request = gate[arm];
      if (request === undefined || context.interrupted.aborted) continue;
      context.onStage(`pair ${pair} of at most ${most}: ${gate.labels[arm] ?? arm}`);
      try {
        block[arm] = memberOf(readRun((await runOne(request, context)).directory));
      } catch (error) {
        if (!(error instanceof HeadroomError) || arms.baseline.length === 0) throw error;
        stops.push(`pair ${pair} could not be run: ${error.message}`);
        break;
      }
    }
    if (context.interrupted.aborted) stops.push(`stopped by hand in pair ${pair}`);
    if (stops.length > 0) break;
    for (const arm of armNames(gate)) {
      const member = block[arm];
      if (member !== undefined) arms[arm].push(member);
    }
    longestMs = Math.max(longestMs, gate.now() - began);
    judgement = judgeLive(gate, arms, false);
    context.onStage(pairLine(pair, block, judgement));
    const document = documentOf(gate, { directory, startedAt, arms, judgement, mode: "live" });
    keep(directory, document, arms, "running");
    if (judgement.next === undefined) break;
    if (isHopeless(arms)) stops.push(hopelessReason(arms));
  }
  if (arms.baseline.length === 0)
    throw new HeadroomError(`the gate ended before its first pair: ${stops.join("; ")}`, {
      code: "gate-without-pairs",
      hint: "Allow more time with --max-duration, or shorter runs with --duration.",
    });
  const final = withFault(judgeLive(gate, arms, true), stops, isHopeless(arms));
  const document = documentOf(gate, { directory, startedAt, arms, judgement: final, mode: "live" });
  return write(directory, document, arms);
}

/** Judges runs that are there. The caller has made sure that they can be compared. */
export function storedGate(gate: StoredGate): FinishedGate {
  const startedAt = gate.now();
  const directory = createRunDirectory(gate.runsRoot, newRunId("release-gate", startedAt));
  const { baseline, candidate } = gate.arms;
  const arms = { ...gate.arms, baseline: byStart(baseline), candidate: byStart(candidate) };
  const { margin, looks } = gate;
  const judgement = judgeSets(arms, { margin, ...(looks === undefined ? {} : { looks }) });
  const document = documentOf(gate, { directory, startedAt, arms, judgement, mode: "stored" });
  return write(directory, document, arms);
}

/** The same gate with what was found out since: findings of a reference, a bypass. Files are written again. */
export function amend(
  { directory, document }: FinishedGate,
  changes: Partial<GateDocument>,
): FinishedGate {
  const amended = { ...document, ...changes };
  writeReports(directory, amended);
  return { directory, document: amended };
}

const armNames = ({ nullArm }: Pick<LiveGate, "nullArm">): ArmName[] =>
  nullArm === undefined ? ["baseline", "candidate"] : ["baseline", "candidate", "nullArm"];

/** Fisher and Yates. */
function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(Math.floor(random() * rest.length), 1));
}

const isLate = ({ maxDurationMs = Infinity }: LiveGate, untilMs: number): boolean =>
  untilMs > maxDurationMs;

function judgeLive(gate: LiveGate, arms: Required<GateArms>, isOver: boolean): GateJudgement {
  const { margin, looks, nullArm } = gate;
  const { baseline, candidate } = arms;
  const compared = nullArm === undefined ? { baseline, candidate } : arms;
  return judgeGate({ metrics: metricsOf(compared), margin, looks, isOver });
}

const isHopeless = ({ baseline, candidate }: GateArms): boolean =>
  baseline.length >= hopelessPairs &&
  baseline.every((member, index) => !isUsable(member) || !isUsable(candidate[index] ?? member));

function hopelessReason({ baseline, candidate }: GateArms): string {
  const lost = [...baseline, ...candidate].find((member) => !isUsable(member));
  const why =
    lost === undefined
      ? ""
      : ` (run ${lost.run.id} is ${lost.outcome}: ${lost.sentence.replace(/\.$/, "")})`;
  return `none of the first ${hopelessPairs} pairs could be used${why}`;
}

function withFault(
  judgement: GateJudgement,
  stops: readonly string[],
  isInvalid: boolean,
): GateJudgement {
  const warnings = stops.map((message) => ({ code: "ended-early", message }));
  const fault = isInvalid
    ? { outcome: "invalid" as const, reason: `Nothing was measured: ${stops.join("; ")}.` }
    : {};
  return { ...judgement, ...fault, warnings: [...judgement.warnings, ...warnings] };
}

function pairLine(
  pair: number,
  block: Partial<Record<ArmName, GateMember>>,
  { outcome, reason, next, look }: GateJudgement,
): string {
  const unusable = Object.values(block).filter((member) => !isUsable(member));
  const lost = unusable.map(({ run: { id }, outcome: why }) => ` · ${id} is ${why}`).join("");
  const looked = look?.pairs === pair ? ` · look: ${outcome.toUpperCase()}. ${reason}` : "";
  const more = next === undefined ? "" : ` · next look at ${next.pairs}`;
  return `pair ${pair} done${lost}${looked}${more}`;
}

interface Judged {
  readonly directory: string;
  readonly startedAt: number;
  readonly arms: GateArms;
  readonly judgement: GateJudgement;
  readonly mode: GateDocument["mode"];
}

function documentOf(
  gate: GateHead & { readonly looks?: readonly Look[] },
  judged: Judged,
): GateDocument {
  const { arms, judgement, directory, startedAt, mode } = judged;
  const { margin, isQuick, labels } = gate;
  const [runsA, runsB] = [arms.baseline, arms.candidate].map((side) => side.map((one) => one.run));
  const [baselineRuns = [], candidateRuns = []] = [runsA, runsB];
  const budgets = budgetsOf(arms.candidate);
  const { outcome, sentence } = isQuick
    ? quickOutcome(judgement, budgets)
    : plainOutcome(judgement);
  const { look, warnings } = judgement;
  const plan = baselineRuns[0]?.plan;
  return {
    schemaVersion: 1,
    kind: "gate",
    id: path.basename(directory),
    hash: hashOf([idsOf(arms.baseline), idsOf(arms.candidate), margin]),
    candidateHash: hashOf(idsOf(arms.candidate)),
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
    isQuick,
    pairs: Math.min(arms.baseline.length, arms.candidate.length),
    looks: gate.looks ?? (look === undefined ? [] : [look]),
    ...(look === undefined ? {} : { look }),
    baseline: armOf(labels.baseline ?? "baseline", arms.baseline),
    candidate: armOf(labels.candidate ?? "candidate", arms.candidate),
    ...(arms.nullArm === undefined || arms.nullArm.length === 0
      ? {}
      : { nullArm: armOf(labels.nullArm ?? "A′", arms.nullArm) }),
    order: orderOf(arms),
    metrics: metricResults(arms, judgement, margin),
    budgets,
    findings: gateFindings(judgement),
    differences: [
      ...differencesOf(baselineRuns, candidateRuns).map(differenceText),
      ...labelDifferences(baselineRuns, candidateRuns),
    ],
    warnings,
  };
}

const hashOf = (value: unknown): string =>
  createHash("sha256").update(toJson(value)).digest("hex").slice(0, 16);

const idsOf = (members: readonly GateMember[]): string[] =>
  members.map((member) => member.run.id).toSorted();

const plainOutcome = ({ outcome, reason }: GateJudgement) => ({ outcome, sentence: reason });

/** Post-deployment: an absolute budget that most runs of the candidate break fails, whatever the comparison says. */
function quickOutcome(
  judgement: GateJudgement,
  budgets: readonly GateBudget[],
): Pick<GateDocument, "outcome" | "sentence"> {
  const plain = plainOutcome(judgement);
  const broken = budgets.find(
    ({ pass, fail, inconclusive }) => fail > (pass + fail + inconclusive) / 2,
  );
  if (plain.outcome === "invalid" || broken === undefined) return plain;
  const all = broken.pass + broken.fail + broken.inconclusive;
  const sentence = `${broken.title}: beyond its budget in ${broken.fail} of ${all} runs of the candidate.`;
  return { outcome: "fail", sentence };
}

const armOf = (label: string, members: readonly GateMember[]): GateArm => ({
  label,
  runs: members.map((member) => ({
    id: member.run.id,
    startedAt: member.run.startedAt,
    outcome: member.outcome,
    ...(isUsable(member) ? {} : { unusable: member.sentence }),
  })),
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
        ...(result?.holmLevel === undefined ? {} : { holmLevel: result.holmLevel }),
        values: valuesOf(metric),
        ...medianNamed("baselineMedian", metric.baseline),
        ...medianNamed("candidateMedian", metric.candidate),
        ...(result?.comparison === undefined ? {} : { comparison: result.comparison }),
        ...(result?.nullControl === undefined ? {} : { nullControl: result.nullControl }),
        ...(drift === undefined ? {} : { driftChance: drift }),
      };
    },
  );
}

const valuesOf = ({ baseline, candidate, nullArm }: MeasuredMetric) => ({
  baseline: baseline.map((value) => value ?? null),
  candidate: candidate.map((value) => value ?? null),
  ...(nullArm === undefined ? {} : { nullArm: nullArm.map((value) => value ?? null) }),
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

/** `run.json` of the gate: what its first run says of plan and machine, and who its members are. */
function keep(
  directory: string,
  document: GateDocument,
  arms: GateArms,
  state: RunRecord["state"],
): void {
  const first = arms.baseline[0]?.run;
  if (first === undefined) return;
  const { calibration, target, ...same } = first;
  const members = [document.baseline, document.candidate, document.nullArm]
    .flatMap((arm) => arm?.runs ?? [])
    .toSorted((a, b) => a.startedAt - b.startedAt);
  writeRunRecord(directory, {
    ...same,
    ...(calibration === undefined ? {} : { calibration }),
    id: document.id,
    kind: "gate",
    members: members.map(({ id }) => id),
    state,
    target: { kind: target.kind, labels: {} },
    startedAt: document.startedAt,
    endedAt: document.endedAt,
    pid: process.pid,
    command: document.command,
  });
  writeWhole(directory, gateFiles.document, `${toJson(document, 2)}\n`);
}

function write(directory: string, document: GateDocument, arms: GateArms): FinishedGate {
  const isStopped = document.warnings.some(({ code }) => code === "ended-early");
  keep(directory, document, arms, isStopped ? "interrupted" : "complete");
  writeReports(directory, document);
  return { directory, document };
}

function writeReports(directory: string, document: GateDocument): void {
  writeWhole(directory, gateFiles.document, `${toJson(document, 2)}\n`);
  writeWhole(directory, gateFiles.html, gatePage(document));
  writeWhole(directory, gateFiles.markdown, gateMarkdown(document));
  writeWhole(directory, gateFiles.junit, gateJunit(document));
}

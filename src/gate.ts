/**
 * The release gate on one page: did this release make it more than 5 % worse?
 *
 *   quick:  health and objectives of the candidate first
 *   live:   pairs of runs (A,B or B,A by the seed), analysed after 6, 8, 11, 15, 20 pairs, until the answer is clear
 *   stored: runs that are there, judged again
 *
 *   members → metrics → judgement → document → gate.json, gate.html, gate.md, junit.xml
 */
import type { InterimAnalysis } from "./domain/comparison.ts";
import { clockWarnings, isOrderKnown } from "../analysis/comparison/clocks.ts";
import { memberOf, type GateArms, type GateMember } from "../analysis/comparison/gate-members.ts";
import type { GateJudgement } from "../analysis/comparison/judge-gate.ts";
import { byStart, judgeSets } from "../analysis/comparison/judge-sets.ts";
import type { GateDocument, GateEnding } from "../reports/gate/document.ts";
import { gateJunit } from "../reports/gate/junit.ts";
import { gateMarkdown } from "../reports/gate/markdown.ts";
import { gatePage } from "../reports/gate/page.ts";
import { HeadroomError } from "./domain/errors.ts";
import type { Warning } from "./domain/estimate.ts";
import type { ServiceHealth } from "./domain/health.ts";
import type { GateRecord } from "./domain/run.ts";
import { stopMessage } from "./domain/stop-request.ts";
import {
  firstRun,
  gateDocument,
  runsOf,
  type GateHead,
  type JudgedGate,
} from "./gate/gate-document.ts";
import {
  judgePairs,
  judgeSoFar,
  runPairs,
  type Pairs,
  type PairsPlan,
  type RunOne,
} from "./gate/run-pairs.ts";
import { run, type RunContext, type RunRequest } from "./pipeline.ts";
import { writtenHere } from "./store/new-run-record.ts";
import { newRunDirectory } from "./store/run-directory.ts";
import { readRun } from "./store/run-reader.ts";
import { startHeartbeat, writeRunRecord, writeWhole } from "./store/run-writer.ts";
import { sealedText } from "./store/stored-document.ts";

export const gateFiles = {
  document: "gate.json",
  html: "gate.html",
  markdown: "gate.md",
  junit: "junit.xml",
} as const;

export interface LiveGate extends GateHead, PairsPlan {
  /** Post-deployment validation of the candidate: its health, and a run whose objectives are judged in full. */
  readonly quick?: {
    readonly checkHealth: () => Promise<readonly ServiceHealth[]>;
    readonly objectives: RunRequest;
  };
  /** For the live view: what the pairs so far come to, as if they were analysed now. */
  readonly onPair?: ((soFar: GateDocument) => void) | undefined;
}

export interface StoredGate extends GateHead {
  readonly arms: GateArms;
  /** As planned before the runs; absent: one analysis of all of them. */
  readonly analyses?: readonly InterimAnalysis[];
  /** A gate that is judged again: what it knew besides its pairs. */
  readonly again?: GateMemory;
}

/** Whatever of it spoke against the candidate, or against the gate, does so again. */
export interface GateMemory {
  readonly quick?: {
    readonly services: readonly ServiceHealth[];
    readonly objectivesRun?: GateMember;
  };
  readonly ending?: GateEnding;
}

export interface FinishedGate {
  readonly directory: string;
  readonly document: GateDocument;
  /** The candidate's runs of the pairs. */
  readonly candidate: readonly GateMember[];
}

/** Runs pairs until the answer is clear, the analyses or the time are used up, or somebody stops it. */
export async function liveGate(
  gate: LiveGate,
  context: RunContext,
  runOne: RunOne = run,
): Promise<FinishedGate> {
  const startedAt = gate.now();
  const directory = newRunDirectory(gate.runsRoot, "release-gate", startedAt);
  const stopHeartbeat = startHeartbeat(directory);
  const endStopWatch = context.watchForStop?.(directory);
  const head = { directory, startedAt, mode: "live" } as const;
  try {
    const quick = await quickChecks(gate, context, runOne);
    const onPair = (pairs: Pairs, judgement: GateJudgement): void => {
      if (pairs.arms.baseline.length === 0) return;
      const judged = { ...head, ...quick, ...pairs };
      keep(directory, gateDocument(gate, { ...judged, judgement }), "running");
      gate.onPair?.(gateDocument(gate, { ...judged, judgement: judgeSoFar(gate, pairs.arms) }));
    };
    const pairs =
      quick.ending === undefined
        ? await runPairs(gate, { context, runOne, startedAt, onPair })
        : {
            arms: { baseline: [], candidate: [], control: [] },
            lostAttempts: [],
            ending: quick.ending,
          };
    const judgement = judgePairs(gate, pairs.arms, true);
    return finish(
      gate,
      { ...head, ...quick, ...pairs, judgement },
      clocksOf(pairs.arms, gate.now()),
    );
  } finally {
    endStopWatch?.();
    stopHeartbeat();
  }
}

interface Quick {
  readonly services?: readonly ServiceHealth[];
  readonly objectivesRun?: GateMember;
  readonly ending?: GateEnding;
}

/** Health before the load, then the run whose objectives are judged in full. An unhealthy candidate gets no pairs. */
async function quickChecks(gate: LiveGate, context: RunContext, runOne: RunOne): Promise<Quick> {
  if (gate.quick === undefined) return {};
  const { checkHealth, objectives } = gate.quick;
  context.onStage("checking the candidate's health");
  const services = await checkHealth();
  const isHealthy = services.every((service) => service.isHealthy);
  context.onStage("the candidate's objectives, in one run");
  const objectivesRun = memberOf(readRun((await runOne(objectives, context)).directory));
  return {
    services,
    objectivesRun,
    ...(context.interrupted.aborted
      ? { ending: { message: `${stopMessage(context.interrupted)} before the first pair` } }
      : isHealthy
        ? {}
        : { ending: { message: "no pair was run: the candidate is not healthy" } }),
  };
}

/** Judges runs that are there. The caller has made sure that they can be compared. */
export function storedGate(gate: StoredGate): FinishedGate {
  const startedAt = gate.now();
  const directory = newRunDirectory(gate.runsRoot, "release-gate", startedAt);
  const { baseline, candidate } = gate.arms;
  const arms = { ...gate.arms, baseline: byStart(baseline), candidate: byStart(candidate) };
  const { margin, analyses, again = {} } = gate;
  const clocks = clocksOf(arms, startedAt);
  const judgement = judgeSets(arms, { margin, isOrderKnown: isOrderKnown(clocks), analyses });
  const judged = {
    directory,
    startedAt,
    arms,
    lostAttempts: [],
    judgement,
    mode: "stored",
  } as const;
  return finish(gate, { ...judged, ...again.quick, ending: again.ending }, clocks);
}

const clocksOf = ({ baseline, candidate }: GateArms, now: number): readonly Warning[] =>
  clockWarnings(runsOf(baseline), runsOf(candidate), now);

/** The same gate with what was found out since: findings of a reference, a bypass. Files are written again. */
export function amend(finished: FinishedGate, changes: Partial<GateDocument>): FinishedGate {
  const document = { ...finished.document, ...changes };
  writeReports(finished.directory, document);
  return { ...finished, document };
}

/** Adds why it ended. @param clocks what the clocks say of the runs @throws HeadroomError where nothing was run */
function finish(
  gate: GateHead & { readonly analyses?: readonly InterimAnalysis[] },
  judged: JudgedGate,
  clocks: readonly Warning[],
): FinishedGate {
  const { arms, directory, ending } = judged;
  if (firstRun(judged) === undefined)
    throw new HeadroomError(
      `the gate ended before its first run: ${ending?.message ?? "no analysis is planned"}`,
      {
        code: "gate-without-pairs",
        hint: "Allow more time with --max-duration, or shorter runs with --duration.",
      },
    );
  const warnings = [...clocks, ...judged.judgement.warnings];
  const judgement = withEnding({ ...judged.judgement, warnings }, ending);
  const document = gateDocument(gate, { ...judged, judgement });
  keep(directory, document, ending === undefined ? "complete" : "interrupted");
  writeReports(directory, document);
  return { directory, document, candidate: arms.candidate };
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

/** `run.json` of the gate, and what it knows so far. */
function keep(directory: string, document: GateDocument, state: GateRecord["state"]): void {
  const members = [
    document.baseline,
    document.candidate,
    document.control,
    ...document.lostAttempts,
  ]
    .flatMap((arm) => arm?.runs ?? [])
    .concat(document.quick?.objectivesRun ?? [])
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

function writeReports(directory: string, document: GateDocument): void {
  writeWhole(directory, gateFiles.document, sealedText(document));
  writeWhole(directory, gateFiles.html, gatePage(document));
  writeWhole(directory, gateFiles.markdown, gateMarkdown(document));
  writeWhole(directory, gateFiles.junit, gateJunit(document));
}

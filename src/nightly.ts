/**
 * The night on one page.
 *
 *   lock → runs (each repeated once where the infrastructure failed) → night directory → history → changes of level
 *        → what each metric's night was → news, once → outbox → receivers
 *        → error budget, where a metrics store counts the requests of 28 days
 *
 * The verdict is never retried: a run that failed its objectives has answered.
 */
import { defined } from "./domain/defined.ts";
import { junitOfRepetition } from "../reports/junit.ts";
import path from "node:path";
import {
  errorBudget,
  type ErrorBudget,
  type RequestCount,
} from "../analysis/history/error-budget.ts";
import {
  judgeNightly,
  maxNotifyingObjectives,
  type JudgedNightly,
  type PastDecisions,
} from "../analysis/history/judge-nightly.ts";
import { leastReferenceNights, referenceValues } from "../analysis/history/reference.ts";
import { dateOf, newestNights, nightsLookedAt, streamsOf } from "../analysis/history/streams.ts";
import { trendsOf } from "../analysis/history/trends.ts";
import { messageOf, EngineError, StoreError, TargetError } from "./domain/errors.ts";
import type { RunOutcome } from "./domain/exit-status.ts";
import type { HistoryRun, Stream } from "./domain/history.ts";
import { toJson } from "./domain/json.ts";
import type { Report } from "./domain/report.ts";
import type { Interruption } from "./domain/run.ts";
import type { Message } from "./notify/message.ts";
import { Outbox, type Delivery } from "./notify/outbox.ts";
import type { PostOptions } from "./notify/post.ts";
import type { Receiver } from "./notify/receivers.ts";
import type { JudgedRun, RunContext, RunRequest } from "./pipeline.ts";
import { readBaseline } from "./store/baselines.ts";
import { decisionsOf, type Acceptance } from "./store/decisions.ts";
import { leftOutTexts, readHistory } from "./store/history.ts";
import { takeLock } from "./store/lock.ts";
import { writtenHere } from "./store/new-run-record.ts";
import { newRunDirectory, runFiles } from "./store/run-directory.ts";
import { writeRunRecord, writeWhole } from "./store/run-writer.ts";

export interface NightlyRequest {
  readonly run: RunRequest;
  readonly repetitions: number;
  readonly receivers: readonly Receiver[];
  /** Says what would be sent, sends and records nothing. */
  readonly isNotifyDryRun: boolean;
}

export interface NightlyContext extends RunContext, NotifyContext {
  /** The main job; handed in so that a night can be tried without k6. */
  readonly perform: (request: RunRequest, context: RunContext) => Promise<JudgedRun>;
  readonly onRun: (run: JudgedRun) => void;
}

/** Requests of the last 28 days as the environment's metrics store counted them, in stretches of five minutes or less. */
export type ReadAvailability = () => Promise<readonly RequestCount[]>;

/** Edges of the notifications of a nightly run. */
export interface NotifyContext extends PostOptions {
  readonly runsRoot: string;
  /** Asked only where the environment names a Prometheus-compatible store. */
  readonly readAvailability?: ReadAvailability;
}

export interface NightlyResult {
  readonly id?: string;
  /** The last attempt of each repetition: the exit status is theirs. */
  readonly reports: readonly Report[];
  readonly judged: JudgedNightly;
  readonly objectives: number;
  readonly nights: number;
  readonly messages: readonly Message[];
  readonly delivery: Delivery;
  readonly problems: readonly string[];
  readonly availability: Availability;
  /** Why a run could not be started, twice: reported after the nightly run was stored. */
  readonly failure?: TargetError | EngineError;
}

/** The error budget, or why it is unknown: load runs alone cannot give it. */
export type Availability =
  | { readonly kind: "known"; readonly budget: ErrorBudget }
  | { readonly kind: "not-known"; readonly sentence: string };

/** @throws StoreError while another nightly run is active, ConfigError and UsageError as a run does */
export async function nightly(
  request: NightlyRequest,
  context: NightlyContext,
): Promise<NightlyResult> {
  return locked(context, async () => {
    const startedAt = context.now();
    const { reports, members, failure } = await runAll(request, context);
    const id = writeNightly({ startedAt, members, request, context });
    const result = await notifyNightly(request, context, reports, failure);
    const whole = {
      ...result,
      ...defined({ id, failure }),
    };
    if (id !== undefined) writeNightlyFile(context.runsRoot, id, whole);
    return whole;
  });
}

/**
 * No run: for receivers that were unreachable, and to test a receiver. A dry run records nothing and needs no lock.
 * @throws StoreError while another nightly run is active, or where nothing was ever measured
 */
export async function deliverOnly(
  request: NightlyRequest,
  context: NotifyContext & Pick<RunContext, "onStage">,
): Promise<NightlyResult> {
  const notify = () => notifyNightly(request, context, []);
  return request.isNotifyDryRun ? notify() : locked(context, notify);
}

async function locked<Result>(
  { runsRoot, now, onStage }: Pick<RunContext, "runsRoot" | "now" | "onStage">,
  work: () => Promise<Result>,
): Promise<Result> {
  const lock = takeLock(runsRoot, now());
  if (lock.takenOverFrom !== undefined)
    onStage(`took over the lock that ${lock.takenOverFrom} left behind`);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** Judges the stored history with the new runs, and sends notifications. */
export async function notifyNightly(
  { run, receivers, isNotifyDryRun }: NightlyRequest,
  context: NotifyContext,
  reports: readonly Report[],
  failure?: TargetError | EngineError,
): Promise<NightlyResult> {
  const history = readHistory(context.runsRoot);
  const stream = streamOf(history.runs, run, failure);
  const trends = trendsOf(stream);
  const outbox = new Outbox(context.runsRoot);
  const { decisions, problems } = readDecisions(context.runsRoot, stream, history.runs);
  const judged = judgeNightly(stream, trends, decisions);
  const down = downNotifications(stream, notifiedOf(outbox, stream), {
    reports,
    failure,
    now: context.now(),
  });
  const notifications = [...judged.notifications, ...down].map((each): Message => ({
    ...each,
    profile: stream.profile,
    environment: stream.environment,
  }));
  const messages = isNotifyDryRun
    ? notifications
    : outbox.put(notifications, receivers, context.now());
  const delivery = isNotifyDryRun
    ? { sent: 0, waiting: [] }
    : await outbox.deliver(receivers, context, stream);
  return {
    reports,
    judged,
    objectives: Math.min(
      trends.filter(({ isObjective }) => isObjective).length,
      maxNotifyingObjectives,
    ),
    nights: stream.nights.length,
    messages,
    delivery,
    problems: [...leftOutTexts(history.leftOut), ...outbox.problems(), ...problems],
    availability: await availabilityOf(run.environment, context),
  };
}

const notifiedOf = (outbox: Outbox, { profile, environment }: Stream): Message[] =>
  outbox
    .messages()
    .filter((message) => message.profile === profile && message.environment === environment);

export interface StoredDecisions extends PastDecisions {
  readonly accepted: readonly Acceptance[];
}

const unknown = (why: string): Availability => ({
  kind: "not-known",
  sentence: `the error budget of 28 days is not known: ${why}`,
});

/** Notifications, accepted changes and the pinned reference of a stream; an unusable one is a problem, not an error. */
export function readDecisions(
  root: string,
  stream: Stream,
  runs: readonly HistoryRun[],
): { readonly decisions: StoredDecisions; readonly problems: readonly string[] } {
  const { accepted, pin } = decisionsOf(root, stream);
  const decisions = { notified: notifiedOf(new Outbox(root), stream), accepted };
  if (pin === undefined) return { decisions, problems: [] };
  const name = pin.baseline;
  try {
    const reference = referenceValues(runs, { name, runs: readBaseline(root, name).current.runs });
    const few = `the pinned reference ${name} has valid runs of ${reference.nights} nightly runs, a slow regression needs ${leastReferenceNights}`;
    return {
      decisions: { ...decisions, reference },
      problems: reference.nights < leastReferenceNights ? [few] : [],
    };
  } catch (error) {
    const why = messageOf(error);
    return { decisions, problems: [`the pinned reference ${name} cannot be used: ${why}`] };
  }
}

async function availabilityOf(
  { name, availabilityTarget: target, observers }: RunRequest["environment"],
  { readAvailability, now }: NotifyContext,
): Promise<Availability> {
  if (observers.prometheus === undefined || readAvailability === undefined)
    return unknown(
      `${name} names no metrics store that counts its requests, and load runs cannot give it`,
    );
  if (target === undefined || !(target > 0 && target < 1))
    return unknown(`${name} has no availability target`);
  try {
    const budget = errorBudget(await readAvailability(), { target, now: now() });
    return { kind: "known", budget };
  } catch (error) {
    return unknown(messageOf(error));
  }
}

interface Runs {
  readonly reports: readonly Report[];
  /** Every attempt, so that nothing is hidden. */
  readonly members: readonly JudgedRun[];
  readonly failure?: TargetError | EngineError;
}

async function runAll(
  { run, repetitions }: NightlyRequest,
  context: NightlyContext,
): Promise<Runs> {
  const members: JudgedRun[] = [];
  const reports: Report[] = [];
  for (let index = 0; index < repetitions && !context.interrupted.aborted; index++) {
    context.onStage(`run ${index + 1} of ${repetitions}`);
    let last: JudgedRun | undefined;
    for (const isRetry of [false, true]) {
      try {
        last = await context.perform(run, context);
        members.push(last);
        context.onRun(last);
      } catch (error) {
        if (!isInfrastructure(error)) throw error;
        if (context.interrupted.aborted) return { reports, members };
        if (isRetry) return { reports, members, failure: error };
        context.onStage(`${String(error)}: retrying once`);
        continue;
      }
      if (!isInfrastructureFailure(last.report) || context.interrupted.aborted) break;
      if (!isRetry) context.onStage(`${last.report.sentence} Retrying once.`);
    }
    if (last !== undefined) reports.push(last.report);
  }
  return { reports, members };
}

const isInfrastructure = (error: unknown): error is TargetError | EngineError =>
  error instanceof TargetError || error instanceof EngineError;

/** Incomplete by a fault of k6 or because the target could not be reached; an invalid run is an answer. */
const isInfrastructureFailure = ({ outcome, run }: Report): boolean =>
  outcome === "incomplete" && isOfInfrastructure(run.interruption?.cause);

const isOfInfrastructure = (cause: Interruption["cause"] | undefined): boolean =>
  cause === "engine" || cause === "target";

const isComplete = ({ outcome }: { readonly outcome: RunOutcome }): boolean =>
  outcome !== "incomplete";

interface NightlyFacts {
  readonly startedAt: number;
  readonly members: readonly JudgedRun[];
  readonly request: NightlyRequest;
  readonly context: NightlyContext;
}

/** @returns its id; `undefined` where no run left a directory */
function writeNightly({ startedAt, members, request, context }: NightlyFacts): string | undefined {
  if (members.length === 0) return undefined;
  if (members.length > 1)
    members.forEach(({ directory, report }, index) =>
      writeWhole(directory, runFiles.junit, junitOfRepetition(report, index + 1)),
    );
  const directory = newRunDirectory(context.runsRoot, "nightly", startedAt);
  const id = path.basename(directory);
  const { profile, environment, command } = request.run;
  writeRunRecord(directory, {
    ...writtenHere(),
    id,
    kind: "nightly",
    members: members.map((member) => path.basename(member.directory)),
    profile: profile.name,
    environment: environment.name,
    state: context.interrupted.aborted ? "interrupted" : "complete",
    versions: { headroom: context.headroomVersion },
    startedAt,
    endedAt: context.now(),
    command,
  });
  return id;
}

function writeNightlyFile(
  root: string,
  id: string,
  { judged, messages, objectives, nights, availability }: NightlyResult,
): void {
  const document = {
    schemaVersion: 1,
    id,
    nights,
    objectives,
    ...judged,
    availability,
    messages: messages.map((each) => each.id),
  };
  writeWhole(path.join(root, id), "nightly.json", `${toJson(document, 2)}\n`);
}

/** @throws StoreError where nothing was ever measured for this profile and environment, nor by this run */
function streamOf(
  runs: ReturnType<typeof readHistory>["runs"],
  { profile, environment }: RunRequest,
  failure: Error | undefined,
): Stream {
  const recent = streamsOf(runs).find(
    (each) => each.profile === profile.name && each.environment === environment.name,
  );
  if (recent === undefined && failure !== undefined)
    return { profile: profile.name, environment: environment.name, nights: [], marks: [] };
  if (recent === undefined)
    throw new StoreError(
      `no nightly run of ${profile.name} on ${environment.name} was measured yet`,
      {
        code: "no-runs",
      },
    );
  return newestNights(recent, nightsLookedAt);
}

interface LatestRuns {
  readonly reports: readonly Report[];
  readonly failure: Error | undefined;
  readonly now: number;
}

/**
 * A nightly run none of whose runs completed because of k6 or the target is a P0 by the specification ("system down"): once,
 * until a later one completes a run. One that a person, a full disk or a crash ended says nothing about the target.
 */
function downNotifications(
  stream: Stream,
  notified: readonly Message[],
  { reports, failure, now }: LatestRuns,
): Omit<Message, "profile" | "environment">[] {
  const last = stream.nights.at(-1);
  const hasNoRun = failure !== undefined && !reports.some(isComplete);
  const isDown = hasNoRun || last?.runs.every(isBroken) === true;
  const announced = notified.findLast(({ metric }) => metric === "target");
  const at = hasNoRun ? now : (last?.at ?? now);
  const date = dateOf(at);
  const head = { metric: "target", severity: "P0", at, suspects: [] } as const;
  if (isDown && announced?.kind !== "target-down") {
    const why = hasNoRun ? `: ${failure.message}` : "";
    const sentence = `no run of the nightly run of ${date} completed${why}`;
    return [
      { ...head, id: idOf(stream, "target-down", String(at)), kind: "target-down", sentence },
    ];
  }
  if (isDown || announced?.kind !== "target-down") return [];
  if (last === undefined || last.at <= announced.at || !last.runs.some(isComplete)) return [];
  const sentence = `runs complete again since ${date}`;
  return [{ ...head, id: idOf(stream, "target-up", String(at)), kind: "target-up", sentence }];
}

const isBroken = ({ outcome, interruptionCause }: HistoryRun): boolean =>
  outcome === "incomplete" && isOfInfrastructure(interruptionCause);

const idOf = ({ profile, environment }: Stream, kind: string, night: string): string =>
  `${profile}/${environment}/target/${kind}/${night}`;

/**
 * The nightly run on one page.
 *
 *   lock → runs (each repeated once where the infrastructure failed) → directory of the nightly run → history → changes of level
 *        → what each metric's status was → notifications, once → outbox → receivers
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
import { minReferenceNightlyRuns, referenceValues } from "../analysis/history/reference.ts";
import {
  dateOf,
  newestNightlyRuns,
  nightlyRunsJudged,
  streamsOf,
} from "../analysis/history/streams.ts";
import { trendsOf } from "../analysis/history/trends.ts";
import { messageOf, StoreError, type EngineError, type TargetError } from "./domain/errors.ts";
import type { RunOutcome } from "./domain/exit-status.ts";
import type { Acceptance, HistoryRun, Stream, Trend } from "./domain/history.ts";
import type { Report } from "./domain/report.ts";
import type { Count, PlainName } from "./domain/written.ts";
import type { Message } from "./notify/message.ts";
import { Outbox, type Delivery } from "./notify/outbox.ts";
import type { PostOptions } from "./notify/post.ts";
import type { Receiver } from "./notify/receivers.ts";
import type { JudgedRun, RunContext, RunRequest } from "./pipeline.ts";
import { isOfInfrastructure, repeatRuns, type RepeatContext } from "./repeat-runs.ts";
import { readBaseline } from "./store/baselines.ts";
import { decisionsOf } from "./store/decisions.ts";
import { leftOutTexts, readHistory } from "./store/history.ts";
import { takeLock } from "./store/lock.ts";
import { writtenHere } from "./store/new-run-record.ts";
import { newRunDirectory, runFiles } from "./store/run-directory.ts";
import { writeRunRecord, writeWhole } from "./store/run-writer.ts";
import { sealedText } from "./store/stored-document.ts";

export interface NightlyRequest {
  readonly run: RunRequest;
  readonly repetitions: number;
  readonly receivers: readonly Receiver[];
  /** Where the directory of runs is published. */
  readonly reportsUrl?: string | undefined;
  /** Says what would be sent, sends and records nothing. */
  readonly isNotifyDryRun: boolean;
}

/** Requests of the last 28 days as the environment's metrics store counted them, in stretches of five minutes or less. */
export type ReadAvailability = () => Promise<readonly RequestCount[]>;

export interface NightlyContext extends RepeatContext, NotifyContext {}

/** Edges of the notifications of a nightly run. */
export interface NotifyContext extends PostOptions {
  readonly runsRoot: string;
  /** Asked only where the environment names a Prometheus-compatible store. */
  readonly readAvailability?: ReadAvailability;
  /** Draws the trend of a metric into a file; @throws where it cannot. Absent: there are no pictures. */
  readonly drawTrend?: DrawTrend;
}

export type DrawTrend = (trend: Trend, stream: Stream, file: string) => Promise<void>;

/** What a nightly run came to; `--json` prints it. */
export interface NightlyAnswer {
  /** Id of the nightly run; absent where no run left a directory. */
  readonly id?: PlainName;
  /** Status of every metric, and which changes need a notification. */
  readonly judged: JudgedNightly;
  /** Objectives that may send notifications. */
  readonly objectives: Count;
  /** Nightly runs of this history. */
  readonly nightlyRuns: Count;
  /** Notifications of this nightly run. */
  readonly messages: readonly Message[];
  /** What was sent, and what is still queued. */
  readonly delivery: Delivery;
  /** What of the history, the queue or the pinned reference could not be used. */
  readonly problems: readonly string[];
  /** The error budget of 28 days. */
  readonly availability: Availability;
}

export interface NightlyResult extends NightlyAnswer {
  /** The last attempt of each repetition: the exit status is theirs. */
  readonly reports: readonly Report[];
  /** Why a run could not be started, twice: reported after the nightly run was stored. */
  readonly failure?: TargetError | EngineError;
}

/** The error budget, or why it is unknown: load runs alone cannot give it. */
export type Availability =
  | {
      /** The metrics store counts the requests. */
      readonly kind: "known";
      /** Availability and its error budget. */
      readonly budget: ErrorBudget;
    }
  | {
      /** Nothing counts the requests. */
      readonly kind: "not-known";
      /** Why it is unknown. */
      readonly sentence: string;
    };

/** @throws StoreError while another nightly run is active, ConfigError and UsageError as a run does */
export async function nightly(
  request: NightlyRequest,
  context: NightlyContext,
): Promise<NightlyResult> {
  return locked(context, async () => {
    const startedAt = context.now();
    const { reports, members, failure } = await repeatRuns(
      request.run,
      { times: request.repetitions, attempts: 2 },
      context,
    );
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
  { run, receivers, isNotifyDryRun, reportsUrl }: NightlyRequest,
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
  const published = isNotifyDryRun
    ? { messages: notifications, problems: [] }
    : await withReports(notifications, { stream, trends, reportsUrl, receivers, context });
  const messages = isNotifyDryRun
    ? notifications
    : outbox.put(published.messages, receivers, context.now());
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
    nightlyRuns: stream.nightlyRuns.length,
    messages,
    delivery,
    problems: [
      ...leftOutTexts(history.leftOut),
      ...outbox.problems(),
      ...problems,
      ...published.problems,
    ],
    availability: await availabilityOf(run.environment, context),
  };
}

interface PublishedParts {
  readonly stream: Stream;
  readonly trends: readonly Trend[];
  readonly reportsUrl: string | undefined;
  readonly receivers: readonly Receiver[];
  readonly context: NotifyContext;
}

/** Beside the report of the newest run: its address, and for Slack a picture of the metric's trend. */
async function withReports(
  notifications: readonly Message[],
  { stream, trends, reportsUrl, receivers, context }: PublishedParts,
): Promise<{ readonly messages: readonly Message[]; readonly problems: readonly string[] }> {
  const newest = stream.nightlyRuns.at(-1)?.runs.at(-1);
  if (reportsUrl === undefined || newest === undefined)
    return { messages: notifications, problems: [] };
  const base = `${reportsUrl.replace(/\/+$/, "")}/${newest.id}`;
  const link = `${base}/${runFiles.html}`;
  const isDrawn = context.drawTrend !== undefined && receivers.some(({ kind }) => kind === "slack");
  const problems: string[] = [];
  const messages: Message[] = [];
  for (const message of notifications) {
    const trend = trends.find(({ metric }) => metric === message.metric);
    const name = `trend-${message.metric.replaceAll(/[^\w.-]/g, "-")}.png`;
    let picture: string | undefined;
    if (isDrawn && trend !== undefined)
      try {
        await context.drawTrend?.(trend, stream, path.join(context.runsRoot, newest.id, name));
        picture = `${base}/${name}`;
      } catch (error) {
        problems.push(`the picture of ${message.metric}: ${messageOf(error)}`);
      }
    messages.push({ ...message, ...defined({ link, picture }) });
  }
  return { messages, problems };
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
    const few = `the pinned reference ${name} has valid runs of ${reference.nightlyRuns} nightly runs, a slow regression needs ${minReferenceNightlyRuns}`;
    return {
      decisions: { ...decisions, reference },
      problems: reference.nightlyRuns < minReferenceNightlyRuns ? [few] : [],
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
  { judged, messages, objectives, nightlyRuns, availability }: NightlyResult,
): void {
  const document = {
    schemaVersion: 1,
    id,
    nightlyRuns,
    objectives,
    ...judged,
    availability,
    messages: messages.map((each) => each.id),
  };
  writeWhole(path.join(root, id), "nightly.json", sealedText(document));
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
    return { profile: profile.name, environment: environment.name, nightlyRuns: [], marks: [] };
  if (recent === undefined)
    throw new StoreError(
      `no nightly run of ${profile.name} on ${environment.name} was measured yet`,
      {
        code: "no-runs",
      },
    );
  return newestNightlyRuns(recent, nightlyRunsJudged);
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
  const last = stream.nightlyRuns.at(-1);
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

const idOf = ({ profile, environment }: Stream, kind: string, nightlyRun: string): string =>
  `${profile}/${environment}/target/${kind}/${nightlyRun}`;

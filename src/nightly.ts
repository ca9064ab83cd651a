/**
 * The night on one page.
 *
 *   lock → runs (each repeated once where the infrastructure failed) → night directory → history → changes of level
 *        → what each metric's night was → news, once → outbox → receivers
 *
 * The verdict is never retried: a run that failed its objectives has answered.
 */
import path from "node:path";
import { judgeNight, type JudgedNight } from "../analysis/history/judge-night.ts";
import { dateOf, streamsOf } from "../analysis/history/streams.ts";
import { trendsOf } from "../analysis/history/trends.ts";
import type { Stream } from "../analysis/history/types.ts";
import { EngineError, StoreError, TargetError } from "./domain/errors.ts";
import { toJson } from "./domain/json.ts";
import type { Report } from "./domain/report.ts";
import type { Message } from "./notify/message.ts";
import { Outbox, type Delivery } from "./notify/outbox.ts";
import type { PostOptions } from "./notify/post.ts";
import type { Receiver } from "./notify/receivers.ts";
import type { JudgedRun, RunContext, RunRequest } from "./pipeline.ts";
import { readHistory } from "./store/history.ts";
import { takeLock } from "./store/lock.ts";
import { createRunDirectory, newRunId } from "./store/run-directory.ts";
import { writeRunRecord, writeWhole } from "./store/run-writer.ts";

export interface NightRequest {
  readonly run: RunRequest;
  readonly repetitions: number;
  readonly receivers: readonly Receiver[];
  /** Says what would be sent, sends and records nothing. */
  readonly isNotifyDryRun: boolean;
}

export interface NightContext extends RunContext, PostOptions {
  /** The main job; handed in so that a night can be tried without k6. */
  readonly perform: (request: RunRequest, context: RunContext) => Promise<JudgedRun>;
  readonly onRun: (run: JudgedRun) => void;
}

export interface NightResult {
  readonly id?: string;
  /** The last try of each repetition: what the exit status looks at. */
  readonly reports: readonly Report[];
  readonly judged: JudgedNight;
  readonly objectives: number;
  readonly nights: number;
  readonly messages: readonly Message[];
  readonly delivery: Delivery;
  readonly problems: readonly string[];
  /** Where not one run could be started: told after the night was written down. */
  readonly failure?: TargetError | EngineError;
}

/** Nights that the detection looks at: its rate of false messages was measured with these. */
const nightsLookedAt = 120;

/** @throws StoreError while another night runs, ConfigError and UsageError as a run does */
export async function nightly(request: NightRequest, context: NightContext): Promise<NightResult> {
  const lock = takeLock(context.runsRoot, context.now());
  if (lock.takenOverFrom !== undefined)
    context.onStage(`took over the lock that ${lock.takenOverFrom} left behind`);
  try {
    const startedAt = context.now();
    const { reports, members, failure } = await runAll(request, context);
    const id = writeNight({ startedAt, members, request, context });
    const result = await tellNight(request, context, reports, failure);
    const whole = {
      ...result,
      ...(id === undefined ? {} : { id }),
      ...(failure === undefined ? {} : { failure }),
    };
    if (id !== undefined) writeNightFile(context.runsRoot, id, whole);
    return whole;
  } finally {
    lock.release();
  }
}

/** What the stored history says now, without a run: for receivers that were down, and to try a receiver. */
export async function tellNight(
  { run, receivers, isNotifyDryRun }: NightRequest,
  context: Pick<NightContext, "runsRoot" | "now" | "sleep">,
  reports: readonly Report[],
  failure?: TargetError | EngineError,
): Promise<NightResult> {
  const history = readHistory(context.runsRoot);
  const stream = streamOf(history.runs, run, failure);
  const trends = trendsOf(stream);
  const outbox = new Outbox(context.runsRoot);
  const told = outbox
    .messages()
    .filter(
      ({ profile, environment }) =>
        profile === stream.profile && environment === stream.environment,
    );
  const judged = judgeNight(stream, trends, told);
  const news = [...judged.news, ...downNews(stream, told, { failure, now: context.now() })].map(
    (each): Message => ({
      ...each,
      profile: stream.profile,
      environment: stream.environment,
    }),
  );
  const messages = isNotifyDryRun ? news : outbox.put(news, receivers, context.now());
  const delivery = isNotifyDryRun
    ? { sent: 0, waiting: [] }
    : await outbox.deliver(receivers, context);
  return {
    reports,
    judged,
    objectives: trends.filter(({ isObjective }) => isObjective).length,
    nights: stream.nights.length,
    messages,
    delivery,
    problems: history.problems,
  };
}

interface Runs {
  readonly reports: readonly Report[];
  /** Every try, so that nothing is hidden. */
  readonly members: readonly JudgedRun[];
  readonly failure?: TargetError | EngineError;
}

async function runAll({ run, repetitions }: NightRequest, context: NightContext): Promise<Runs> {
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
        if (isRetry) return { reports, members, failure: error };
        context.onStage(`${String(error)}: tried once more`);
        continue;
      }
      if (!isInfrastructureFailure(last.report) || context.interrupted.aborted) break;
      if (!isRetry) context.onStage(`${last.report.sentence} Tried once more.`);
    }
    if (last !== undefined) reports.push(last.report);
  }
  return { reports, members };
}

const isInfrastructure = (error: unknown): error is TargetError | EngineError =>
  error instanceof TargetError || error instanceof EngineError;

/** Incomplete by a fault of k6 or because the target could not be reached; an invalid run is an answer. */
const isInfrastructureFailure = ({ outcome, run }: Report): boolean =>
  outcome === "incomplete" &&
  (run.interruption?.cause === "engine" || run.interruption?.cause === "target");

interface NightFacts {
  readonly startedAt: number;
  readonly members: readonly JudgedRun[];
  readonly request: NightRequest;
  readonly context: NightContext;
}

/** @returns its id; `undefined` where no run left a directory */
function writeNight({ startedAt, members, request, context }: NightFacts): string | undefined {
  const first = members[0]?.report.run;
  if (first === undefined) return undefined;
  const id = newRunId("night", startedAt);
  const { interruption: _interruption, loadStartedAt: _loadStartedAt, ...record } = first;
  writeRunRecord(createRunDirectory(context.runsRoot, id), {
    ...record,
    id,
    kind: "nightly",
    members: members.map(({ directory }) => path.basename(directory)),
    state: context.interrupted.aborted ? "interrupted" : "complete",
    startedAt,
    endedAt: context.now(),
    pid: process.pid,
    command: request.run.command,
  });
  return id;
}

function writeNightFile(
  root: string,
  id: string,
  { judged, messages, objectives, nights }: NightResult,
): void {
  const document = {
    schemaVersion: 1,
    id,
    nights,
    objectives,
    ...judged,
    messages: messages.map((each) => each.id),
  };
  writeWhole(path.join(root, id), "night.json", `${toJson(document, 2)}\n`);
}

/** @throws StoreError where nothing was ever measured for this profile and environment and tonight says nothing either */
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
    throw new StoreError(`no night of ${profile.name} on ${environment.name} was measured yet`, {
      code: "no-runs",
    });
  const from = Math.max(0, recent.nights.length - nightsLookedAt);
  return {
    ...recent,
    nights: recent.nights.slice(from),
    marks: recent.marks
      .filter(({ index }) => index >= from)
      .map((mark) => ({ ...mark, index: mark.index - from })),
  };
}

interface Tonight {
  readonly failure: Error | undefined;
  readonly now: number;
}

/** A night that could not be measured at all is a P0 by the specification ("system down"): once, until a night is back. */
function downNews(
  stream: Stream,
  told: readonly Message[],
  { failure, now }: Tonight,
): Omit<Message, "profile" | "environment">[] {
  const last = stream.nights.at(-1);
  if (last === undefined && failure === undefined) return [];
  const isDown =
    failure !== undefined || (last?.runs.every(({ outcome }) => outcome === "incomplete") ?? false);
  const announced = told.findLast(({ metric }) => metric === "target");
  const at = failure === undefined ? (last?.at ?? now) : now;
  const date = dateOf(at);
  const head = { metric: "target", severity: "P0", at, suspects: [] } as const;
  if (isDown && announced?.kind !== "target-down") {
    const why = failure === undefined ? "" : `: ${failure.message}`;
    const sentence = `not one run of the night of ${date} could be completed${why}`;
    return [
      { ...head, id: idOf(stream, "target-down", String(at)), kind: "target-down", sentence },
    ];
  }
  if (isDown || announced?.kind !== "target-down") return [];
  const sentence = `runs complete again since ${date}`;
  return [{ ...head, id: idOf(stream, "target-up", String(at)), kind: "target-up", sentence }];
}

const idOf = ({ profile, environment }: Stream, kind: string, night: string): string =>
  `${profile}/${environment}/target/${kind}/${night}`;

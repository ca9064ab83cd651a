/**
 * The whole flow on one page. Start reading here.
 *
 *   profile + scenario + environment → plan → k6 → samples → windows ┐
 *                         observers ─────→ observations ─────────────┤
 *                                                                    └→ validity → estimates → verdicts → findings → reports
 *
 * Each stage leaves files in the run's directory; `judge` repeats everything after the load from them.
 */
import { defined } from "./domain/defined.ts";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { assess } from "../analysis/assess.ts";
import { createAbortWatch } from "../analysis/verdicts/abort-watch.ts";
import { objectives } from "../profiles/platform/objectives.ts";
import { specifiedPlatform } from "../profiles/platform/specified-platform.ts";
import { reporters } from "../reports/index.ts";
import { checkApproval } from "./config/approval.ts";
import { checkCommand } from "./config/ceilings.ts";
import type { PlanOverrides } from "./config/environment-file.ts";
import { addressesOf, checkHosts } from "./config/hosts.ts";
import { passwordOf } from "./config/password.ts";
import { eventSettings } from "./config/event-makers.ts";
import type { RequestedEvent } from "./config/planned-event.ts";
import { Problems } from "./config/problems.ts";
import { resolvePlan, type KeptSamples, type RequestedMix } from "./config/resolve-plan.ts";
import type { Environment, Targets } from "./domain/environment.ts";
import { ConfigError, StoreError } from "./domain/errors.ts";
import { toJson } from "./domain/json.ts";
import type { LoadProgress } from "./domain/load-progress.ts";
import type { Gap } from "./domain/observation.ts";
import { holdStartMs, runnerNames, samplesFileOf, type Plan } from "./domain/plan.ts";
import type { LoadProfile } from "./domain/profile.ts";
import type { Report } from "./domain/report.ts";
import type { Calibration, RunRecord } from "./domain/run.ts";
import { measuredByRunner } from "./domain/measured-by-runner.ts";
import { formatDuration, formatTimeOfDay } from "./domain/time-text.ts";
import type { WindowRecord } from "./domain/window.ts";
import { buildScenarios, writeBundle, type BuiltScenarios } from "./engine/bundle.ts";
import { calibrate, type CalibrationResult } from "./engine/calibrate.ts";
import { driveLoad, type LoadOptions, type LoadWriter } from "./engine/drive-load.ts";
import { secretVariables } from "./engine/k6-environment.ts";
import { browserDirectory, runBrowser } from "./engine/run-browser.ts";
import { loadProgress } from "./engine/load-progress.ts";
import { generatorFingerprint } from "./engine/fingerprint.ts";
import { locateK6, type K6Binary } from "./engine/locate-k6.ts";
import { startNoopEndpoint } from "./engine/noop-endpoint.ts";
import { pushTo } from "./engine/push.ts";
import { RateWatch } from "./engine/rate-watch.ts";
import { readSamples } from "./engine/read-samples.ts";
import { WindowBuilder } from "./engine/window-builder.ts";
import { coolDown } from "./observe/cool-down.ts";
import { asRefusal } from "./events/kubernetes-events.ts";
import { makersOf } from "./events/maker-of.ts";
import { runEvents } from "./events/run-events.ts";
import { readBackAs } from "./platform/read-back.ts";
import { watchSignIn } from "./platform/watch-sign-in.ts";
import type { EventKind } from "./domain/resilience.ts";
import { observeGenerator } from "./observe/generator.ts";
import { startObservers, type Watch } from "./observe/start-observers.ts";
import { browserWatch, type BrowserWatchOptions } from "./observe/browser/watch.ts";
import { clockOf, clusterOf, watchesOf, watchNames } from "./observe/watches.ts";
import { SANDBOX_PASSWORD, type SandboxCluster } from "./domain/sandbox.ts";
import { ignoredDatabaseNotice, sandboxDatabaseUrl } from "./sandbox-client/database-url.ts";
import { loadSandbox } from "./sandbox-client/package.ts";
import { startSandboxProcess, type SandboxProcess } from "./sandbox-client/process.ts";
import { cutBack, keepCollected, readCollected } from "./store/collected.ts";
import { lockHosts } from "./store/host-locks.ts";
import type { Receiver } from "./runners/run-objects.ts";
import {
  findKubernetesRunners,
  startKubernetesRunners,
  type KubernetesRunners,
  type KubernetesRunnersOptions,
  type RunnerCollected,
} from "./runners/runners-on-kubernetes.ts";
import { knownSecrets } from "./secrets/known-secrets.ts";
import { readJudgeableRun, refuseRunning } from "./store/judgeable-run.ts";
import { takeLock } from "./store/lock.ts";
import { newRunRecord, writtenHere } from "./store/new-run-record.ts";
import { newRunDirectory, runFiles } from "./store/run-directory.ts";
import { readRun, readRunRecord } from "./store/run-reader.ts";
import { sealedText } from "./store/stored-document.ts";
import { sealOf } from "./store/stored-lines.ts";
import { RunWriter, startHeartbeat, writeRunRecord, writeWhole } from "./store/run-writer.ts";

/** What somebody asked for. */
export interface RunRequest {
  readonly profile: LoadProfile;
  readonly environment: Environment;
  readonly overrides: PlanOverrides;
  readonly targets: Targets;
  /** Measured; absent: the assumed mix of the profile. */
  readonly mix?: RequestedMix | undefined;
  readonly approvalFile?: string;
  /** Of the sandbox, on purpose. */
  readonly faults: readonly string[];
  /** Pods, autoscalers and nodes before the sandbox's surfaces. */
  readonly cluster?: SandboxCluster;
  /** What happens to the platform while the load goes on. */
  readonly events?: readonly RequestedEvent[] | undefined;
  /** Real browsers beside the protocol load. */
  readonly browserUsers?: number;
  /** Rows of k6 to keep; absent: as the profile says. */
  readonly samples?: KeptSamples | undefined;
  /** k6 processes that share the load; absent: one. */
  readonly runners?: number | undefined;
  /** The runners are pods of the environment's cluster; absent: processes of this machine. */
  readonly onKubernetes?: boolean;
  /** Remote-write receiver that k6 writes to while the load goes on. */
  readonly pushUrl?: string;
  readonly seed: number;
  /** As typed, for the report. */
  readonly command: string;
}

/** Where things are on this machine, and who listens. */
export interface RunContext {
  readonly packageRoot: string;
  readonly headroomVersion: string;
  readonly runsRoot: string;
  readonly cacheDirectory: string;
  readonly configuredK6?: string;
  readonly calibration?: Calibration;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  readonly interrupted: AbortSignal;
  /** Aborts `interrupted` when a stop file appears in the directory. @returns what ends the watch */
  readonly watchForStop?: ((directory: string) => () => void) | undefined;
  readonly onStage: (line: string) => void;
  readonly onProgress: (progress: LoadProgress) => void;
  /** For the live view, told what a load writes while it goes on (`--live`). @returns the load's writer */
  readonly follow?: ((plan: Plan, writer: LoadWriter) => LoadWriter) | undefined;
}

export interface JudgedRun {
  readonly directory: string;
  readonly report: Report;
}

/** The plan as it would be run. The sandbox's addresses are known only once it runs. */
export async function plan(
  request: RunRequest,
  context: RunContext,
  targets?: Targets,
): Promise<Plan> {
  const { environment, approvalFile } = request;
  const known = targets ?? (environment.sandbox ? placeholderTargets : request.targets);
  const now = context.now();
  const problems = new Problems();
  const approval = problems.attempt(() => checkApproval(environment, approvalFile, now));
  const resolvedAddresses = await problems.settled(checkHosts(environment, known));
  const resolved = problems.attempt(() =>
    resolvePlan({
      profile: request.profile,
      environment,
      targets: known,
      resolvedAddresses: resolvedAddresses ?? {},
      overrides: request.overrides,
      mix: request.mix,
      objectives,
      seed: request.seed,
      observers: watchNames(environment, request.cluster !== undefined),
      browserUsers: request.browserUsers,
      samples: request.samples,
      events: request.events,
      runners: request.runners,
      timeScale: request.cluster?.scale ?? environment.observers.kubernetes?.clock?.scale ?? 1,
      hourUtc: (now % 86_400_000) / 3_600_000,
      now,
      approval,
      approvalFile,
    }),
  );
  problems.raise((message) => new ConfigError(message, { code: "refused" }));
  if (resolved === undefined) throw new Error("a plan that was refused must have been reported");
  return resolved;
}

/**
 * All runs that a command plans, before its first: what they are together must be allowed, too.
 * @param mostMs the command begins no run that would end later, milliseconds from now; absent: it makes all of them
 * @returns the plan of each request @throws ConfigError as `plan` does, and for the ceilings of a command
 */
export async function planCommand(
  runs: readonly { readonly request: RunRequest; readonly times: number }[],
  context: RunContext,
  mostMs?: number,
): Promise<readonly Plan[]> {
  const [first] = runs;
  if (first === undefined) return [];
  const planned: { readonly plan: Plan; readonly times: number }[] = [];
  for (const { request, times } of runs)
    planned.push({ plan: await plan(request, context), times });
  const { environment, approvalFile } = first.request;
  checkCommand(environment, planned, { now: context.now(), approvalFile, mostMs });
  return planned.map((one) => one.plan);
}

/** The main job: plan, check, run, observe, judge, report. @throws HeadroomError where it could not even start */
export async function run(request: RunRequest, context: RunContext): Promise<JudgedRun> {
  const { sandbox } = request.environment;
  const wanted = await plan(request, context);
  // Missing, it is missed before k6 is installed.
  if (sandbox) await loadSandbox();
  const password = sandbox ? SANDBOX_PASSWORD : passwordOf(wanted, context.env);
  for (const warning of knownSecrets.warnings) context.onStage(`warning: ${warning}`);
  // Side by side: each takes a while, and none needs another.
  const starting = sandbox ? startPlatform(request, context) : undefined;
  const building = buildScenarios({
    packageRoot: context.packageRoot,
    flows: [...new Set(wanted.arrivals.map(({ flow }) => flow))],
  });
  // Awaited later than they may reject.
  for (const task of [starting, building]) task?.catch(() => undefined);
  try {
    const binary = await locateK6({
      configuredPath: context.configuredK6,
      cacheDirectory: context.cacheDirectory,
      path: context.env["PATH"] ?? "",
      progress: context.onStage,
      signal: context.interrupted,
    });
    const platform = await starting;
    const scenario = await building;
    const checked = await plan(request, context, platform?.urls);
    const resources = { request, context, binary, scenario, password, platform };
    const directory = await load(checked, resources);
    context.onStage("judging");
    // It stops while this process judges.
    void platform?.stop();
    return judge(directory);
  } finally {
    const [platform] = await Promise.allSettled([starting]);
    if (platform.status === "fulfilled") await platform.value?.stop();
  }
}

/**
 * Everything after the load, from the run's files: assess, then write verdicts and reports beside them.
 * @throws StoreError where they do not suffice
 */
export function judge(directory: string): JudgedRun {
  const report = assess(readJudgeableRun(directory));
  writeWhole(directory, runFiles.verdicts, sealedText(report));
  writeWhole(directory, runFiles.html, reporters.html(report));
  writeWhole(directory, runFiles.markdown, reporters.markdown(report));
  writeWhole(directory, runFiles.junit, reporters.junit(report));
  writeWhole(directory, runFiles.csv, reporters.csv(report));
  writeWhole(directory, runFiles.openmetrics, reporters.openmetrics(report));
  return { directory, report };
}

/** Where the windows that are judged come from. */
export type WindowsFrom =
  | { readonly source: "samples"; readonly rows: number }
  | { readonly source: "windows"; readonly why?: string };

/**
 * Windows anew from the raw samples, where a run kept them whole. What a run that died left of them is all there is;
 * of a run that came to its end, samples that were cut off since are worth less than its windows.
 * @throws StoreError where the run still goes on
 */
export async function rebuildWindows(directory: string): Promise<WindowsFrom> {
  const stored = readRunRecord(directory);
  refuseRunning(stored);
  const runners = runnerNames(stored.plan);
  const fileOf = (runner: string): string => path.join(directory, samplesFileOf(runner));
  const missing = runners.filter((runner) => !existsSync(fileOf(runner)));
  if (missing.length === runners.length) return { source: "windows" };
  const [gone] = missing;
  if (gone !== undefined) return { source: "windows", why: `${fileOf(gone)} is missing` };
  const lines: string[] = [];
  let rows = 0;
  let malformed = 0;
  for (const runner of runners) {
    const emit = (record: WindowRecord): void => void lines.push(toJson(record));
    const builder = new WindowBuilder({ generator: runner, emit });
    const read = await readSamples(fileOf(runner), builder);
    builder.close();
    // What a runner that was killed left is all there is, too.
    if (read.truncated && stored.state === "complete")
      return { source: "windows", why: `${fileOf(runner)} was cut off after the run` };
    rows += read.rows;
    malformed += read.malformed;
  }
  const content = lines.map((line) => `${line}\n`).join("");
  writeWhole(directory, runFiles.windows, content);
  const { files, unreadableSampleRows: before, ...same } = stored;
  if (files !== undefined || (before ?? 0) !== malformed)
    writeRunRecord(directory, {
      ...same,
      unreadableSampleRows: malformed === 0 ? undefined : malformed,
      files: files === undefined ? undefined : { ...files, windows: sealOf(content) },
    });
  return { source: "samples", rows };
}

/** What this machine can do as a generator; kept for the validity check of every run. */
export async function calibrateGenerator(
  binary: K6Binary,
  context: RunContext,
): Promise<CalibrationResult> {
  const endpoint = await startNoopEndpoint();
  try {
    return await calibrate({
      binary,
      url: endpoint.url,
      durationMs: 5000,
      workDirectory: path.join(context.cacheDirectory, "calibration"),
      progress: context.onStage,
    });
  } finally {
    endpoint.stop();
  }
}

interface LoadResources {
  readonly request: RunRequest;
  readonly context: RunContext;
  readonly binary: K6Binary;
  readonly scenario: BuiltScenarios;
  /** Absent where nobody signs in. */
  readonly password: string | undefined;
  /** The sandbox that was started for the run. */
  readonly platform: SandboxProcess | undefined;
}

/** @throws StoreError while another run of this root loads one of the hosts */
async function load(checked: Plan, options: LoadResources): Promise<string> {
  const { runsRoot: root, now, onStage } = options.context;
  const directory = newRunDirectory(root, checked.profile, now());
  let release: (() => void) | undefined;
  try {
    release = lockHosts(checked, {
      root,
      run: path.basename(directory),
      now: now(),
      onTakenOver: onStage,
    });
    return await loadLocked(checked, directory, options);
  } finally {
    // What did not begin leaves nothing.
    if (!existsSync(path.join(directory, runFiles.record)))
      rmSync(directory, { recursive: true, force: true });
    release?.();
  }
}

/** Runs k6 and writes what it measures as it comes. A run that dies leaves its directory readable. */
async function loadLocked(
  checked: Plan,
  directory: string,
  { request, context, binary, scenario, password, platform }: LoadResources,
): Promise<string> {
  const bundle = writeBundle(scenario, directory);
  const clock = clockOf({ environment: request.environment, sandbox: platform });
  let record = newRunRecord({
    id: path.basename(directory),
    plan: checked,
    scenarioHash: bundle.sha256,
    versions: { headroom: context.headroomVersion, k6: binary.version },
    generator: generatorFingerprint(),
    // What this machine can do says nothing of a cluster's nodes.
    calibration: request.onKubernetes === true ? undefined : context.calibration,
    targetLabels: labelsOf(request),
    silence: request.environment.silence,
    clock,
    startedAt: context.now(),
    command: request.command,
  });
  const keep = (changes: Partial<RunRecord>): void =>
    writeRunRecord(directory, (record = { ...record, ...changes }));
  const variables = secretVariables(checked, password, context.env);
  const makers = await makersOf(checked.events ?? [], {
    environment: request.environment,
    sandboxApiUrl: platform?.urls.api,
    directory,
    say: context.onStage,
  }).catch((error: unknown) => {
    throw asRefusal(error);
  });
  const { pushUrl } = request;
  const push = pushUrl === undefined ? undefined : pushTo(pushUrl, context.env);
  const cluster = await runnersOf(checked, {
    request,
    context,
    id: record.id,
    scenarioFile: bundle.file,
    variables: { ...push?.variables, ...variables },
    receiver: pushUrl === undefined ? undefined : await receiverAt(pushUrl),
    onGenerator: (generator, k6) => keep({ generator, versions: { ...record.versions, k6 } }),
  });
  keep({});
  context.onStage(
    `loading ${checked.profile} for ${Math.round(checked.durationMs / 1000)} s, run ${record.id}`,
  );

  const rateWatch = rateWatchOf(checked);
  const watches = await whoWatches(checked, {
    request,
    context,
    platform,
    password,
    loadStartedAt: () => record.loadStartedAt ?? record.startedAt,
    startBrowser: (chromium, onLog) =>
      runBrowser({
        binary,
        bundleFrom: context.packageRoot,
        directory,
        plan: checked,
        variables,
        chromium,
        onLog,
        onRequest: (sentAt) => rateWatch?.request(sentAt),
      }),
  });
  await drive(checked, {
    directory,
    context,
    cluster,
    keep,
    load: {
      binary,
      bundle,
      variables,
      push,
      readBack: (writes, since) =>
        readBackAs(checked.identities, {
          writes,
          since,
          target: checked.targets.api ?? "",
          password: password ?? "",
          onStage: context.onStage,
        }),
      startObservers: (sink) => startObservers(watches, sink, context.now),
      runEvents: (loadStartedAt, sinks) =>
        runEvents({
          ...sinks,
          makers,
          holdStartsAt: loadStartedAt + holdStartMs(checked),
          timeoutMs: eventSettings(request.environment).timeoutMs,
          now: context.now,
        }),
      rateWatch,
    },
  }).finally(() => {
    for (const maker of makers.values()) maker.close?.();
  });
  return directory;
}

/** A load to its end, which the run's record then says. */
async function drive(
  driven: Plan,
  {
    directory,
    context,
    cluster,
    keep,
    load: options,
  }: {
    readonly directory: string;
    readonly context: RunContext;
    readonly cluster: KubernetesRunners | undefined;
    readonly keep: (changes: Partial<RunRecord>) => void;
    readonly load: Pick<
      LoadOptions,
      | "binary"
      | "bundle"
      | "variables"
      | "push"
      | "startObservers"
      | "runEvents"
      | "readBack"
      | "rateWatch"
      | "resumed"
    >;
  },
): Promise<void> {
  const { now } = context;
  const abortWatch = createAbortWatch(driven.abortRules, driven.phases);
  const stopHeartbeat = startHeartbeat(directory);
  const endStopWatch = context.watchForStop?.(directory);
  let endCollected: (() => void) | undefined;
  try {
    const result = await driveLoad({
      ...options,
      plan: driven,
      directory,
      interrupted: context.interrupted,
      openWriter: (onFailure) => {
        const { keepSamples } = driven;
        const runners = runnerNames(driven);
        const writer = new RunWriter({ directory, keepSamples, runners, onFailure });
        if (cluster !== undefined)
          endCollected = keepCollected(directory, writer, { runners: cluster.collected, now });
        return context.follow?.(driven, writer) ?? writer;
      },
      newRunner: cluster?.newRunner,
      observe: observeGenerator,
      abortRule: (window) => abortWatch.see(window),
      onLoadStart: (at) => keep({ loadStartedAt: at }),
      onSecond: (live, loadStartedAt) =>
        context.onProgress(loadProgress(driven, live, now() - loadStartedAt)),
      now,
    });
    keep({
      ...result,
      endedAt: now(),
      state: result.interruption === undefined ? "complete" : "interrupted",
    });
  } finally {
    endCollected?.();
    stopHeartbeat();
    endStopWatch?.();
    await cluster?.remove();
  }
}

/**
 * Goes on with a run whose Headroom died while its runners in a cluster go on, or keep what they measured: collects it from where
 * it was collected to, and judges the run.
 * @throws StoreError where there is nothing to go on with, EngineError where nothing of the runners is left
 */
export async function attach(
  directory: string,
  { environment, context }: { readonly environment: Environment; readonly context: RunContext },
): Promise<JudgedRun> {
  const { now, onStage } = context;
  const id = path.basename(directory);
  const lock = takeLock(directory, now(), {
    file: "attach.lock",
    busy: `another Headroom is attached to ${id}`,
  });
  let release: (() => void) | undefined;
  try {
    const { interruption: _, ...stored } = readRunRecord(directory);
    const { plan: driven, loadStartedAt } = stored;
    refuseRunning(stored);
    const collected = readCollected(directory);
    if (collected === undefined) throw nothingToAttachTo(id);
    const { runners: settings } = environment;
    if (settings === undefined)
      throw new ConfigError(
        `environment ${environment.name} has no "runners": it does not say where those of ${id} are`,
        { code: "no-runners" },
      );
    const root = path.dirname(directory);
    release = lockHosts(driven, { root, run: id, now: now(), onTakenOver: onStage });
    // Written by a Headroom of the same run.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const { runners } = collected as { readonly runners: Record<string, RunnerCollected> };
    const measuredUntil = new Map<string, number>();
    const cluster = await findKubernetesRunners({
      id,
      plan: driven,
      settings,
      now,
      onStage,
      collected: runners,
      loadStartedAt,
      measuredUntil,
    });
    cutBack(directory, collected.files);
    const { windows, byRunner = measuredByRunner(windows) } = readRun(directory);
    for (const [runner, measured] of byRunner) measuredUntil.set(runner, measured.measuredUntil);
    let record: RunRecord = { ...stored, ...writtenHere(), state: "running" };
    const keep = (changes: Partial<RunRecord>): void =>
      writeRunRecord(directory, (record = { ...record, ...changes }));
    keep({});
    const unattendedFrom = collected.at;
    onStage(`attached to ${id}, ${formatDuration(now() - unattendedFrom)} after its Headroom died`);
    const watches = watchesOf({
      environment,
      env: context.env,
      sandbox: undefined,
      phases: driven.phases,
      specified: specifiedPlatform,
      loadStartedAt: () => record.loadStartedAt ?? record.startedAt,
    });
    await drive(driven, {
      directory,
      context,
      cluster,
      keep,
      load: {
        // Theirs: no k6 is started here.
        binary: { path: "k6", version: stored.versions.k6, source: "path" },
        bundle: { file: path.join(directory, runFiles.scenario) },
        variables: {},
        startObservers: (sink) => {
          for (const gap of unattended(driven, unattendedFrom, now())) sink.gap(gap);
          return startObservers(watches, sink, now);
        },
        rateWatch: rateWatchOf(driven),
        resumed: { loadStartedAt, windows, unattendedFrom },
      },
    });
    onStage("judging");
    return judge(directory);
  } finally {
    release?.();
    lock.release();
  }
}

const nothingToAttachTo = (id: string): StoreError =>
  new StoreError(
    `${id} has no runners to attach to: it has ended, or they were processes of its machine`,
    {
      code: "nothing-to-attach-to",
      hint: "headroom analyse RUN judges what was measured.",
    },
  );

/** What nobody observed meanwhile. A metrics store is asked at the end, for all of the load. */
function unattended(
  { observers = [], browserUsers = 0, events = [] }: Plan,
  from: number,
  to: number,
): Gap[] {
  const time = `from ${formatTimeOfDay(from)} to ${formatTimeOfDay(to)}`;
  const gapOf = (source: string, sentence: string): Gap => ({
    at: to,
    source,
    code: "unattended",
    sentence,
  });
  return [
    gapOf(
      "generator",
      `Headroom had died, and nobody drove the load ${time}: abort rules and ceilings were applied to that time afterwards`,
    ),
    ...(events.length === 0
      ? []
      : [gapOf("generator", `events that were due after ${formatTimeOfDay(from)} were not made`)]),
    ...[...observers, ...(browserUsers > 0 ? ["browser"] : [])]
      .filter((source) => source !== "prometheus")
      .map((source) => gapOf(source, `Headroom had died, and ${source} observed nothing ${time}`)),
  ];
}

const rateWatchOf = ({ ceilings, identities, runners }: Plan): RateWatch | undefined =>
  ceilings === undefined
    ? undefined
    : new RateWatch({ ...ceilings, identities: identities.count, runners });

/** Those of a cluster, started; absent: processes of this machine, which the load starts itself. */
async function runnersOf(
  checked: Plan,
  {
    request,
    context,
    ...options
  }: Pick<LoadResources, "request" | "context"> &
    Pick<
      KubernetesRunnersOptions,
      "id" | "scenarioFile" | "variables" | "receiver" | "onGenerator"
    >,
): Promise<KubernetesRunners | undefined> {
  const { runners: settings } = request.environment;
  if (request.onKubernetes !== true || settings === undefined) return undefined;
  return startKubernetesRunners({
    ...options,
    plan: checked,
    settings,
    signal: context.interrupted,
    now: context.now,
    onStage: context.onStage,
  });
}

/** A remote-write receiver, as the runners in a cluster may connect to it. */
export async function receiverAt(url: string): Promise<Receiver> {
  const addresses = await addressesOf(new URL(url).hostname);
  return { url, addresses: typeof addresses === "string" ? [] : addresses };
}

/** Everyone who watches this run; an experiment with the autoscaler first waits until the last one has settled. */
async function whoWatches(
  checked: Plan,
  options: Pick<LoadResources, "request" | "context" | "platform" | "password"> & {
    readonly loadStartedAt: () => number;
    readonly startBrowser: BrowserWatchOptions["start"];
  },
): Promise<readonly Watch[]> {
  const { request, context, platform, password, loadStartedAt, startBrowser } = options;
  const { env, now } = context;
  const { identities, targets } = checked;
  const isSignInWatched = (checked.events ?? []).length > 0 && identities.count > 0;
  const watchable = {
    environment: request.environment,
    env,
    sandbox: platform,
    phases: checked.phases,
    specified: specifiedPlatform,
    loadStartedAt,
  };
  const cluster = clusterOf(watchable);
  const isExperiment = cluster !== undefined && request.profile.isOfControlPlane === true;
  return [
    ...(isExperiment ? await coolDown(cluster, context.interrupted, context.onStage) : []),
    ...watchesOf(watchable),
    ...(isSignInWatched && password !== undefined && targets.api !== undefined
      ? [watchSignIn({ target: targets.api, identities, password, now })]
      : []),
    ...browserWatch({ plan: checked, env, now, directory: browserDirectory, start: startBrowser }),
  ];
}

const placeholderTargets: Targets = {
  web: "http://127.0.0.1",
  api: "http://127.0.0.1",
  subgraph: "http://127.0.0.1/subgraphs/name/kit",
};

/** What was made of the sandbox on purpose: kept with the run. */
const labelsOf = ({ faults, cluster }: RunRequest): Record<string, string> =>
  defined({
    faults: faults.length === 0 ? undefined : faults.join(", "),
    cluster: cluster === undefined ? undefined : `scale ${cluster.scale ?? 1}`,
    replicas: cluster?.replicas?.toString(),
    hpaFault: cluster?.hpaFault,
  });

/** Events that a database with a standby can have. */
const needsStandby: ReadonlySet<EventKind> = new Set(["database-failover", "replica-lag"]);

/** It outlives the first Ctrl-C: the load ends before its target does. */
async function startPlatform(request: RunRequest, context: RunContext): Promise<SandboxProcess> {
  const faults = request.faults.join(", ");
  context.onStage(`starting the sandbox${faults === "" ? "" : ` with ${faults}`}`);
  const databaseUrl = sandboxDatabaseUrl(context.env);
  const notice = ignoredDatabaseNotice(context.env);
  if (notice !== undefined) context.onStage(notice);
  return startSandboxProcess({
    faults: request.faults,
    seed: request.seed,
    cluster: request.cluster,
    standby: request.events?.some(({ kind }) => needsStandby.has(kind)),
    databaseUrl,
    onLog: context.onStage,
  });
}

/** Options of the commands that load something, and how they become a request. */
import { loadProfiles } from "../../profiles/load/index.ts";
import { checkApproval } from "../config/approval.ts";
import { loadEnvironment, type PlanOverrides } from "../config/environment-file.ts";
import { parseTarget, withoutUser } from "../config/hosts.ts";
import { readMix } from "../config/mix-file.ts";
import { suggestion } from "../config/nearest.ts";
import { Problems } from "../config/problems.ts";
import { eventShape, parseEvent, type RequestedEvent } from "../config/planned-event.ts";
import { keptSamples, type RequestedMix } from "../config/resolve-plan.ts";
import { fillTarget } from "../config/target-variables.ts";
import { defined } from "../domain/defined.ts";
import type { Environment } from "../domain/environment.ts";
import { UsageError } from "../domain/errors.ts";
import { mapParsed, refused } from "../domain/parsed.ts";
import { scenarioNames, type LoadProfile } from "../domain/profile.ts";
import { eventKinds } from "../domain/resilience.ts";
import type { Surface } from "../domain/surface.ts";
import type { RunRequest } from "../pipeline.ts";
import { checkedFaults } from "../sandbox-client/package.ts";
import { annotateOptions } from "./annotate.ts";
import { clusterOptions, clusterRequest } from "./cluster-options.ts";
import type { Values } from "./command.ts";
import type { Io } from "./io.ts";
import * as kinds from "./options.ts";
import {
  environmentName,
  file,
  flag,
  httpUrl,
  oneOf,
  option,
  pair,
  repeatable,
  surfaceName,
  string,
  wholeNumber,
  type Kind,
} from "./options.ts";

export const runsOption = option(
  string("DIR"),
  "where runs are kept (default .runs, or HEADROOM_RUNS)",
);

export const jsonOption = flag("one JSON document on stdout");

/** `api=https://…`; variables in its path are filled. No problem repeats a password. */
export const target: Kind<readonly [Surface, string]> = {
  name: "URL",
  shown: "SURFACE=URL",
  parse: (words, variables) => {
    const [, name, url] = /^([^=]+)=(.+)$/s.exec(words) ?? [];
    if (name === undefined || url === undefined)
      return refused(`"${withoutUser(words)}" is not SURFACE=URL`);
    const known = surfaceName.parse(withoutUser(name), variables);
    if (!known.ok) return known;
    const filled = fillTarget(url, variables);
    return filled.ok
      ? mapParsed(
          parseTarget(filled.value),
          (parsed) => [known.value, parsed.replace(/\/$/, "")] as const,
        )
      : filled;
  },
};

/** The sandbox, which may not be there, checks it. */
export const fault = string("FAULT");

const event: Kind<RequestedEvent> = { name: "event", shown: eventShape, parse: parseEvent };

/** Protocol load is what loads; a few browsers tell what a page takes, and each is a whole browser. */
const mostBrowserUsers = 10;
/** Each is a process with its own virtual users, on this machine. */
export const mostRunners = 64;

/** 0 is one that is free. */
const port: Kind<number> = { ...wholeNumber({ min: 0, max: 65_535 }), shown: "PORT" };

export const loadOptions = {
  env: option(environmentName, "environment", { default: "local" }),
  "env-file": option(
    file,
    "facts about the environment (default environments/NAME.json where it is)",
  ),
  scenario: option(oneOf(scenarioNames, { shown: "NAME", noun: "scenario" }), "only this scenario"),
  rate: option(kinds.rate, "requests over all surfaces: 10500/min, 200/s"),
  duration: option(kinds.duration, "length of the profile without its warm-up: 90s, 5m"),
  "warm-up": option(kinds.duration, "length of the warm-up"),
  share: repeatable(
    pair(string("NAME"), kinds.share),
    "share of a scenario; all shares together make 1",
  ),
  mix: option(
    file,
    "measured mix instead of the assumed one: a document of headroom mix (docs/mix-from-logs.md)",
  ),
  "mix-left-out": option(
    kinds.share,
    "how much of the mix may be left out because no scenario can send it",
    { default: "20%" },
  ),
  target: repeatable(
    target,
    "where a surface is; its host must be allowed in the environment; {VARIABLE} in its path is filled from the environment variable and shown as {VARIABLE}",
  ),
  "browser-users": option(
    wholeNumber({ min: 0, max: mostBrowserUsers }),
    "users with a real browser beside the protocol load (needs Chromium)",
    { default: "0" },
  ),
  runners: option(
    wholeNumber({ min: 1, max: mostRunners }),
    "k6 processes that share the load, as one run (docs/runners.md)",
    { default: "1" },
  ),
  on: option(
    oneOf(["this-machine", "kubernetes"]),
    "where the runners are: processes here, or pods that k6-operator starts (docs/first-distributed-run.md)",
    { default: "this-machine" },
  ),
  samples: option(
    oneOf(keptSamples),
    "rows of k6 that are kept: those that a re-analysis reads, or all (default: judged or none, as the profile says)",
  ),
  push: option(
    httpUrl("set K6_PROMETHEUS_RW_USERNAME and K6_PROMETHEUS_RW_PASSWORD instead"),
    "remote-write receiver for k6's own metrics while the load goes on (docs/metrics.md)",
  ),
  ...annotateOptions,
  fault: repeatable(
    fault,
    "fault of the sandbox: latency=api:x1.6, errors=api:5%, … (docs/faults.md)",
  ),
  event: repeatable(
    event,
    `what happens to the platform, after so long of constant load: rolling-update=api@60s (profile resilience; docs/resilience.md); kinds: ${eventKinds.join(", ")}`,
  ),
  ...clusterOptions,
  approval: option(file, "recorded approval, where the environment requires one"),
  "stop-file": option(
    file,
    "the load ends, as by Ctrl-C, when this file appears (default: stop in the run's directory)",
  ),
  seed: option(wholeNumber({ min: 0 }), "makes the choice of requests repeatable", {
    default: "1",
  }),
  k6: option(string("PATH"), "k6 to use (default: PATH, own cache, official release, go)"),
  runs: runsOption,
  "dry-run": flag("print the resolved plan and send nothing"),
  json: jsonOption,
  open: flag("open the report in the browser; with --live the live view"),
  live: option(
    port,
    "serve a page of the run while it goes on, on this machine alone; its address is on stderr (docs/live.md)",
    { bare: "0" },
  ),
};

/** A command may leave some of them out. */
export type LoadValues = Partial<Values<typeof loadOptions>>;

/** The sandbox's names where web and API share a workload, as in the platform's Helm chart. */
export const sharedWorkloads = { web: "dapp", api: "dapp", subgraph: "graph-node" } as const;

/** What no option shows alone. */
export function checkLoad(
  profileName: string,
  { scenario, share = [], warmUp, event: events = [] }: LoadValues,
  problems: Problems,
): void {
  if (scenario !== undefined && share.length > 0)
    problems.add("--scenario and --share exclude each other");
  const profile = findProfile(profileName);
  if (profile === undefined)
    problems.add(
      `unknown profile "${profileName}": ${suggestion(profileName, Object.keys(loadProfiles))}`,
    );
  else if (events.length > 0 !== isOfEvents(profile))
    problems.add(
      events.length > 0
        ? `--event is for the profile resilience: ${profile.name} makes no events`
        : `${profile.name} needs at least one event: --event rolling-update=api@60s`,
    );
  // An environment's own warm-up is for the profiles that have one; a flag is meant for this one.
  else if (warmUp !== undefined && profile.phases.every(({ kind }) => kind !== "warm-up"))
    problems.add(`--warm-up: ${profile.name} has no warm-up: leave the flag out`);
}

const isOfEvents = ({ judges }: LoadProfile): boolean => judges.resilience === true;

function findProfile(name: string): LoadProfile | undefined {
  const profiles: Readonly<Record<string, LoadProfile>> = loadProfiles;
  return Object.hasOwn(profiles, name) ? profiles[name] : undefined;
}

/** Of a load's flags what is more than a word: the environment, the mix, what the sandbox is asked for. */
async function readLoad(
  { env = "local", envFile, fault: faults = [], mix, mixLeftOut, ...options }: LoadValues,
  io: Io,
  problems: Problems,
) {
  const loaded = problems.attempt(() => loadEnvironment(env, io.cwd, envFile, io.env));
  return {
    loaded,
    mix: problems.attempt(() => requestedMix(mix ?? loaded?.mix, mixLeftOut, io.cwd)),
    faults: await problems.settled(checkedFaults(faults)),
    cluster: problems.attempt(() => clusterRequest(options)),
  };
}

/** For `checkFiles`: the same, and the approval. */
export async function checkLoadFiles(
  options: LoadValues,
  io: Io,
  problems: Problems,
): Promise<void> {
  const { loaded } = await readLoad(options, io, problems);
  const { approval } = options;
  if (loaded !== undefined && approval !== undefined)
    problems.attempt(() => checkApproval(loaded.environment, approval, io.now()));
}

/**
 * @param options checked by `checkLoad`
 * @throws UsageError where flags do not go with the environment, ConfigError for the environment's file
 */
export async function runRequest(
  profileName: string,
  options: LoadValues,
  io: Io,
): Promise<RunRequest> {
  const { env = "local", target: targets = [], seed = 1 } = options;
  const profile = findProfile(profileName);
  if (profile === undefined) throw new UsageError("no profile", { code: "usage" });
  const problems = new Problems();
  const { loaded, mix, faults, cluster } = await readLoad(options, io, problems);
  problems.raise((message) => new UsageError(message, { code: "usage" }));
  if (loaded === undefined || faults === undefined)
    throw new Error("a request that was refused must have been reported");
  const environment = {
    ...loaded.environment,
    sandbox: loaded.environment.sandbox && targets.length === 0,
    targets: { ...loaded.environment.targets, ...Object.fromEntries(targets) },
    workloads: cluster?.mapping === "dapp" ? sharedWorkloads : loaded.environment.workloads,
  };
  if (faults.length > 0 && !environment.sandbox) {
    throw new UsageError(`--fault works on the sandbox only; ${env} has targets of its own`, {
      code: "fault-without-sandbox",
    });
  }
  // Of a sandbox that runs already, its time scale is all that a run needs to know.
  const isOnlyScale = cluster !== undefined && Object.keys(defined(cluster)).join() === "scale";
  if (cluster !== undefined && !environment.sandbox && !isOnlyScale) {
    throw new UsageError(
      `--cluster, --workloads, --replicas and --hpa-fault are for the sandbox that a run starts; ${env} has targets of its own`,
      { code: "cluster-without-sandbox" },
    );
  }
  const onKubernetes = options.on === "kubernetes";
  if (onKubernetes) checkOnKubernetes(environment, options, io.env);
  return {
    profile,
    environment,
    onKubernetes,
    overrides: { ...loaded.overrides, ...defined(overridesOf(options)) },
    targets: environment.targets,
    mix,
    approvalFile: options.approval,
    faults,
    cluster,
    events: options.event,
    browserUsers: options.browserUsers === 0 ? undefined : options.browserUsers,
    // Rows do not leave the pods: windows are made there.
    samples: onKubernetes ? "none" : options.samples,
    runners: options.runners,
    pushUrl: options.push,
    seed,
    command: ["headroom", ...io.commandLine].join(" "),
  };
}

/** @throws UsageError with all that does not go together */
function checkOnKubernetes(
  environment: Environment,
  { samples, push }: LoadValues,
  env: Io["env"],
): void {
  const problems = new Problems();
  if (environment.sandbox)
    problems.add(
      `--on kubernetes: the sandbox listens on this machine only; name an environment with targets (--env, --target)`,
    );
  else if (environment.runners === undefined)
    problems.add(
      `--on kubernetes: environment ${environment.name} has no "runners": name at least their namespace and image in environments/${environment.name}.json`,
    );
  if (samples !== undefined && samples !== "none")
    problems.add(
      `--samples ${samples} and --on kubernetes exclude each other: rows of k6 do not leave the pods`,
    );
  const files = ["CLIENT_CERTIFICATE", "CLIENT_CERTIFICATE_KEY"]
    .map((name) => `K6_PROMETHEUS_RW_${name}`)
    .filter((name) => env[name] !== undefined);
  if (push !== undefined && files.length > 0)
    problems.add(
      `--push and --on kubernetes: ${files.join(" and ")} name files of this machine, which the pods do not have; sign in by user and password or by a header`,
    );
  problems.raise((message) => new UsageError(message, { code: "usage" }));
}

const requestedMix = (
  name: string | undefined,
  mostLeftOut = 0,
  cwd: string,
): RequestedMix | undefined =>
  name === undefined ? undefined : { file: name, document: readMix(name, cwd), mostLeftOut };

/** `--scenario api` is `--share api=1`. */
function overridesOf({ rate, duration, warmUp, scenario, share = [] }: LoadValues): PlanOverrides {
  const stated = share.length === 0 ? undefined : Object.fromEntries(share);
  return {
    requestsPerMinute: rate,
    durationMs: duration,
    warmUpMs: warmUp,
    shares: scenario === undefined ? stated : { [scenario]: 1 },
  };
}

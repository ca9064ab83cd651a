/** Options of the commands that load something, and how they become a request. */
import { defined } from "../domain/defined.ts";
import { environmentNames } from "../domain/environment.ts";
import { UsageError } from "../domain/errors.ts";
import { scenarioNames, type LoadProfile } from "../domain/profile.ts";
import { isSurface, surfaces, type Surface } from "../domain/surface.ts";
import { readMix } from "../config/mix-file.ts";
import type { RequestedMix } from "../config/resolve-plan.ts";
import { loadEnvironment, type PlanOverrides } from "../config/environment-file.ts";
import { holdsUser, parseTarget, withoutUser } from "../config/hosts.ts";
import { suggestion } from "../config/nearest.ts";
import { fillTarget } from "../config/target-variables.ts";
import { Problems } from "../config/problems.ts";
import { checkedFaults } from "../sandbox-client/package.ts";
import { parsePair } from "../config/lists.ts";
import { parseDuration, parseRate, parseShare } from "../domain/quantity.ts";
import { loadProfiles } from "../../profiles/load/index.ts";
import type { RunRequest } from "../pipeline.ts";
import { clusterOptions, clusterRequest } from "./cluster-options.ts";
import type { Arguments, OptionSpec } from "./command.ts";
import type { Io } from "./io.ts";

export const runsOption = {
  value: "DIR",
  help: "where runs are kept (default .runs, or HEADROOM_RUNS)",
} as const satisfies OptionSpec;

export const loadOptions = {
  env: { value: "NAME", help: `environment: ${environmentNames.join(", ")} (default local)` },
  "env-file": {
    value: "FILE",
    help: "facts about the environment (default environments/NAME.json where it is)",
  },
  scenario: { value: "NAME", help: `only this scenario: ${scenarioNames.join(", ")}` },
  rate: { value: "RATE", help: "requests over all surfaces: 10500/min, 200/s" },
  duration: { value: "TIME", help: "length of the profile without its warm-up: 90s, 5m" },
  "warm-up": { value: "TIME", help: "length of the warm-up" },
  share: {
    value: "NAME=SHARE",
    repeatable: true,
    help: "share of a scenario; all shares together make 1",
  },
  mix: {
    value: "FILE",
    help: "measured mix instead of the assumed one: a document of headroom mix (docs/mix-from-logs.md)",
  },
  "mix-left-out": {
    value: "SHARE",
    help: "how much of the mix may be left out because no scenario can send it (default 20%)",
  },
  target: {
    value: "SURFACE=URL",
    repeatable: true,
    help: "where a surface is; its host must be allowed in the environment; {VARIABLE} in its path is filled from the environment variable and shown as {VARIABLE}",
  },
  "browser-users": {
    value: "NUMBER",
    help: "users with a real browser beside the protocol load, 0 to 10 (default 0; needs Chromium)",
  },
  push: {
    value: "URL",
    help: "remote-write receiver for k6's own metrics while the load goes on (docs/metrics.md)",
  },
  fault: {
    value: "FAULT",
    repeatable: true,
    help: "fault of the sandbox: latency=api:x1.6, errors=api:5%, … (docs/faults.md)",
  },
  ...clusterOptions,
  approval: { value: "FILE", help: "recorded approval, where the environment asks for one" },
  "stop-file": {
    value: "FILE",
    help: "the load ends, as by Ctrl-C, when this file appears (default: stop in the run's directory)",
  },
  seed: { value: "NUMBER", help: "makes the choice of requests repeatable (default 1)" },
  k6: { value: "PATH", help: "k6 to use (default: PATH, own cache, official release, go)" },
  runs: runsOption,
  "dry-run": { help: "print the resolved plan and send nothing" },
  json: { help: "one JSON document on stdout" },
  open: { help: "open the report in the browser" },
} as const satisfies Record<string, OptionSpec>;

/** The sandbox's names where web and API share a workload, as in the platform's Helm chart. */
export const sharedWorkloads = { web: "dapp", api: "dapp", subgraph: "graph-node" } as const;

/** Protocol load is what loads; a few browsers tell what a page takes. */
const mostBrowserUsers = 10;

/** @throws UsageError with everything that is wrong in the flags, ConfigError for the environment's file */
export async function runRequest(
  profileName: string,
  args: Arguments,
  io: Io,
): Promise<RunRequest> {
  const problems = new Problems();
  const profile = knownProfile(profileName, problems);
  const overrides = flagOverrides(args, problems);
  if (profile !== undefined) checkWarmUp(profile, overrides, problems);
  const targets = flagTargets(args, io.env, problems);
  const seed = Number(args.value("seed") ?? 1);
  if (!Number.isSafeInteger(seed) || seed < 0)
    problems.add(`--seed: "${args.value("seed")}" is not a whole number ≥ 0`);
  const browserUsers = Number(args.value("browser-users") ?? 0);
  if (!Number.isSafeInteger(browserUsers) || browserUsers < 0 || browserUsers > mostBrowserUsers)
    problems.add(
      `--browser-users: "${args.value("browser-users")}" is not a whole number from 0 to ${mostBrowserUsers}; each is a whole browser`,
    );
  const mostLeftOut = problems.take(
    "--mix-left-out",
    parseShare(args.value("mix-left-out") ?? "20%"),
  );
  const pushUrl = args.value("push");
  if (pushUrl !== undefined) checkPush(pushUrl, problems);
  const environmentName = args.value("env") ?? "local";
  const isKnown = environmentNames.some((name) => name === environmentName);
  if (!isKnown)
    problems.add(
      `--env: unknown environment "${environmentName}": ${suggestion(environmentName, environmentNames)}`,
    );
  problems.raise(
    (message) =>
      new UsageError(message, {
        code: "usage",
        hint: "headroom list shows profiles, scenarios and environments.",
      }),
  );
  if (profile === undefined) throw new UsageError("no profile", { code: "usage" });

  const loaded = loadEnvironment(environmentName, io.cwd, args.value("env-file"), io.env);
  const mix = requestedMix(args.value("mix") ?? loaded.mix, mostLeftOut, io.cwd);
  const hasTargets = Object.keys(targets).length > 0;
  const cluster = clusterRequest(args);
  const environment = {
    ...loaded.environment,
    sandbox: loaded.environment.sandbox && !hasTargets,
    targets: { ...loaded.environment.targets, ...targets },
    ...(cluster?.mapping === "dapp" ? { workloads: sharedWorkloads } : {}),
  };
  if (args.values("fault").length > 0 && !environment.sandbox) {
    throw new UsageError(
      `--fault works on the sandbox only; ${environmentName} has targets of its own`,
      { code: "fault-without-sandbox" },
    );
  }
  // Of a sandbox that runs already, its time scale is all that a run needs to know.
  const isOnlyScale = cluster !== undefined && Object.keys(defined(cluster)).join() === "scale";
  if (cluster !== undefined && !environment.sandbox && !isOnlyScale) {
    throw new UsageError(
      `--cluster, --workloads, --replicas and --hpa-fault are for the sandbox that a run starts; ${environmentName} has targets of its own`,
      { code: "cluster-without-sandbox" },
    );
  }
  const approvalFile = args.value("approval");
  return {
    profile,
    environment,
    overrides: { ...loaded.overrides, ...defined(overrides) },
    targets: environment.targets,
    mix,
    approvalFile,
    faults: await checkedFaults(args.values("fault")),
    cluster,
    browserUsers: browserUsers === 0 ? undefined : browserUsers,
    pushUrl,
    seed,
    command: ["headroom", ...io.commandLine].join(" "),
  };
}

function requestedMix(
  file: string | undefined,
  mostLeftOut: number | undefined,
  cwd: string,
): RequestedMix | undefined {
  if (file === undefined) return undefined;
  return { file, document: readMix(file, cwd), mostLeftOut: mostLeftOut ?? 0 };
}

/** The command line stands in the report: it may not hold a password. */
function checkPush(url: string, problems: Problems): void {
  if (!URL.canParse(url) || !/^https?:/.test(url))
    problems.add(`--push: "${url}" is not an http(s) URL`);
  else if (holdsUser(url))
    problems.add(
      "--push: the URL holds a user; set K6_PROMETHEUS_RW_USERNAME and K6_PROMETHEUS_RW_PASSWORD instead",
    );
}

function knownProfile(name: string, problems: Problems): LoadProfile | undefined {
  const profiles: Readonly<Record<string, LoadProfile>> = loadProfiles;
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile === undefined)
    problems.add(`unknown profile "${name}": ${suggestion(name, Object.keys(profiles))}`);
  return profile;
}

function flagOverrides(args: Arguments, problems: Problems): PlanOverrides {
  const rate = args.value("rate");
  const duration = args.value("duration");
  const warmUp = args.value("warm-up");
  const requestsPerMinute =
    rate === undefined ? undefined : problems.take("--rate", parseRate(rate));
  const durationMs =
    duration === undefined ? undefined : problems.take("--duration", parseDuration(duration));
  const warmUpMs =
    warmUp === undefined ? undefined : problems.take("--warm-up", parseDuration(warmUp));
  const shares = flagShares(args, problems);
  return {
    requestsPerMinute,
    durationMs,
    warmUpMs,
    shares,
  };
}

/** An environment's own warm-up is for the profiles that have one; a flag is meant for this one. */
function checkWarmUp(profile: LoadProfile, { warmUpMs }: PlanOverrides, problems: Problems): void {
  if (warmUpMs === undefined || profile.phases.some(({ kind }) => kind === "warm-up")) return;
  problems.add(`--warm-up: ${profile.name} has no warm-up: leave the flag out`);
}

/** `--scenario api` is `--share api=1`. */
function flagShares(args: Arguments, problems: Problems): Record<string, number> | undefined {
  const scenario = args.value("scenario");
  const given = args.values("share");
  if (scenario !== undefined && given.length > 0)
    problems.add("--scenario and --share exclude each other");
  if (scenario !== undefined) {
    if (!scenarioNames.some((name) => name === scenario))
      problems.add(
        `--scenario: unknown scenario "${scenario}": ${suggestion(scenario, scenarioNames)}`,
      );
    return { [scenario]: 1 };
  }
  if (given.length === 0) return undefined;
  const shares: Record<string, number> = {};
  for (const text of given) {
    const pair = problems.take("--share", parsePair(text));
    const share = pair === undefined ? undefined : problems.take("--share", parseShare(pair[1]));
    if (pair !== undefined && share !== undefined) shares[pair[0]] = share;
  }
  return shares;
}

function flagTargets(
  args: Arguments,
  env: Io["env"],
  problems: Problems,
): Partial<Record<Surface, string>> {
  const targets: Partial<Record<Surface, string>> = {};
  for (const text of args.values("target")) {
    const pair = parsePair(text);
    if (!pair.ok) {
      problems.add(`--target: "${withoutUser(text)}" is not SURFACE=URL`);
      continue;
    }
    const [surface, url] = pair.value;
    const filled = problems.take("--target", fillTarget(url, env));
    const target =
      filled === undefined ? undefined : problems.take("--target", parseTarget(filled));
    if (!isSurface(surface))
      problems.add(
        `--target: unknown surface "${withoutUser(surface)}": ${suggestion(surface, surfaces)}`,
      );
    else if (target !== undefined) targets[surface] = target.replace(/\/$/, "");
  }
  return targets;
}

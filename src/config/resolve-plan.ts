/** Profile + environment + overrides → a plan that may be run. Nothing is sent before all of this held. */
import { decimal, percent } from "../domain/number-text.ts";
import { pageMarks } from "../../profiles/platform/page-marks.ts";
import { scenarios } from "../../profiles/scenarios.ts";
import type { Approval, Environment, Targets } from "../domain/environment.ts";
import { ConfigError } from "../domain/errors.ts";
import { iterationsByRunner, wholeArrivals } from "../domain/runner-shares.ts";
import { type Plan, type PlannedArrivals, type PlannedPhase } from "../domain/plan.ts";
import {
  scenarioNames,
  type Flow,
  type LoadProfile,
  type Objectives,
  type ScenarioName,
} from "../domain/profile.ts";
import { surfaces, type PerSurface, type Surface } from "../domain/surface.ts";
import {
  milliseconds,
  perMinute,
  perSecond,
  toPerSecond,
  type PerMinute,
} from "../domain/units.ts";
import type { MeasuredMix, PlannedMix } from "../domain/mix.ts";
import { checkCeilings, plannedCeilings } from "./ceilings.ts";
import type { PlanOverrides } from "./environment-file.ts";
import { neededRoles } from "../../scenarios/lib/identity-roles.ts";
import type { PlannedEvent } from "../domain/resilience.ts";
import { eventMaker } from "./event-makers.ts";
import { suggestion } from "./nearest.ts";
import { eventProblems, type RequestedEvent } from "./planned-event.ts";
import { planMix } from "./plan-mix.ts";
import { Problems } from "./problems.ts";

export interface PlanRequest {
  readonly profile: LoadProfile;
  readonly environment: Environment;
  /** Where the surfaces are; the sandbox's addresses once it runs. */
  readonly targets: Targets;
  readonly resolvedAddresses: Readonly<Record<string, readonly string[]>>;
  readonly overrides: PlanOverrides;
  readonly objectives: Objectives;
  readonly seed: number;
  /** Hour of the day in UTC, 0..24, for ceilings that name hours. */
  readonly hourUtc: number;
  /** How much faster the sandbox's control plane runs; 1 or absent: real time. */
  readonly timeScale?: number;
  readonly approval?: Approval | undefined;
  /** Its file, as named. */
  readonly approvalFile?: string | undefined;
  /** When the load would begin, epoch milliseconds: an approval must last until its end. */
  readonly now?: number | undefined;
  /** Who will watch the platform. */
  readonly observers?: readonly string[];
  /** Real browsers beside the protocol load; 0 or absent: none. */
  readonly browserUsers?: number;
  /** k6 processes that share the load; absent: one. */
  readonly runners?: number | undefined;
  /** Which rows of k6 are kept; absent: as the profile says. */
  readonly samples?: KeptSamples | undefined;
  /** What happens to the platform while the load goes on; absent: nothing. */
  readonly events?: readonly RequestedEvent[] | undefined;
  /** Replaces the assumed shares and weights. */
  readonly mix?: RequestedMix | undefined;
}

/** No rows, those from which the windows can be made again, or all that k6 writes. */
export const keptSamples = ["none", "judged", "all"] as const;
export type KeptSamples = (typeof keptSamples)[number];

/** A measured mix, and how much of it may be left out. */
export interface RequestedMix {
  /** As named. */
  readonly file: string;
  readonly document: MeasuredMix;
  /** 0..1 of its requests that no scenario can send. */
  readonly mostLeftOut: number;
}

/** The share of iterations that a slower target may hold up before users run out: five times the typical time. */
const userReserve = 5;
const requestTimeoutMs = milliseconds(30_000);
const shortestPhaseMs = 1000;
/** Better-auth's limit on the platform, per client address; the sandbox sees no forwarded address and has none. */
export const signInsPer10s = 3;

/** noop loads the platform as little as can be: what it measures is the generator, and no objective is about that. */
const judgesNothing: Plan["judges"] = { throughput: false, latency: false, errors: false };

/** @throws ConfigError listing every reason why this plan may not be run */
export function resolvePlan(request: PlanRequest): Plan {
  const { profile, environment, overrides } = request;
  const problems = new Problems();
  const mixed = request.mix && planMix(request.mix.document, request.mix.file);
  if (request.mix !== undefined && mixed !== undefined)
    checkLeftOut(mixed.mix, request.mix.mostLeftOut, problems);
  const shares = checkedShares(
    { ...(overrides.shares ?? mixed?.shares ?? profile.shares) },
    problems,
  );
  const total = overrides.requestsPerMinute ?? profile.requestsPerMinute;
  const phases = plannedPhases(request, problems);
  const durationMs = milliseconds(phases.reduce((sum, phase) => sum + phase.durationMs, 0));
  const flows = flowsOf(shares, mixed?.mix.writeShare);
  const bySurface = requestsBySurface(flows, total);
  const { runners = 1 } = request;
  const arrivals = plannedArrivals(flows, total, phases, runners);
  const users = mostUsersAtOnce(arrivals);
  checkTargets(request, bySurface, problems);
  checkRoles(environment, arrivals, problems);
  checkRunners(runners, arrivals, problems);
  const events = plannedEvents(request, phases, problems);
  const { approval, approvalFile, hourUtc, now, browserUsers } = request;
  checkCeilings(
    {
      plan: {
        profile: profile.name,
        requestsPerMinute: total,
        requestsPerMinuteBySurface: bySurface,
        browserUsers,
        durationMs,
        users,
        phases,
        arrivals,
        approval,
      },
      environment,
      hourUtc,
      now,
      approvalFile,
    },
    problems,
  );
  problems.raise(
    (message) =>
      new ConfigError(message, {
        code: "bad-plan",
        hint: "headroom run --help names each override; headroom list shows what is known.",
      }),
  );
  return {
    schemaVersion: 1,
    profile: profile.name,
    environment: environment.name,
    sandbox: environment.sandbox,
    seed: request.seed,
    requestsPerMinute: total,
    requestsPerMinuteBySurface: bySurface,
    requestsPerMinuteByWorkload: requestsByWorkload(bySurface, environment),
    shares,
    mix: mixed?.mix,
    durationMs,
    phases,
    arrivals,
    users,
    targets: request.targets,
    allowedHosts: environment.allowedHosts,
    resolvedAddresses: request.resolvedAddresses,
    identities: {
      ...environment.identities,
      signInsPer10s: environment.sandbox ? 0 : signInsPer10s,
    },
    pageMarks: { ...pageMarks, ...environment.pageMarks },
    requestTimeoutMs,
    judges: shares.noop === undefined ? profile.judges : judgesNothing,
    objectives: request.objectives,
    availabilityTarget: environment.availabilityTarget,
    abortRules: [...profile.abortRules, ...(environment.abortRules ?? [])],
    ceilings: plannedCeilings(environment.ceilings, approval?.requestsPerMinute),
    workloads: environment.workloads,
    observers: request.observers,
    browserUsers: (request.browserUsers ?? 0) > 0 ? request.browserUsers : undefined,
    runners: runners === 1 ? undefined : runners,
    events: events.length === 0 ? undefined : events,
    timeScale: paceOf(request) === 1 ? undefined : paceOf(request),
    keepSamples: request.samples === undefined ? profile.keepSamples : request.samples !== "none",
    keepAllSamples: request.samples === "all" ? true : undefined,
    approval: request.approval,
  };
}

function checkedShares(
  shares: Readonly<Record<string, number>>,
  problems: Problems,
): Plan["shares"] {
  const known: Partial<Record<ScenarioName, number>> = {};
  for (const [name, share] of Object.entries(shares)) {
    const scenario = scenarioNames.find((candidate) => candidate === name);
    if (scenario === undefined)
      problems.add(`share of "${name}": ${suggestion(name, scenarioNames)}`);
    else if (share > 0) known[scenario] = share;
  }
  const sum = Object.values(shares).reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 1) > 1e-6) {
    problems.add(
      `shares add up to ${decimal(sum, 4)}, expected 1 (${Object.entries(shares)
        .map(([name, share]) => `${name}=${share}`)
        .join(" ")})`,
    );
  }
  if (known.noop !== undefined && Object.keys(known).length > 1)
    problems.add("share of noop: it measures the generator and goes alone (--scenario noop)");
  return known;
}

const isWarmUp = (phase: { readonly kind: string }): boolean => phase.kind === "warm-up";

/** A profile of the control plane is given in the cluster's time. */
const paceOf = ({ profile, timeScale = 1 }: PlanRequest): number =>
  profile.isOfControlPlane === true ? timeScale : 1;

/** `--duration` scales all phases but the warm-up, so that a shape keeps its shape. */
function plannedPhases(request: PlanRequest, problems: Problems): PlannedPhase[] {
  const { profile, overrides } = request;
  const pace = paceOf(request);
  const rest = profile.phases
    .filter((phase) => !isWarmUp(phase))
    .reduce((sum, phase) => sum + phase.durationMs, 0);
  const scale = overrides.durationMs === undefined ? 1 / pace : overrides.durationMs / rest;
  let startMs = 0;
  const planned = profile.phases.map((phase) => {
    const durationMs = milliseconds(
      isWarmUp(phase)
        ? (overrides.warmUpMs ?? Math.round(phase.durationMs / pace))
        : Math.round(phase.durationMs * scale),
    );
    const placed = { ...phase, durationMs, startMs: milliseconds(startMs) };
    startMs += durationMs;
    return placed;
  });
  for (const { name, durationMs } of planned.filter(
    (phase) => phase.durationMs < shortestPhaseMs,
  )) {
    problems.add(
      `--duration leaves ${durationMs} ms for the phase ${name} of ${profile.name}, expected at least 1 s`,
    );
  }
  return planned;
}

/** In the order of time. */
function plannedEvents(
  { events = [], environment }: PlanRequest,
  phases: readonly PlannedPhase[],
  problems: Problems,
): readonly PlannedEvent[] {
  const hold = phases.find((phase) => phase.kind === "hold");
  for (const problem of eventProblems(events, (hold?.durationMs ?? 0) / 1000))
    problems.add(problem);
  return events
    .toSorted((one, next) => one.atSeconds - next.atSeconds)
    .flatMap((event) => {
      const by = eventMaker(event.kind, environment);
      if (by.ok) return [{ ...event, by: by.value }];
      problems.add(by.problem);
      return [];
    });
}

interface PlannedFlow {
  readonly scenario: ScenarioName;
  readonly flow: Flow;
  /** 0..1 of all requests. */
  readonly share: number;
}

/** @param writeShare 0..1 of the API's requests, measured; absent: as assumed */
function flowsOf(shares: Plan["shares"], writeShare: number | undefined): readonly PlannedFlow[] {
  return scenarioNames
    .flatMap((scenario) =>
      scenarios[scenario].flows.map((flow: Flow) => ({
        scenario,
        flow,
        share: (shares[scenario] ?? 0) * shareOf(flow, writeShare),
      })),
    )
    .filter(({ share }) => share > 0);
}

function shareOf({ name, share }: Flow, writeShare: number | undefined): number {
  if (writeShare === undefined) return share;
  if (name === "api-writes") return writeShare;
  return name === "api-reads" ? 1 - writeShare : share;
}

/** The largest parts of a mix that is refused. */
const namedLeftOut = 5;

function checkLeftOut(
  { file, leftOut, leftOutShare }: PlannedMix,
  most: number,
  problems: Problems,
): void {
  if (leftOutShare <= most) return;
  const names = leftOut
    .slice(0, namedLeftOut)
    .map(({ surface, name, share }) => `${surface} ${name} ${percent(share)}`);
  problems.add(
    `${file}: no scenario can send ${percent(leftOutShare)} of the mix, at most ${percent(most)} may be left out (--mix-left-out): ${names.join(", ")}${leftOut.length > namedLeftOut ? ", …" : ""}`,
  );
}

const requestsPerIteration = (flow: Flow): number =>
  Object.values(flow.requestsPerIteration).reduce((sum, count) => sum + count, 0);

function requestsBySurface(flows: readonly PlannedFlow[], total: PerMinute): PerSurface<PerMinute> {
  const rateOf = (surface: Surface): PerMinute =>
    perMinute(
      flows.reduce(
        (sum, { flow, share }) =>
          sum +
          (total * share * (flow.requestsPerIteration[surface] ?? 0)) / requestsPerIteration(flow),
        0,
      ),
    );
  return { web: rateOf("web"), api: rateOf("api"), subgraph: rateOf("subgraph") };
}

function requestsByWorkload(
  bySurface: PerSurface<PerMinute>,
  environment: Environment,
): Record<string, PerMinute> {
  const rates: Record<string, PerMinute> = {};
  for (const surface of surfaces) {
    const workload = environment.workloads[surface];
    rates[workload] = perMinute((rates[workload] ?? 0) + bySurface[surface]);
  }
  return rates;
}

function plannedArrivals(
  flows: readonly PlannedFlow[],
  total: PerMinute,
  phases: readonly PlannedPhase[],
  runners: number,
): PlannedArrivals[] {
  return phases.flatMap((phase) =>
    flows.map(({ scenario, flow, share }) => {
      const iterations = (toPerSecond(total) * share) / requestsPerIteration(flow);
      const most = iterations * Math.max(phase.fromFactor, phase.toFactor);
      return {
        flow: flow.name,
        scenario,
        phase: phase.name,
        startMs: phase.startMs,
        durationMs: phase.durationMs,
        fromPerSecond: perSecond(iterations * phase.fromFactor),
        toPerSecond: perSecond(iterations * phase.toFactor),
        users: wholeShares(
          Math.ceil(most * (flow.typicalIterationMs / 1000) * userReserve) + 2,
          runners,
        ),
      };
    }),
  );
}

/** k6 gives an instance the share of the arrivals that it has of the whole virtual users: equal ones need a multiple. */
const wholeShares = (users: number, runners: number): number =>
  Math.ceil(users / runners) * runners;

/** The last runner has the fewest arrivals: each flow's first one goes to the first. */
function checkRunners(
  runners: number,
  arrivals: readonly PlannedArrivals[],
  problems: Problems,
): void {
  if (runners === 1 || (iterationsByRunner({ arrivals, runners }).at(-1) ?? 0) > 0) return;
  const most = Math.max(0, ...arrivals.map((each) => wholeArrivals(each)));
  problems.add(
    `--runners ${runners}: no flow starts more than ${most} iterations in a phase, so that a runner would have nothing to do: use at most ${Math.max(1, most)}, or a higher rate`,
  );
}

/** Neighbouring phases overlap while the first one's last requests end: both pools exist then. */
function mostUsersAtOnce(arrivals: readonly PlannedArrivals[]): number {
  const atStartOf = (moment: number): number =>
    arrivals
      .filter(
        ({ startMs, durationMs }) =>
          startMs <= moment && moment < startMs + durationMs + requestTimeoutMs,
      )
      .reduce((sum, { users }) => sum + users, 0);
  return Math.max(0, ...arrivals.map(({ startMs }) => atStartOf(startMs)));
}

function checkTargets(
  { targets, environment }: PlanRequest,
  bySurface: PerSurface<PerMinute>,
  problems: Problems,
): void {
  for (const surface of surfaces) {
    if (bySurface[surface] > 0 && targets[surface] === undefined) {
      problems.add(
        `${environment.name} has no target for ${surface}: name it in environments/${environment.name}.json or with --target ${surface}=URL`,
      );
    }
  }
}

/** Only where the file says who has which role: elsewhere the platform is asked before the load. */
function checkRoles(
  { name, identities: { roles: declared, count } }: Environment,
  arrivals: readonly PlannedArrivals[],
  problems: Problems,
): void {
  if (declared === undefined) return;
  for (const [role, numbers = []] of Object.entries(declared)) {
    const beyond = numbers.filter((number) => number > count);
    if (beyond.length > 0) {
      problems.add(
        `identities.roles.${role} of ${name} names ${beyond.join(", ")}, and there are ${count} identities: raise identities.count or correct the numbers`,
      );
    }
  }
  for (const [role, flow] of neededRoles(arrivals)) {
    if ((declared[role] ?? []).length > 0) continue;
    problems.add(
      `${flow} needs an identity with the role ${role}, and identities.roles of ${name} names none: add identities.roles.${role} in environments/${name}.json, or leave the scenario out`,
    );
  }
}

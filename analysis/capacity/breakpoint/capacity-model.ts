/**
 * Breakpoint runs → what each workload carries. Start reading here:
 *
 *   windows, observations → levels → by number of pods: state, limits, interval, law → capacity a pod → across pods
 *
 * A run that cannot answer is refused with its reason; a curve that does not fit is not drawn.
 */
import { plural } from "../../../src/domain/number-text.ts";
import type {
  CapacityModel,
  CapacityRun,
  RefusedRun,
  WorkloadCapacity,
} from "../../../src/domain/capacity.ts";
import type { Estimate, Warning } from "../../../src/domain/estimate.ts";
import { seededRandom } from "../../../src/domain/random.ts";
import type { RunData } from "../../../src/domain/run.ts";
import type { Surface } from "../../../src/domain/surface.ts";
import { surfaces } from "../../../src/domain/surface.ts";
import { isCutShort, isStoppedByPlatform } from "../../verdicts/completion.ts";
import type { FitMethod } from "../fit-scalability.ts";
import { acrossReplicas } from "./across-replicas.ts";
import { marginalCpuPerRequest } from "../../measurements/cpu-per-request.ts";
import { measureLevels } from "./measure-levels.ts";
import type { MeasuredLevel } from "./measure-levels.ts";
import { isBreakpointRun, plateausOf } from "./plateaus.ts";
import { examineGroup, fewestLevels } from "./pod-group.ts";
import type { GroupChoice, PodGroup } from "./pod-group.ts";

export interface CapacityChoice {
  readonly seed: number;
  /** 0..1, of every interval; default 0.95. */
  readonly confidence?: number;
  /** Simulated repetitions behind an interval; default 400. */
  readonly replicates?: number;
  /** Of the scalability law; default `log`. */
  readonly method?: FitMethod;
}

/** The same runs and the same seed give the same model. */
export function capacityModel(runs: readonly RunData[], choice: CapacityChoice): CapacityModel {
  const newest = runs.toSorted((a, b) => b.run.startedAt - a.run.startedAt)[0];
  const refusedRuns = runs.flatMap((data) => refusalOf(data, newest) ?? []);
  const isRefused = new Set(refusedRuns.map(({ id }) => id));
  const usable = runs
    .filter(({ run }) => !isRefused.has(run.id))
    .toSorted((a, b) => a.run.startedAt - b.run.startedAt);
  const workloads = [...workloadsOf(usable)].map(([workload, served]) =>
    workloadCapacity(usable, { workload, served, choice }),
  );
  return { schemaVersion: 1, workloads, refusedRuns };
}

// --- which runs can say something ---------------------------------------------------------------------------------

function refusalOf(data: RunData, newest: RunData | undefined): RefusedRun | undefined {
  const { run } = data;
  const refuse = (code: string, reason: string, hint?: string): RefusedRun => ({
    id: run.id,
    code,
    reason,
    hint,
  });
  const damaged = (data.damage ?? []).map(({ file }) => file);
  if (damaged.length > 0)
    return refuse(
      "damaged-file",
      `${damaged.join(", ")} of ${run.id} is not as the run wrote it: what is measured from a part proves no capacity`,
      `headroom analyse ${run.id} says which lines.`,
    );
  if (data.windows.length === 0)
    return refuse("nothing-measured", `${run.id} recorded nothing, or its windows were pruned`);
  if (!isBreakpointRun(data))
    return refuse(
      "not-a-breakpoint-run",
      `${run.id} is a run of ${run.plan.profile}, which does not climb in plateaus: it shows what was carried at one rate, not where the limit is`,
      "headroom run breakpoint",
    );
  if (run.plan.workloads === undefined)
    return refuse(
      "workloads-unknown",
      `${run.id} does not say which workload serves which surface: it is of an older version`,
    );
  const levels = plateausOf(data).length;
  if (levels < fewestLevels)
    return refuse(
      "too-few-levels",
      `${run.id} got through ${plural(levels, "plateau")}; a capacity takes at least ${fewestLevels}`,
    );
  const other = newest?.run.plan.environment;
  if (other !== run.plan.environment || newest?.run.plan.sandbox !== run.plan.sandbox)
    return refuse(
      "other-environment",
      `${run.id} loaded ${placeOf(data)}, the newest run ${newest === undefined ? "another" : placeOf(newest)}: their capacities are not those of one platform`,
    );
  return undefined;
}

const placeOf = ({ run: { plan } }: RunData): string =>
  plan.sandbox ? `the sandbox (${plan.environment})` : plan.environment;

function workloadsOf(runs: readonly RunData[]): ReadonlyMap<string, readonly Surface[]> {
  const found = new Map<string, readonly Surface[]>();
  for (const { run } of runs) {
    for (const surface of surfaces) {
      const workload = run.plan.workloads?.[surface];
      if (workload === undefined || run.plan.requestsPerMinuteBySurface[surface] === 0) continue;
      found.set(workload, [...new Set([...(found.get(workload) ?? []), surface])]);
    }
  }
  return found;
}

// --- one workload -------------------------------------------------------------------------------------------------

interface Place {
  readonly workload: string;
  readonly served: readonly Surface[];
  readonly choice: CapacityChoice;
}

interface RunLevels {
  readonly run: CapacityRun;
  readonly measured: readonly MeasuredLevel[];
}

function workloadCapacity(runs: readonly RunData[], place: Place): WorkloadCapacity {
  const { workload, served, choice } = place;
  const random = seededRandom(choice.seed);
  const { confidence = 0.95, replicates = 400, method = "log" } = choice;
  const refusals: Warning[] = [];
  const measuredRuns: RunLevels[] = [];
  for (const data of runs) {
    const measured = upToSaturatedGenerator(measureLevels(data, workload, served));
    if (measured.length === 0) continue;
    const moved = movedReplicas(measured, data.run.id);
    if (moved !== undefined) refusals.push(moved);
    else measuredRuns.push({ run: capacityRun(data, measured), measured });
  }
  const groups = byReplicas(measuredRuns).map(([replicas, members]) => {
    const errorRatio = runs[0]?.run.plan.objectives.errorRatio ?? 0;
    const options: GroupChoice = { random, confidence, replicates, method, errorRatio };
    const measured = members.flatMap((member) => member.measured);
    return { replicas, measured, found: examineGroup(measured, options) };
  });
  const [base] = groups;
  const across = acrossReplicas(
    groups.flatMap(({ replicas, found }) =>
      replicas === undefined || found.state !== "identified" || found.slo?.estimate === undefined
        ? []
        : [{ replicas, capacity: found.slo.estimate }],
    ),
    { random, confidence },
  );
  const common = {
    workload,
    surfaces: served,
    runs: measuredRuns.map(({ run }) => run),
    levels: measuredRuns
      .flatMap(({ measured }) => measured.map(({ level }) => level))
      .toSorted((a, b) => a.offeredPerSecond - b.offeredPerSecond),
    acrossReplicas: across,
  };
  if (base === undefined)
    return { ...common, state: "erratic", cpuMsPerRequest: [], warnings: [], refusals };
  const cpu = cpuPerRequest(base.found.usable, confidence);
  return {
    ...common,
    ...answerOf(base.found, base.replicas),
    cpuMsPerRequest: cpu === undefined ? [] : [cpu],
    warnings: base.found.warnings,
    refusals: [
      ...refusals,
      ...base.found.refusals,
      ...unobserved(base.found, base.replicas),
      ...(cpu === undefined ? [noCpu(base.measured)] : []),
    ],
  };
}

/** What came after a saturated generator says nothing about the platform: the test ended there. */
function upToSaturatedGenerator(measured: readonly MeasuredLevel[]): readonly MeasuredLevel[] {
  const first = measured.findIndex(({ level }) => level.state === "generator-saturated");
  return measured.map((one, index) =>
    first < 0 || index <= first
      ? one
      : { ...one, level: { ...one.level, state: "generator-saturated" } },
  );
}

/** A number of pods that moves makes every level another platform. */
function movedReplicas(measured: readonly MeasuredLevel[], run: string): Warning | undefined {
  const seen = measured.flatMap(({ pods }) => pods.replicas ?? []);
  const least = Math.min(...seen);
  const most = Math.max(...seen);
  if (seen.length === 0 || least === most) return undefined;
  return {
    code: "replicas-moved",
    message: `${run} is not used: its pods went from ${least} to ${most} while the load rose; hold their number (the autoscaler's minimum and maximum alike, --replicas on the sandbox)`,
  };
}

function capacityRun({ run }: RunData, measured: readonly MeasuredLevel[]): CapacityRun {
  const replicas = measured.flatMap(({ pods }) => pods.replicas ?? [])[0];
  return {
    id: run.id,
    startedAt: run.startedAt,
    planHash: run.hashes.plan,
    environment: run.plan.environment,
    sandbox: run.plan.sandbox,
    replicas,
    endedBy: isStoppedByPlatform(run) ? "rule" : isCutShort(run) ? "other" : "plan",
  };
}

/** By rising number of pods; runs whose pods nobody counted last. */
function byReplicas(
  runs: readonly RunLevels[],
): readonly (readonly [number | undefined, readonly RunLevels[]])[] {
  const groups = new Map<number | undefined, RunLevels[]>();
  for (const one of runs) {
    const members = groups.get(one.run.replicas) ?? [];
    groups.set(one.run.replicas, [...members, one]);
  }
  return [...groups].toSorted(([a = Infinity], [b = Infinity]) => (a < b ? -1 : Number(a > b)));
}

function answerOf(found: PodGroup, replicas: number | undefined) {
  const { state, law, slo, bindingLimit, atLeastPerSecond } = found;
  const estimate = state === "identified" ? slo?.estimate : undefined;
  const pods = atCapacity(found);
  return {
    state,
    law,
    replicas,
    capacityAtObjective: estimate,
    capacityAtObjectivePerPod:
      estimate === undefined || replicas === undefined ? undefined : perPod(estimate, replicas),
    atLeastPerSecond:
      atLeastPerSecond === undefined ? undefined : atLeastPerSecond / (replicas ?? 1),
    bindingLimit,
    atCapacity: pods,
  };
}

const perPod = (estimate: Estimate, replicas: number): Estimate => ({
  ...estimate,
  point: estimate.point / replicas,
  low: estimate.low / replicas,
  high: estimate.high / replicas,
});

/** Straight between the levels around the capacity. */
function atCapacity({ state, slo, usable }: PodGroup): WorkloadCapacity["atCapacity"] | undefined {
  const capacity = slo?.estimate?.point;
  if (state !== "identified" || capacity === undefined) return undefined;
  const read = (of: (one: MeasuredLevel) => number | undefined): number | undefined => {
    const known = usable.flatMap((one) => {
      const value = of(one);
      return value === undefined ? [] : [{ load: one.level.offeredPerSecond, value }];
    });
    const below = known.findLast(({ load }) => load <= capacity);
    const above = known.find(({ load }) => load > capacity);
    if (below === undefined || above === undefined) return undefined;
    const share = (capacity - below.load) / (above.load - below.load);
    return below.value + share * (above.value - below.value);
  };
  const cpu = read(({ level }) => level.cpuCoresPerPod);
  const memory = read(({ level }) => level.memoryBytesPerPod);
  if (cpu === undefined && memory === undefined) return undefined;
  return {
    cpuCoresPerPod: cpu,
    memoryBytesPerPod: memory,
  };
}

function unobserved({ slo }: PodGroup, replicas: number | undefined): readonly Warning[] {
  if (replicas !== undefined || slo === undefined) return [];
  const message =
    "the pods were not counted: the capacity is that of all of them together; capacity per pod is unknown";
  return [{ code: "replicas-unknown", message }];
}

/** One surface alone can be told apart; two in a fixed proportion cannot. */
function cpuPerRequest(
  measured: readonly MeasuredLevel[],
  confidence: number,
): WorkloadCapacity["cpuMsPerRequest"][number] | undefined {
  const surface = measured[0]?.tails[0]?.surface;
  const isAlone = measured.every(
    ({ tails }) => tails.length === 1 && tails[0]?.surface === surface,
  );
  if (surface === undefined || !isAlone) return undefined;
  const levels = measured.flatMap(({ level, answeredBySurface }) => {
    const { cpuCoresPerPod, replicas } = level;
    const x = answeredBySurface[surface];
    return cpuCoresPerPod === undefined || replicas === undefined || x === undefined
      ? []
      : [{ x, y: cpuCoresPerPod * replicas * 1000 }];
  });
  const cpuMs = marginalCpuPerRequest(levels, confidence);
  return cpuMs && { surface, cpuMs };
}

function noCpu(measured: readonly MeasuredLevel[]): Warning {
  const several = measured.some(({ tails }) => tails.length > 1);
  return several
    ? {
        code: "cpu-not-separable",
        message:
          "CPU per request cannot be separated: its surfaces were loaded in a fixed proportion; load one alone (--scenario)",
      }
    : {
        code: "cpu-unobserved",
        message: "CPU per request is not known: the pods' use was observed on fewer than 3 levels",
      };
}

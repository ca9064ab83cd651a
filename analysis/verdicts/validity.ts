import { latencyLimitMs } from "../../src/domain/latency-objective.ts";
import {
  formatApart,
  formatCount,
  inSentence,
  percent,
  plural,
} from "../../src/domain/number-text.ts";
import { formatDuration } from "../../src/domain/time-text.ts";
import { surfaces } from "../../src/domain/surface.ts";
import type { Plan } from "../../src/domain/plan.ts";
import type { RunnerHealth } from "../../src/domain/report.ts";
import type { RunData } from "../../src/domain/run.ts";
import type { InvalidReason, Validity } from "../../src/domain/verdict.ts";
import { isGeneratorSeen, minimumObservations } from "../generator-health.ts";
import { isJudged } from "../judged-time.ts";
import { sentenceCase } from "../phrases.ts";
import type { Measurements } from "../measurements/index.ts";
import { failuresByBatch } from "../measurements/index.ts";
import {
  declaredRequestsPerIteration,
  iterationTolerance,
  plannedIterationsByFlow,
  plannedJudgedRequests,
} from "../planned.ts";
import type { RunFacts } from "../run-facts.ts";
import type { CheckResult } from "./check.ts";
import { isCutShort } from "./completion.ts";
import { generatorPauses } from "./generator-pause.ts";
import { contradictionReasons, damageReasons, surplusReasons } from "./stored-data.ts";

/** What decides whether a run can be judged. */
export interface ValidityInputs extends Pick<
  RunFacts,
  "data" | "measured" | "health" | "generatorSaturation"
> {
  /** Of the checks of the load: what observers saw beside it cannot make a run valid. */
  readonly results: readonly CheckResult[];
}

type Rule = (inputs: ValidityInputs) => readonly InvalidReason[];

/** Iteration starts may lag by this share of the tightest p95 objective. */
const lagShare = 0.05;
const reachedShare = 0.99;
const requestTolerance = 0.02;
/** Failing requests end iterations early or late; above this share the counts say nothing about the generator. */
const smallFailureRatio = 0.01;
/** Fewer iterations cannot show ± 2 %. */
const countedIterations = 50;

/** Asks whose fault it was: only a generator, a scenario or a harness that failed makes a run INVALID. */
export function validate(inputs: ValidityInputs): Validity {
  const reasons = rules.flatMap((rule) => rule(inputs));
  if (reasons.length > 0) return { state: "invalid", reasons };
  const notes = [...cutShortNote(inputs), ...saturationNote(inputs), ...harnessNote(inputs)];
  return { state: "valid", notes };
}

function cutShortNote({ data: { run }, measured }: ValidityInputs): string[] {
  if (!isCutShort(run)) return [];
  const judgedMs = measured.time.durationMs;
  return judgedMs === 0
    ? ["The run was cut short before a judged phase began: nothing of it can be judged."]
    : [
        `The run was cut short: what is said of it covers ${formatDuration(judgedMs)} of judged time.`,
      ];
}

/** Delays of Headroom's own timer below this are ordinary, milliseconds. */
const ordinaryDelayMs = 2000;

/** k6 goes on by itself meanwhile; observers that live in Headroom's process leave gaps. */
function harnessNote({ data: { observations }, measured }: ValidityInputs): string[] {
  const longestMs = observations
    .filter(({ name, at }) => name === "harness.delay" && isJudged(measured.time, at))
    .reduce((longest, { value }) => Math.max(longest, value), 0);
  return longestMs < ordinaryDelayMs
    ? []
    : [
        `Headroom itself was held up for ${inSentence(longestMs, "ms")}: what its observers would have measured then is a gap, and no abort rule was checked.`,
      ];
}

function saturationNote({ health, measured }: ValidityInputs): string[] {
  const { droppedIterations: dropped, plannedIterations: planned } = health;
  if (dropped === 0) return [];
  const judged = [...measured.flows.flows.values()]
    .flatMap(({ droppedByBatch }) => droppedByBatch)
    .reduce((sum, count) => sum + count, 0);
  const which =
    judged === dropped ? "They count" : `The ${formatCount(judged)} of them in judged phases count`;
  const counted =
    judged === 0 ? "None of them in a judged phase." : `${which} as slower than any limit.`;
  return [
    `The target saturated: ${formatCount(dropped)} of ${formatCount(planned)} planned iterations were dropped while the generator had room. ${counted}`,
  ];
}

/** A run that was cut short has too little of everything by nature; the outcome says that, not these rules. */
const ofCompleteRuns =
  (rule: Rule): Rule =>
  (inputs) =>
    isCutShort(inputs.data.run) ? [] : rule(inputs);

const tooLittleMeasured: Rule = ({ data, results }) => {
  if (!data.windows.some((window) => window.type === "window")) {
    const message = "Nothing was measured: not one request was recorded.";
    return [
      {
        code: "nothing-measured",
        fault: "scenario",
        message,
        hint: "Try the scenario with the profile smoke.",
      },
    ];
  }
  return results.flatMap(({ verdict: { title }, shortage }) => {
    if (shortage === undefined) return [];
    const { measured, minimum } = shortage;
    const code = measured === 0 ? "nothing-measured" : "too-few-samples";
    const message = `${title}: ${formatCount(measured)} values measured, at least ${formatCount(minimum)} needed.`;
    return [{ code, fault: "scenario", message, hint: "Run for longer or at a higher rate." }];
  });
};

const nothingJudged: Rule = ({ results, data }) => {
  const isJudging = results.some(
    ({ verdict, shortage }) => verdict.outcome !== "not-applicable" || shortage !== undefined,
  );
  const isForCapacity = data.run.plan.judges.capacity === true;
  if (isJudging || isForCapacity || data.windows.length === 0) return [];
  const message = "No objective could be judged, so this run could not have failed.";
  return [
    {
      code: "nothing-judged",
      fault: "scenario",
      message,
      hint: "Choose a profile with judged phases, and a scenario other than noop.",
    },
  ];
};

const generatorNotObserved: Rule = ({ data, health, measured }) => {
  const isKnown = health.k6CpuP95Ratio !== undefined || health.hostIdleP5Ratio !== undefined;
  if (isKnown && isGeneratorSeen(data, measured)) return [];
  const seen = isKnown
    ? "for less than half of the time"
    : `fewer than ${minimumObservations} times`;
  const message = `The load generator was observed ${seen} in the judged phases: a slow target cannot be distinguished from a saturated generator.`;
  return [{ code: "generator-not-observed", fault: "harness", message }];
};

const generatorSaturated: Rule = ({ health, generatorSaturation: why }) => {
  if (why.length === 0) return [];
  const drops =
    health.droppedIterations > 0
      ? `; ${plural(health.droppedIterations, "iteration")} dropped`
      : "";
  const message = `The load generator was saturated: ${why.join("; ")}${drops}.`;
  const hint = "Lower the rate, or spread the load over more generators or a larger one.";
  return [{ code: "generator-saturated", fault: "generator", message, hint }];
};

const generatorPaused: Rule = ({ data, measured }) =>
  generatorPauses(data, measured).map(({ runner, seconds, iterationsDue }) => {
    const which = runner === undefined ? "k6" : sentenceCase(titleOf(data.run.plan, runner));
    const message = `${which} did nothing for ${seconds.length} s of the judged time although ${formatCount(Math.round(iterationsDue))} iterations were due: it was stopped or starved, so these results say nothing about the target.`;
    const hint =
      "Run k6 where nothing suspends it (CPU quota, virtual machine, debugger), and repeat the run.";
    return { code: "generator-paused", fault: "generator", message, hint };
  });

const titleOf = ({ runners = 1 }: Plan, runner: string): string => `runner ${runner} of ${runners}`;

/** Runners that begin later than this send another shape of load than was planned, milliseconds. */
const mostStartDelayMs = 1000;

const runnerLate: Rule = ({ data, health }) =>
  (health.runners ?? []).flatMap(({ runner, startDelayMs = 0 }) => {
    if (startDelayMs <= mostStartDelayMs) return [];
    const message = `The load of ${titleOf(data.run.plan, runner)} began ${inSentence(startDelayMs, "ms")} after the first one's, at most ${inSentence(mostStartDelayMs, "ms")} allowed.`;
    return [{ code: "runner-late", fault: "generator", message, hint: quieter }];
  });

/** One that has less to do than the others hides behind their sum. */
const runnerShare: Rule = ({ data, health }) =>
  (health.runners ?? []).flatMap((each) => {
    const { runner, plannedIterations, startedIterations, droppedIterations } = each;
    const scenarios = data.run.plan.arrivals.length;
    if (startedIterations + droppedIterations >= reachedShare * plannedIterations - scenarios)
      return [];
    const dropped = droppedIterations === 0 ? "none" : formatCount(droppedIterations);
    const message = `${sentenceCase(titleOf(data.run.plan, runner))} started ${formatCount(startedIterations)} of its ${formatCount(plannedIterations)} planned iterations and dropped ${dropped}: it had less than its share of the load.`;
    return [{ code: "runner-share", fault: "generator", message, hint: quieter }];
  });

const quieter = "Give k6 a quieter machine.";

/** With drops k6's counter skips arrivals and the lag is only an upper bound, so it proves nothing. */
const lateArrivals: Rule = ({ data: { run }, health, generatorSaturation }) => {
  const objectivesMs = surfaces
    .filter((surface) => run.plan.judges.latency && plannedJudgedRequests(run.plan, surface) > 0)
    .map((surface) => latencyLimitMs(run.plan.objectives, surface));
  const limitMs = lagShare * Math.min(...objectivesMs);
  if (generatorSaturation.length > 0) return [];
  const isLate = (each: Pick<RunnerHealth, "lagP99Ms" | "droppedIterations">): boolean =>
    each.droppedIterations === 0 && (each.lagP99Ms ?? 0) > limitMs;
  const late = (lagMs: number, whose: string): InvalidReason => {
    const message = `Iterations${whose} started late: lag p99 ${formatApart(lagMs, limitMs, "ms")}, at most ${formatApart(limitMs, lagMs, "ms")} (${percent(lagShare)} of the tightest p95 objective) allowed.`;
    return { code: "late-arrivals", fault: "generator", message, hint: quieter };
  };
  if (isLate(health)) return [late(health.lagP99Ms ?? 0, "")];
  return (health.runners ?? [])
    .filter(isLate)
    .map(({ runner, lagP99Ms = 0 }) => late(lagP99Ms, ` of ${titleOf(run.plan, runner)}`));
};

/** Each flow by itself: one that sent nothing may be small beside the others. */
const rateNotReached: Rule = ({ data: { run }, measured }) => {
  const short = [...plannedIterationsByFlow(run.plan)].flatMap(([name, planned]) => {
    const flow = measured.flows.flows.get(name);
    const started = Math.max(flow?.started ?? 0, flow?.completed ?? 0);
    const dropped = flow?.dropped ?? 0;
    if (started + dropped >= reachedShare * planned - iterationTolerance(run.plan, name)) return [];
    const droppedWords = dropped === 0 ? "none" : formatCount(dropped);
    return [
      `${formatCount(started)} of ${formatCount(planned)} planned iterations of ${name} and dropped ${droppedWords}`,
    ];
  });
  if (short.length === 0) return [];
  const message = `k6 started ${short.join(", ")}: the planned rate was not reached.`;
  return [{ code: "rate-not-reached", fault: "generator", message }];
};

const requestsPerIteration: Rule = ({ data: { run }, measured }) => {
  const declared = declaredRequestsPerIteration(run.plan);
  const actual = measuredRequestsPerIteration(inPlannedMix(run.plan, measured));
  if (declared === undefined || actual === undefined || hasManyFailures(measured)) return [];
  if (Math.abs(actual / declared - 1) <= requestTolerance) return [];
  const message = `An iteration sent ${formatCount(actual)} requests on average, the scenario declares ${formatCount(declared)} (± ${percent(requestTolerance)}).`;
  const hint =
    "Correct the scenario's declared requests per iteration: rates are computed from it.";
  return [{ code: "requests-per-iteration", fault: "scenario", message, hint }];
};

interface MixedFlow {
  readonly planned: number;
  readonly perIteration: number | undefined;
}

/** Flows that ran, weighted as planned, so that drops in one flow do not look like a wrong declaration. */
const inPlannedMix = (plan: RunData["run"]["plan"], measured: Measurements): MixedFlow[] =>
  [...plannedIterationsByFlow(plan)].map(([name, planned]) => {
    const flow = measured.flows.flows.get(name);
    const isCounted = flow !== undefined && flow.completed >= countedIterations;
    return { planned, perIteration: isCounted ? flow.requests / flow.completed : undefined };
  });

function measuredRequestsPerIteration(flows: readonly MixedFlow[]): number | undefined {
  const iterations = flows.reduce((sum, { planned }) => sum + planned, 0);
  let requests = 0;
  for (const { planned, perIteration } of flows) {
    if (perIteration === undefined) return undefined;
    requests += planned * perIteration;
  }
  return iterations === 0 ? undefined : requests / iterations;
}

/** In the judged phases: what failed before, while pods came up, says nothing of them. */
function hasManyFailures(measured: Measurements): boolean {
  const counts = surfaces.flatMap((surface) => failuresByBatch(measured, surface));
  const requests = counts.reduce((sum, { count }) => sum + count, 0);
  const failed = counts.reduce((sum, { hits }) => sum + hits, 0);
  return failed > smallFailureRatio * requests;
}

const damagedData: Rule = ({ data }) => damageReasons(data);
const contradictoryData: Rule = ({ data }) => contradictionReasons(data);
const moreThanPlanned: Rule = ({ data, measured }) => surplusReasons(data, measured);

const rules: readonly Rule[] = [
  damagedData,
  ofCompleteRuns(contradictoryData),
  moreThanPlanned,
  ofCompleteRuns(tooLittleMeasured),
  generatorSaturated,
  generatorPaused,
  ofCompleteRuns(nothingJudged),
  ofCompleteRuns(generatorNotObserved),
  lateArrivals,
  runnerLate,
  ofCompleteRuns(rateNotReached),
  ofCompleteRuns(runnerShare),
  ofCompleteRuns(requestsPerIteration),
];

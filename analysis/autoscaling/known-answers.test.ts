/**
 * Known answers of the real HorizontalPodAutoscaler controller (kubernetes v1.36), recorded case by case. Compares
 * each file with ours. The folder's README has the fields.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { maxInt64, type Milli } from "../../src/domain/kubernetes-quantity.ts";
import { replayClosedLoop } from "./testdata/closed-loop.ts";
import { groupPods } from "./group-pods.ts";
import { hpaSpecSchema } from "./manifest-schema.ts";
import { podRequests } from "./pod-requests.ts";
import { limitLegacy, limitRate, storeScaleEvent, changeWithin } from "./rate-limit.ts";
import { completeBehaviour, metricsOf } from "./behaviour.ts";
import { reconcile } from "./reconcile.ts";
import * as calculator from "./replica-calculator.ts";
import type { Proposal } from "./replica-calculator.ts";
import { replayTrace } from "./replay.ts";
import type { ReplayedTick } from "./replay.ts";
import { stabilise, stabiliseLegacy } from "./stabilise.ts";
import { parseTrace } from "./trace-schema.ts";
import { controllerOfVersion, initialState } from "./types.ts";
import type {
  ContainerView,
  ControllerConfig,
  MetricReading,
  MetricSpec,
  PodSample,
  PodView,
  Result,
  ScaleEvent,
} from "./types.ts";

interface FileAnswers {
  readonly file: string;
  readonly cases: number;
  readonly mismatches: readonly string[];
}

/** The answers were recorded with this version's defaults. */
const recordedController = controllerOfVersion("1.36") ?? unreachable("a version that is modelled");

/** Beside the repository; tests run in its root. */
const vectorFolder = resolve("../shared/vectors/hpa");

const now = 1_700_000_000_000;
const seconds = z.number().nullable();
const milli = z.union([z.number(), z.string()]).nullable();
const container = z.object({
  name: z.string(),
  requestMilli: milli,
  restartPolicy: z.string().optional(),
});
const podSchema = z.object({
  name: z.string(),
  phase: z.string(),
  deleting: z.boolean(),
  hasStartTime: z.boolean(),
  startTime: seconds,
  readyCondition: z.object({ status: z.string(), lastTransitionTime: seconds }).nullable(),
  containers: z.array(container),
  initContainers: z.array(container).optional(),
  podLevelRequestMilli: milli.optional(),
  podLevelResourcesSet: z.boolean().optional(),
});
const podMetric = z.object({
  pod: z.string(),
  timestamp: seconds,
  windowSeconds: z.number(),
  valueMilli: milli.optional(),
  containers: z.array(z.object({ name: z.string(), usageMilli: milli })).optional(),
});
const tolerance = z.object({ scaleUp: z.number(), scaleDown: z.number() });
const recommendation = z.object({ ageSeconds: z.number(), recommendation: z.number() });
const event = z.object({
  ageSeconds: z.number(),
  outdated: z.boolean(),
  replicaChange: z.number(),
});
const clockFields = {
  cpuInitializationPeriodSeconds: z.number(),
  initialReadinessDelaySeconds: z.number(),
};
const rules = hpaSpecSchema.shape.behavior.unwrap().shape.scaleUp.unwrap();

const toMilli = (value: number | string): Milli => {
  const plain = Number(value);
  return Number.isSafeInteger(plain) ? plain : BigInt(value);
};
/** Go's zero time (year 1), in epoch milliseconds: what Kubernetes has where a time was never set. */
const zeroTime = -62_135_596_800_000;
const instant = (value: number | null): number => (value === null ? zeroTime : value * 1000);
const printed = (value: Milli): string => String(value === 2 ** 63 ? maxInt64 : value);

function podOf(pod: z.output<typeof podSchema>, resources: readonly string[]): PodView {
  const view = (one: z.output<typeof container>): ContainerView => ({
    name: one.name,
    requestsMilli: requests(one.requestMilli, resources),
    restartPolicy: one.restartPolicy,
  });
  return {
    name: pod.name,
    phase: pod.phase,
    deleting: pod.deleting,
    startedAt: pod.hasStartTime ? instant(pod.startTime) : undefined,
    ready:
      pod.readyCondition === null
        ? undefined
        : {
            status: pod.readyCondition.status,
            since: instant(pod.readyCondition.lastTransitionTime),
          },
    containers: pod.containers.map(view),
    initContainers: (pod.initContainers ?? []).map(view),
    podRequestsMilli:
      pod.podLevelResourcesSet === true
        ? requests(pod.podLevelRequestMilli ?? null, resources)
        : undefined,
  };
}

function requests(
  value: number | string | null,
  resources: readonly string[],
): Record<string, Milli> {
  if (value === null) return {};
  return Object.fromEntries(resources.map((resource) => [resource, toMilli(value)]));
}

function sampleOf(metric: z.output<typeof podMetric>): PodSample {
  return {
    pod: metric.pod,
    at: instant(metric.timestamp),
    windowMs: metric.windowSeconds * 1000,
    valueMilli:
      metric.valueMilli === undefined || metric.valueMilli === null
        ? undefined
        : toMilli(metric.valueMilli),
    containers: metric.containers?.map(({ name, usageMilli }) => ({
      name,
      usageMilli: usageMilli === null ? undefined : toMilli(usageMilli),
    })),
  };
}

function clockOf(input: { [Key in keyof typeof clockFields]: number }): ControllerConfig {
  return {
    ...recordedController,
    cpuInitialisationMs: input.cpuInitializationPeriodSeconds * 1000,
    initialReadinessDelayMs: input.initialReadinessDelaySeconds * 1000,
  };
}

const calculatorInput = z.object({
  ...clockFields,
  kind: z.string(),
  now: z.number(),
  currentReplicas: z.number(),
  resource: z.string().optional(),
  container: z.string().optional(),
  targetUtilization: z.number().optional(),
  targetMilli: milli.optional(),
  valuesMilli: z.array(z.union([z.number(), z.string()])).optional(),
  statusReplicas: z.number().optional(),
  tolerance,
  pods: z.array(podSchema),
  podMetrics: z.array(podMetric).nullable().optional(),
});

function proposal(input: z.output<typeof calculatorInput>): Result<Proposal> {
  const resource = input.resource ?? "";
  const question = {
    now: input.now * 1000,
    controller: clockOf(input),
    tolerance: input.tolerance,
    currentReplicas: input.currentReplicas,
    pods: input.pods.map((pod) => podOf(pod, [resource])),
  };
  const samples = (input.podMetrics ?? []).map(sampleOf);
  const targetMilli = toMilli(input.targetMilli ?? 0);
  const target = { resource, container: input.container, targetMilli };
  if (input.kind.startsWith("Pods/")) {
    const values = calculator.plainValues(samples);
    return values.ok ? calculator.averageValueReplicas(values.value, target, question) : values;
  }
  if (/^(Container)?Resource\//.test(input.kind)) {
    const values = calculator.resourceValues(samples, input.container);
    if (!values.ok) return values;
    if (input.kind.endsWith("AverageValue"))
      return calculator.averageValueReplicas(values.value, target, question);
    const targetPercent = input.targetUtilization ?? 0;
    return calculator.resourceUtilisationReplicas(
      values.value,
      { ...target, targetPercent },
      question,
    );
  }
  const total = calculator.sumExternal((input.valuesMilli ?? []).map(toMilli));
  if (input.kind.endsWith("/Value")) return calculator.valueReplicas(total, targetMilli, question);
  const statusReplicas = input.statusReplicas ?? input.currentReplicas;
  const capped = input.kind.startsWith("External");
  const value = calculator.perPodValueReplicas(total, targetMilli, {
    statusReplicas,
    tolerance: input.tolerance,
    capped,
  });
  return { ok: true, value };
}

const behaviourOf = (input: {
  readonly scaleUp?: z.output<typeof rules> | undefined;
  readonly scaleDown?: z.output<typeof rules> | undefined;
}) =>
  completeBehaviour({ behavior: input }, recordedController) ?? unreachable("behaviour is given");

function unreachable(why: string): never {
  throw new Error(why);
}

const eventsOf = (events: readonly z.output<typeof event>[]): ScaleEvent[] =>
  events.map(({ ageSeconds, outdated, replicaChange }) => ({
    at: now - ageSeconds * 1000,
    outdated,
    replicas: replicaChange,
  }));

const reconcileInput = z.object({
  now: z.number(),
  hpaSpec: z.unknown(),
  controller: z.object({
    ...clockFields,
    downscaleStabilizationSeconds: z.number(),
    scaleUpLimitFactor: z.number(),
    scaleUpLimitMinimum: z.number(),
    tolerance: z.number(),
  }),
  configurableToleranceGate: z.boolean(),
  scaleToZeroGate: z.boolean(),
  specReplicas: z.number(),
  statusReplicas: z.number(),
  pods: z.array(podSchema).nullable(),
  reportedLevels: z.array(z.union([z.number(), z.string()])).nullable(),
  recommendations: z.array(recommendation).nullable(),
  initialConditions: z
    .array(z.object({ type: z.string(), status: z.enum(["True", "False"]), reason: z.string() }))
    .nullable(),
});

/** What the recorded test's metric APIs answer: CPU over two equal containers, "qps" per pod, whole values otherwise. */
function readingOf(metric: MetricSpec, input: z.output<typeof reconcileInput>): MetricReading {
  const levels = (input.reportedLevels ?? []).map(Number);
  const [first] = levels;
  if (metric.type === "Object")
    return { kind: "values", valuesMilli: first === undefined ? [] : [first] };
  if (metric.type === "External") return { kind: "values", valuesMilli: levels };
  const samples = levels.map((level, index): PodSample => {
    const half = Math.floor(level / 2);
    const pod = `test-pod-${index}`;
    const at = input.now * 1000;
    if (metric.type === "Pods") return { pod, at, windowMs: 60_000, valueMilli: level };
    const containers = ["container1", "container2"].map((name) => ({ name, usageMilli: half }));
    return { pod, at, windowMs: 60_000, containers };
  });
  return { kind: "pods", samples };
}

function reconcileCase(raw: unknown): unknown {
  const input = reconcileInput.parse(raw);
  const spec = hpaSpecSchema.parse(input.hpaSpec);
  const at = input.now * 1000;
  const { controller } = input;
  const outcome = reconcile(
    {
      ...initialState,
      conditions: (input.initialConditions ?? []).map(({ type, status, reason }) => ({
        type,
        status,
        reason,
        message: "",
        since: zeroTime,
      })),
      ...(input.recommendations === null
        ? {}
        : {
            recommendations: input.recommendations.map((one) => ({
              replicas: one.recommendation,
              at: at - one.ageSeconds * 1000,
            })),
          }),
    },
    {
      now: at,
      namespace: "test-namespace",
      spec,
      controller: {
        ...clockOf(controller),
        tolerance: controller.tolerance,
        downscaleStabilisationMs: controller.downscaleStabilizationSeconds * 1000,
        scaleUpLimitFactor: controller.scaleUpLimitFactor,
        scaleUpLimitMinimum: controller.scaleUpLimitMinimum,
        scaleToZeroGate: input.scaleToZeroGate,
        configurableToleranceGate: input.configurableToleranceGate,
      },
      specReplicas: input.specReplicas,
      statusReplicas: input.statusReplicas,
      pods: (input.pods ?? []).map((pod) => podOf(pod, ["cpu", "memory"])),
      metrics: metricsOf(spec).map((metric) => readingOf(metric, input)),
    },
  );
  return {
    desiredReplicas: outcome.desiredReplicas,
    conditions: outcome.conditions.map(({ type, status, reason }) => ({ reason, status, type })),
  };
}

/** One function per file: input → what the recorded `expected` should be. Errors are compared by presence only. */
const files: Readonly<Record<string, (input: unknown, expected: unknown) => unknown>> = {
  "replica-calculator.json": (raw) => {
    const result = proposal(calculatorInput.parse(raw));
    if (!result.ok) return { error: true };
    const { replicas, usageMilli, utilisationPercent } = result.value;
    if (utilisationPercent === undefined)
      return { error: null, replicas, usageMilli: printed(usageMilli) };
    const averageValueMilli = Number(usageMilli);
    return { averageValueMilli, error: null, replicas, utilization: utilisationPercent };
  },
  "calculate-requests.json": (raw) => {
    const input = z
      .object({
        container: z.string(),
        resource: z.string(),
        podLevelResourcesEnabled: z.boolean(),
        pods: z.array(podSchema),
      })
      .parse(raw);
    const result = podRequests(
      input.pods.map((pod) => podOf(pod, [input.resource])),
      {
        resource: input.resource,
        container: input.container === "" ? undefined : input.container,
        podLevelResourcesGate: input.podLevelResourcesEnabled,
      },
    );
    if (!result.ok) return { error: true, requestsMilli: null };
    return { error: null, requestsMilli: Object.fromEntries(result.value) };
  },
  "group-pods.json": (raw) => {
    const input = z
      .object({
        ...clockFields,
        now: z.number(),
        resource: z.string(),
        pods: z.array(podSchema),
        podMetrics: z.array(podMetric),
      })
      .parse(raw);
    const values = new Map(
      input.podMetrics.map((metric) => [
        metric.pod,
        {
          valueMilli: toMilli(metric.valueMilli ?? 0),
          at: instant(metric.timestamp),
          windowMs: metric.windowSeconds * 1000,
        },
      ]),
    );
    const pods = input.pods.map((pod) => podOf(pod, [input.resource]));
    const groups = groupPods(pods, values, input.resource, {
      now: input.now * 1000,
      controller: clockOf(input),
    });
    return {
      ignored: [...groups.ignored].toSorted(),
      missing: [...groups.missing].toSorted(),
      readyPodCount: groups.readyPodCount,
      unready: [...groups.unready].toSorted(),
    };
  },
  "behavior-rate.json": (raw) => {
    const input = z
      .object({
        currentReplicas: z.number(),
        desiredReplicas: z.number(),
        minReplicas: z.number(),
        maxReplicas: z.number(),
        scaleUp: rules.optional(),
        scaleDown: rules.optional(),
        scaleUpEvents: z.array(event).nullable(),
        scaleDownEvents: z.array(event).nullable(),
      })
      .parse(raw);
    const { replicas, reason } = limitRate(
      { ...input, desired: input.desiredReplicas },
      {
        scaleUpEvents: eventsOf(input.scaleUpEvents ?? []),
        scaleDownEvents: eventsOf(input.scaleDownEvents ?? []),
      },
      { now, behaviour: behaviourOf(input) },
    );
    return { reason, replicas };
  },
  "convert-rules-legacy.json": (raw) => {
    const input = z
      .object({
        currentReplicas: z.number(),
        desiredReplicas: z.number(),
        minReplicas: z.number(),
        maxReplicas: z.number(),
        scaleUpLimitFactor: z.number(),
        scaleUpLimitMinimum: z.number(),
      })
      .parse(raw);
    const { replicas, reason } = limitLegacy({ ...input, desired: input.desiredReplicas }, input);
    return { reason, replicas };
  },
  "stabilize-behavior.json": (raw, expected) => {
    const input = z
      .object({
        currentReplicas: z.number(),
        desiredReplicas: z.number(),
        recommendations: z.array(recommendation),
        scaleUpStabilizationSeconds: z.number(),
        scaleDownStabilizationSeconds: z.number(),
      })
      .parse(raw);
    const result = stabilise(
      { currentReplicas: input.currentReplicas, desired: input.desiredReplicas },
      input.recommendations.map((one) => ({
        replicas: one.recommendation,
        at: now - one.ageSeconds * 1000,
      })),
      {
        now,
        behaviour: behaviourOf({
          scaleUp: { stabilizationWindowSeconds: input.scaleUpStabilizationSeconds },
          scaleDown: { stabilizationWindowSeconds: input.scaleDownStabilizationSeconds },
        }),
      },
    );
    const recorded = z.object({ storedRecommendations: z.unknown() }).parse(expected);
    const stored = result.recommendations.map(({ replicas }) => replicas);
    return {
      replicas: result.replicas,
      storedRecommendations: recorded.storedRecommendations === null ? null : stored,
    };
  },
  "stabilize-legacy.json": (raw) => {
    const input = z
      .object({
        desiredReplicas: z.number(),
        downscaleStabilizationSeconds: z.number(),
        recommendations: z.array(recommendation),
      })
      .parse(raw);
    const { replicas, recommendations } = stabiliseLegacy(
      input.desiredReplicas,
      input.recommendations.map((one) => ({
        replicas: one.recommendation,
        at: now - one.ageSeconds * 1000,
      })),
      { now, windowMs: input.downscaleStabilizationSeconds * 1000 },
    );
    return { logLength: recommendations.length, replicas };
  },
  "store-scale-event.json": (raw) => {
    const input = z
      .object({
        prevEvents: z.array(event),
        replicaChange: z.number(),
        rules: rules.nullable(),
      })
      .parse(raw);
    const before = eventsOf(input.prevEvents);
    const complete =
      input.rules === null ? undefined : behaviourOf({ scaleUp: input.rules }).scaleUp;
    const after =
      complete === undefined
        ? before
        : storeScaleEvent(before, input.replicaChange, { now, rules: complete });
    return {
      changeInLast60s: complete === undefined ? 0 : changeWithin(before, 60, now),
      events: after.map(({ replicas, outdated }) => ({ outdated, replicaChange: replicas })),
    };
  },
  "controller-reconcile.json": reconcileCase,
};

/** Leaves out what the recording does not mean: the ages of stored events and the wording of errors. */
function comparable(file: string, expected: unknown): unknown {
  if (typeof expected !== "object" || expected === null) return expected;
  const copy: Record<string, unknown> = { ...expected };
  if (typeof copy["error"] === "string") copy["error"] = true;
  if (file === "replica-calculator.json" && copy["usageMilli"] !== undefined)
    copy["usageMilli"] = String(z.union([z.number(), z.string()]).parse(copy["usageMilli"]));
  if (file === "store-scale-event.json")
    copy["events"] = z
      .array(z.object({ outdated: z.boolean(), replicaChange: z.number() }))
      .parse(copy["events"]);
  return copy;
}

const caseFile = z.object({
  cases: z.array(z.object({ id: z.string(), input: z.unknown(), expected: z.unknown() })),
});

function compareFile(folder: string, file: string): FileAnswers {
  const answer = files[file] ?? unreachable(file);
  const { cases } = caseFile.parse(JSON.parse(readFileSync(join(folder, file), "utf8")));
  const mismatches: string[] = [];
  for (const { id, input, expected } of cases) {
    const ours = answer(input, expected);
    const theirs = comparable(file, expected);
    if (!isDeepStrictEqual(ours, theirs))
      mismatches.push(`${id}: ours ${JSON.stringify(ours)}, expected ${JSON.stringify(theirs)}`);
  }
  return { file, cases: cases.length, mismatches };
}

const expectedTick = z.object({
  desiredReplicas: z.number(),
  specReplicasAfter: z.number(),
  rescaled: z.boolean(),
  conditions: z.record(z.string(), z.array(z.string())),
  error: z.string().nullable(),
});

/** Open loop: every tick's inputs as recorded. Closed loop: the plant built again. A case is one trace. */
function compareTraces(folder: string): FileAnswers[] {
  const file = "traces-small.jsonl";
  const lines = readFileSync(join(folder, file), "utf8").trim().split("\n");
  const open: string[] = [];
  const closed: string[] = [];
  lines.forEach((line, index) => {
    const trace = parseTrace(line, index + 1);
    if (!trace.ok) throw new Error(trace.error);
    const recorded = z
      .object({ ticks: z.array(z.object({ expected: expectedTick })) })
      .parse(JSON.parse(line));
    const compare = (into: string[], ticks: readonly ReplayedTick[]): void => {
      const at = ticks.findIndex((tick, i) => {
        const { t: _t, why: _why, ...ours } = tick;
        return !isDeepStrictEqual(ours, recorded.ticks[i]?.expected);
      });
      if (at === -1 && ticks.length === recorded.ticks.length) return;
      const { expected } = recorded.ticks[at] ?? {};
      const difference = `ours ${JSON.stringify(ticks[at])}, expected ${JSON.stringify(expected)}`;
      into.push(`${trace.value.id} tick ${at}: ${difference}`);
    };
    compare(open, replayTrace(trace.value).ticks);
    const loop = replayClosedLoop(trace.value);
    if (loop.ok) compare(closed, loop.value.ticks);
    else closed.push(loop.error);
  });
  return [
    { file: `${file} (open loop)`, cases: lines.length, mismatches: open },
    { file: `${file} (closed loop)`, cases: lines.length, mismatches: closed },
  ];
}

const step = z.object({
  load: z.number(),
  waitReplicas: z.number().optional(),
  minSeconds: z.number().optional(),
  maxSeconds: z.number().optional(),
  holdReplicas: z.tuple([z.number(), z.number()]).optional(),
  forSeconds: z.number().optional(),
});
const scenarioFile = z.object({
  scenarios: z.array(
    z.object({
      name: z.string(),
      initialPods: z.number(),
      minReplicas: z.number(),
      maxReplicas: z.number(),
      podCpuRequestMilli: z.number(),
      targetCpuUtilization: z.number(),
      behavior: hpaSpecSchema.shape.behavior,
      steps: z.array(step),
    }),
  ),
});

/** Kubernetes' end-to-end behaviour tests on a virtual clock: pods ready after 10 s, CPU known after 15 s. */
function compareScenarios(folder: string): FileAnswers {
  const file = "e2e-behavior-scenarios.json";
  const { scenarios } = scenarioFile.parse(JSON.parse(readFileSync(join(folder, file), "utf8")));
  const mismatches = scenarios.flatMap((scenario) => {
    const miss = playScenario(scenario);
    return miss === undefined ? [] : [`${scenario.name}: ${miss}`];
  });
  return { file, cases: scenarios.length, mismatches };
}

function playScenario(
  scenario: z.output<typeof scenarioFile>["scenarios"][number],
): string | undefined {
  const { podCpuRequestMilli, targetCpuUtilization } = scenario;
  const perReplica = Math.floor((podCpuRequestMilli * targetCpuUtilization) / 100);
  const averageUtilization = targetCpuUtilization;
  const spec = {
    scaleTargetRef: { kind: "Deployment", name: "consumer" },
    minReplicas: scenario.minReplicas,
    maxReplicas: scenario.maxReplicas,
    behavior: scenario.behavior,
    metrics: [
      {
        type: "Resource",
        resource: { name: "cpu", target: { type: "Utilization", averageUtilization } },
      },
    ],
  };
  const pods = Array.from({ length: scenario.initialPods }, () => -3_600_000);
  const usage: { readonly from: number; readonly milli: number }[] = [];
  const usageAt = (t: number): number => usage.findLast(({ from }) => from <= t)?.milli ?? 0;
  let state = initialState;
  const clock = { t: 0 };
  const tick = (): number => {
    const { t } = clock;
    const total = usageAt(t - 15_000);
    const ready = pods.filter((createdAt) => t >= createdAt + 10_000).length;
    const outcome = reconcile(state, {
      now: t,
      controller: recordedController,
      spec,
      namespace: "e2e",
      specReplicas: pods.length,
      statusReplicas: pods.length,
      pods: pods.map((createdAt, index) => ({
        name: `p${index}`,
        phase: "Running",
        deleting: false,
        startedAt: createdAt,
        ready: { status: t >= createdAt + 10_000 ? "True" : "False", since: createdAt + 10_000 },
        containers: [{ name: "c", requestsMilli: { cpu: podCpuRequestMilli } }],
      })),
      metrics: [
        {
          kind: "pods",
          samples: pods.flatMap((createdAt, index) =>
            t >= createdAt + 25_000
              ? [
                  {
                    pod: `p${index}`,
                    at: t - 15_000,
                    windowMs: 15_000,
                    valueMilli: Math.floor(total / ready),
                  },
                ]
              : [],
          ),
        },
      ],
    });
    state = outcome.state;
    const size = outcome.rescaled ? outcome.desiredReplicas : pods.length;
    while (pods.length < size) pods.push(t);
    pods.length = size;
    clock.t += 15_000;
    return size;
  };
  usage.push({
    from: -Infinity,
    milli: scenario.initialPods * perReplica - Math.floor(perReplica / 2),
  });
  for (let warm = 0; warm < 40; warm++) tick();
  for (const {
    load,
    waitReplicas,
    minSeconds = 0,
    maxSeconds = 0,
    holdReplicas,
    forSeconds = 0,
  } of scenario.steps) {
    const start = clock.t;
    usage.push({ from: clock.t, milli: load * perReplica - Math.floor(perReplica / 2) });
    if (holdReplicas !== undefined) {
      while (clock.t < start + forSeconds * 1000) {
        const size = tick();
        if (size < holdReplicas[0] || size > holdReplicas[1])
          return `left ${holdReplicas.join("..")} for ${size}`;
      }
      continue;
    }
    while (pods.length !== waitReplicas) {
      if (clock.t - start > maxSeconds * 1000)
        return `no ${waitReplicas} replicas within ${maxSeconds} s`;
      tick();
    }
    const took = (clock.t - start) / 1000;
    if (took < minSeconds)
      return `${waitReplicas} replicas after ${took} s, expected at least ${minSeconds}`;
  }
  return undefined;
}

/** @returns a line per file, or `undefined` where the folder does not exist */
function knownAnswers(folder: string): FileAnswers[] | undefined {
  if (!existsSync(folder)) return undefined;
  return [
    ...Object.keys(files).map((file) => compareFile(folder, file)),
    ...compareTraces(folder),
    compareScenarios(folder),
  ];
}

const answers = knownAnswers(vectorFolder);
if (answers === undefined)
  process.stderr.write(
    "SKIPPED known answers of the real controller: no folder ../shared/vectors/hpa\n",
  );

describe.skipIf(answers === undefined)("the real controller's answers", () => {
  test.each(answers ?? [])("$file: $cases cases, no mismatch", ({ mismatches }) => {
    expect(mismatches).toEqual([]);
  });
});

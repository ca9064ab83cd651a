/** Simulation and sweep → the one document that table, JSON and page are made from. */
import { hourMs } from "../../../domain/units.ts";
import { completeBehaviour, metricsOf } from "../../../../analysis/autoscaling/behaviour.ts";
import { explainDecision, policyText } from "../../../../analysis/autoscaling/explain.ts";
import { milliOf, type QuantityText } from "../../../domain/kubernetes-quantity.ts";
import { metricLabels } from "../../../../analysis/autoscaling/reconcile.ts";
import { simulate } from "../../../../analysis/autoscaling/simulate.ts";
import type {
  SimulationModel,
  SimulationResult,
  SyncRecord,
  WorkloadModel,
  WorkloadResult,
} from "../../../../analysis/autoscaling/simulation/model.ts";
import { settledSize } from "../../../../analysis/autoscaling/simulation/settled-size.ts";
import { targetRatios } from "../../../../analysis/autoscaling/simulation/target-ratios.ts";
import { markFront, sweep } from "../../../../analysis/autoscaling/sweep.ts";
import type { SweepChoice, SweepPoint } from "../../../../analysis/autoscaling/sweep.ts";
import { defaultController } from "../../../../analysis/autoscaling/types.ts";
import type { HpaSpec, MetricSpec, MetricTarget } from "../../../../analysis/autoscaling/types.ts";
import type {
  Rescale,
  SimulatedHpa,
  SimulatedNodes,
  SimulatedWorkload,
  SimulationDocument,
  SweepDocument,
} from "../../../../reports/simulation/document.ts";
import { Problems } from "../../../config/problems.ts";
import { assumptionsOf, buildModel, loadWords, shareOf } from "./build-model.ts";
import { raise, type ChosenHpa, type SimulationRequest } from "./request.ts";
import {
  choiceWords,
  givenChoice,
  gridFor,
  isGiven,
  namesOf,
  type SweepAxes,
} from "./sweep-grid.ts";

/** @throws UsageError where the sweep does not fit the policy it starts from */
export function simulateRequest(request: SimulationRequest, headroom: string): SimulationDocument {
  const model = buildModel(request);
  const result = simulate(model);
  const swept =
    request.sweep === undefined ? undefined : sweepDocument(model, request.sweep, result);
  const nodes = nodesOf(model, result);
  return {
    schemaVersion: 1,
    kind: "simulation",
    headroom,
    seed: model.seed,
    durationMs: model.durationMs,
    load: loadWords(request.shape, model.durationMs),
    assumptions: assumptionsOf(request, model),
    workloads: request.workloads.flatMap(({ name, share, hpa }) => {
      const one = model.workloads.find((workload) => workload.name === name);
      const outcome = result.workloads.find((workload) => workload.name === name);
      if (one === undefined || outcome === undefined) return [];
      return [workloadOf(one, outcome, { hpa, loadShare: shareOf(request.shape, name, share) })];
    }),
    nodes,
    totals: {
      violationSeconds: result.violationSeconds,
      podHours: round(result.podHours),
      nodeHours: nodes === undefined ? undefined : round(result.nodeHours),
      cost: nodes?.pricePerNodeHour === undefined ? undefined : round(result.cost),
    },
    sweep: swept,
  };
}

/** Hours and prices: four decimals are a third of a second of a pod. */
const round = (value: number): number => Number(value.toFixed(4));

function workloadOf(
  model: WorkloadModel,
  result: WorkloadResult,
  { hpa, loadShare }: { readonly hpa: ChosenHpa; readonly loadShare: number },
): SimulatedWorkload {
  const sizes = result.samples.map(({ specReplicas }) => specReplicas);
  const starts = result.samples.map(({ at }) => at);
  let podMs = 0;
  const series = result.samples.map((sample, index) => {
    const before = starts[index - 1];
    if (before !== undefined) podMs += (sample.at - before) * sample.podCount;
    return {
      atMs: sample.at,
      requestsPerMinute: Math.round(sample.loadPerSecond * 60),
      desiredReplicas: sample.desiredReplicas,
      pods: sample.podCount,
      readyReplicas: sample.readyReplicas,
      p95Ms: Number(sample.p95Ms.toFixed(1)),
      busyRatio: round(sample.busyRatio),
      ofTarget: Object.fromEntries(
        targetRatios(sample, model).map(({ metric, ratio }) => [metric, round(ratio)]),
      ),
      podHours: round(podMs / hourMs),
    };
  });
  return {
    name: model.name,
    loadShare,
    p95LimitMs: model.p95LimitMs,
    hpa: hpaOf(hpa),
    violationSeconds: result.violationSeconds,
    podHours: round(result.podHours),
    requests: Math.round(result.requests),
    failedRequests: Math.round(result.failedRequests),
    largestP95Ms: Math.max(0, ...series.map(({ p95Ms }) => p95Ms)),
    largestReplicas: Math.max(...sizes),
    smallestReplicas: Math.min(...sizes),
    series,
    silentMetrics: result.silentMetrics,
    rescales: result.syncs.filter(isRescale).map(rescaleOf),
  };
}

const isRescale = ({ specReplicas, desiredReplicas }: SyncRecord): boolean =>
  specReplicas !== desiredReplicas;

function rescaleOf({ at, specReplicas: from, desiredReplicas: to, why }: SyncRecord): Rescale {
  return { atMs: at, from, to, ...why, sentence: explainDecision({ from, to, why }) };
}

function hpaOf({ manifest, source, losses }: ChosenHpa): SimulatedHpa {
  const { spec } = manifest;
  return {
    source,
    minReplicas: spec.minReplicas ?? 1,
    maxReplicas: spec.maxReplicas,
    targets: targetWords(metricsOf(spec)),
    ...ratesOf(spec),
    spec,
    losses,
  };
}

function targetWords(metrics: readonly MetricSpec[]): readonly string[] {
  const labels = metricLabels(metrics);
  return metrics.map((metric, index) => {
    const { resource, containerResource, pods, object, external } = metric;
    const { target } = resource ??
      containerResource ??
      pods ??
      object ??
      external ?? { target: {} };
    return `${labels[index] ?? ""} ${amountWords(target)}`.trim();
  });
}

function amountWords({ averageUtilization, averageValue, value }: MetricTarget): string {
  if (averageUtilization !== undefined) return `${averageUtilization} %`;
  if (averageValue !== undefined) return `${amount(averageValue)} per pod`;
  return value === undefined ? "" : amount(value);
}

const amount = (quantity: QuantityText): string => String(Number(milliOf(quantity)) / 1000);

function ratesOf(spec: HpaSpec): { readonly up: string; readonly down: string } {
  const behaviour = completeBehaviour(spec, defaultController);
  if (behaviour === undefined)
    return { up: "twice the size, at least to 4, each sync", down: "without limit, after 300 s" };
  const words = (way: "scaleUp" | "scaleDown"): string => {
    const { policies, selectPolicy, stabilisationMs } = behaviour[way];
    if (selectPolicy === "Disabled") return "disabled";
    const joined = policies.map(policyText).join(selectPolicy === "Min" ? " and " : " or ");
    return stabilisationMs === 0 ? joined : `${joined}, after ${stabilisationMs / 1000} s`;
  };
  return { up: words("scaleUp"), down: words("scaleDown") };
}

/** Node-hours and cost so far: a node is paid from its order to its removal. */
function nodesOf(
  { nodePool }: SimulationModel,
  { nodes, nodeHistory, durationMs }: SimulationResult,
): SimulatedNodes | undefined {
  if (nodePool === undefined) return undefined;
  const { minNodes, maxNodes, cpuCores, memoryBytes, pricePerNodeHour } = nodePool;
  const hasPrice = pricePerNodeHour > 0;
  const nodeHoursUntil = (at: number): number =>
    nodeHistory.reduce(
      (sum, { requestedAt, removedAt = durationMs }) =>
        sum + Math.max(0, Math.min(at, removedAt) - requestedAt),
      0,
    ) / hourMs;
  return {
    minNodes,
    maxNodes,
    cpuCores,
    memoryBytes,
    pricePerNodeHour: hasPrice ? pricePerNodeHour : undefined,
    series: nodes.map(({ at, ready, coming, pendingPods }) => {
      const nodeHours = nodeHoursUntil(at);
      const cost = hasPrice ? { cost: round(nodeHours * pricePerNodeHour) } : {};
      return { atMs: at, ready, coming, pendingPods, nodeHours: round(nodeHours), ...cost };
    }),
  };
}

/** The policy as given always stands among the points, so that there is something to compare with. */
function sweepDocument(
  model: SimulationModel,
  axes: SweepAxes,
  given: SimulationResult,
): SweepDocument | undefined {
  const [subject] = model.workloads;
  if (subject?.hpa === undefined) return undefined;
  const spec = subject.hpa;
  const problems = new Problems();
  const grid = gridFor(axes, spec, problems);
  raise(problems);
  if (grid === undefined) return undefined;
  const entryOf = (
    point: Pick<SweepPoint, "violationSeconds" | "podHours" | "failedRequests">,
    choice: SweepChoice,
  ) => ({
    choice: choiceWords(choice, axes, spec),
    violationSeconds: point.violationSeconds,
    podHours: round(point.podHours),
    failedRequests: Math.round(point.failedRequests),
    isGiven: isGiven(choice, spec),
  });
  const tried = sweep(model, subject.name, grid, (workload) =>
    settledSize(workload, model.controller),
  ).map((point) => entryOf(point, point.choice));
  const [base] = given.workloads;
  const isMissing = base !== undefined && !tried.some((point) => point.isGiven);
  const points = isMissing
    ? [...tried, { ...entryOf(base, givenChoice(spec)), isGiven: true }]
    : tried;
  return { workload: subject.name, axes: namesOf(axes), points: markFront(points) };
}

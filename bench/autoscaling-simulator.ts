/**
 * How fast the simulator is: one day of three workloads with HPAs and nodes (target: below 1 s), and 1,000 simulations
 * of one hour (target: below 20 s on one core). `node bench/run.mjs autoscaling-simulator`
 */
import { simulate } from "../analysis/autoscaling/simulate.ts";
import { sweep } from "../analysis/autoscaling/sweep.ts";
import { defaultPlant, defaultPod } from "../analysis/autoscaling/simulation/defaults.ts";
import { dayLoad } from "../analysis/autoscaling/simulation/load-shape.ts";
import type { SimulationModel, WorkloadModel } from "../analysis/autoscaling/simulation/model.ts";
import { defaultNodePool } from "../analysis/autoscaling/simulation/node-pool.ts";
import { mapPolicies } from "../analysis/autoscaling/policy-mapping.ts";
import { trialModel } from "../analysis/autoscaling/testdata/trial-model.ts";
import { autoscaling } from "../profiles/platform/autoscaling.ts";
import { nodePools } from "../profiles/platform/node-pools.ts";
import { workloads } from "../profiles/platform/workloads.ts";

const { web, api, subgraph } = workloads;
const peaks = { web: 60, api: 130, subgraph: 40 } as const;
const specified = { web, api, subgraph };

/** The specification's workloads, HPAs and node pool over one working day. */
const day: SimulationModel = {
  seed: 1,
  durationMs: 24 * 3_600_000,
  workloads: mapPolicies(autoscaling, specified).map(({ hpa }): WorkloadModel => {
    const name = hpa.name === "web" ? "web" : hpa.name === "api" ? "api" : "subgraph";
    const { cpuRequestCores, cpuLimitCores, memoryRequestBytes, minReplicas } = specified[name];
    return {
      name,
      load: dayLoad(peaks[name]),
      noiseRatio: 0.05,
      initialReplicas: minReplicas,
      hpa: hpa.spec,
      pod: { ...defaultPod, cpuRequestCores, cpuLimitCores, memoryRequestBytes },
      plant: defaultPlant,
      p95LimitMs: 200,
    };
  }),
  nodePool: { ...defaultNodePool, ...nodePools.application },
};

interface Timing<Value> {
  readonly seconds: number;
  /** Of this process, its garbage collector included: what a busy machine does not change. */
  readonly cpuSeconds: number;
  readonly value: Value;
}

function timed<Value>(run: () => Value): Timing<Value> {
  const start = performance.now();
  const before = process.cpuUsage();
  const value = run();
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - start) / 1000;
  return { seconds, cpuSeconds: (user + system) / 1e6, value };
}

const spent = ({ seconds, cpuSeconds }: Timing<unknown>): string =>
  `${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s of CPU)`;

const dayRun = timed(() => simulate(day));
const hour = trialModel(1);
const { keepSyncs: _kept, ...light } = {
  ...hour,
  /** Small pods, so that too few of them are felt: 31 requests/s each. */
  workloads: hour.workloads.map((one) => ({ ...one, pod: { ...one.pod, cpuLimitCores: 0.25 } })),
};
const grid = {
  targetFactors: [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4],
  minReplicas: [1, 2, 3, 4, 5],
  scaleUp: [1, 2, 3, 5].map((value) => ({ type: "Pods" as const, value, periodSeconds: 30 })),
  scaleDown: [1, 2, 3, 4, 5].map((value) => ({ type: "Pods" as const, value, periodSeconds: 60 })),
};
const sweepRun = timed(() => sweep(light, "api", grid));
/** Equal points once, the cheapest first. */
const front = [
  ...new Map(
    sweepRun.value
      .filter(({ onFront }) => onFront)
      .map((point) => [`${point.violationSeconds} ${point.podHours}`, point]),
  ).values(),
].toSorted((a, b) => a.podHours - b.podHours);

const lines = [
  `a day of 3 workloads with HPAs and nodes: ${spent(dayRun)}, target < 1 s`,
  `  ${dayRun.value.podHours.toFixed(0)} pod-hours, ${dayRun.value.nodeHours.toFixed(0)} node-hours, ${dayRun.value.violationSeconds} violation seconds`,
  `${sweepRun.value.length} simulations of one hour: ${spent(sweepRun)}, target < 20 s`,
  `  Pareto front of violation seconds against pod-hours: ${front.length} points`,
  ...front.map(
    ({ violationSeconds, podHours, choice }) =>
      `  ${violationSeconds} s  ${podHours.toFixed(2)} pod-hours  ${JSON.stringify(choice)}`,
  ),
];
process.stdout.write(`${lines.join("\n")}\n`);

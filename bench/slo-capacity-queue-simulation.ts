/** The queue of the sandbox's pods on a virtual clock: workloads whose true capacity is known. */
import { normal, seededRandom } from "../src/domain/random.ts";
import type { Random } from "../src/domain/random.ts";
import { PodQueue } from "../sandbox/src/pods/pod-queue.ts";
import { rankQuantile } from "../src/domain/sorted-quantile.ts";

/** One kind of workload. */
export interface WorkloadCase {
  readonly name: string;
  /** Behind a balancer that picks at random. */
  readonly pods: number;
  readonly cpuCores: number;
  /** Requests in service at once; absent: all share the CPU. */
  readonly concurrency?: number;
  /** Time of a request on an idle pod: median in milliseconds, standard deviation of its logarithm. */
  readonly medianMs: number;
  readonly spread: number;
  /** CPU of the pod as a share of that time; the rest is waiting for others. */
  readonly cpuShare: number;
  readonly limitMs: number;
}

export const workloadCases: readonly WorkloadCase[] = [
  {
    name: "sandbox API: a tenth is CPU",
    pods: 1,
    cpuCores: 1,
    medianMs: 64,
    spread: 0.52,
    cpuShare: 0.1,
    limitMs: 200,
  },
  {
    name: "CPU alone, one core",
    pods: 1,
    cpuCores: 1,
    medianMs: 9,
    spread: 0.5,
    cpuShare: 1,
    limitMs: 40,
  },
  {
    name: "half CPU, two cores",
    pods: 1,
    cpuCores: 2,
    medianMs: 20,
    spread: 0.5,
    cpuShare: 0.5,
    limitMs: 62,
  },
  {
    name: "two workers, first come",
    pods: 1,
    cpuCores: 2,
    concurrency: 2,
    medianMs: 20,
    spread: 0.7,
    cpuShare: 0.5,
    limitMs: 85,
  },
  {
    name: "two pods at random",
    pods: 2,
    cpuCores: 1,
    medianMs: 25,
    spread: 0.5,
    cpuShare: 0.4,
    limitMs: 100,
  },
];

const meanDemandMs = ({ medianMs, spread, cpuShare }: WorkloadCase): number =>
  medianMs * Math.exp(spread ** 2 / 2) * cpuShare;

/** Greatest throughput of all pods together, per second. */
export const greatestThroughput = (workload: WorkloadCase): number =>
  (1000 * workload.pods * workload.cpuCores) / meanDemandMs(workload);

interface Answer {
  /** Milliseconds since the start. */
  readonly at: number;
  readonly durationMs: number;
}

export interface Service {
  readonly arrive: (at: number, answered: (answer: Answer) => void) => void;
  /** Advances time; completions until then have been reported. */
  readonly advance: (at: number) => void;
}

export function service(workload: WorkloadCase, random: Random): Service {
  const { pods, cpuCores, concurrency, medianMs, spread, cpuShare } = workload;
  const model = { cpuCores, concurrency };
  const queues = Array.from({ length: pods }, () => new PodQueue(model));
  return {
    arrive(at, answered) {
      const idleMs = medianMs * Math.exp(spread * normal(random));
      const demand = idleMs * cpuShare;
      const queue = queues[pods === 1 ? 0 : Math.floor(random() * pods)];
      queue?.arrive(at, demand, (end) => {
        const durationMs = idleMs + (end - at - demand);
        answered({ at: at + durationMs, durationMs });
      });
    },
    advance: (at) => {
      for (const queue of queues) queue.advance(at);
    },
  };
}

/** p95 that the queue comes to when it is given evenly spaced arrivals for ever. */
export function steadyP95Ms(
  workload: WorkloadCase,
  perSecond: number,
  requests: number,
  seed = 4711,
): number {
  const one = service(workload, seededRandom(seed));
  const times: number[] = [];
  const warmUp = requests / 10;
  for (let index = 0; index < requests + warmUp; index++) {
    one.arrive((index * 1000) / perSecond, ({ durationMs }) => {
      if (index >= warmUp) times.push(durationMs);
    });
  }
  one.advance(Infinity);
  return rankQuantile(Float64Array.from(times).toSorted(), 0.95) ?? Infinity;
}

/** Loads per second at which each limit is reached, within 0.1 %. */
export function truth(
  workload: WorkloadCase,
  requests = 1_000_000,
): {
  readonly atObjective: number;
  readonly maxThroughput: number;
  readonly capacity: number;
} {
  const maxThroughput = greatestThroughput(workload);
  let low = 0.2 * maxThroughput;
  let high = 0.999 * maxThroughput;
  while (high / low > 1.001) {
    const middle = Math.sqrt(low * high);
    if (steadyP95Ms(workload, middle, requests) > workload.limitMs) high = middle;
    else low = middle;
  }
  const atObjective = Math.sqrt(low * high);
  return { atObjective, maxThroughput, capacity: Math.min(atObjective, 0.9 * maxThroughput) };
}

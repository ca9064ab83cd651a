/** Poisson arrivals at the pod model on a virtual clock, and what theory says of the same queue. */
import { erlangC } from "../analysis/autoscaling/simulation/plant.ts";
import { PodQueue } from "../sandbox/src/pods/pod-queue.ts";
import { normal, seededRandom } from "../src/domain/random.ts";
import type { Random } from "../src/domain/random.ts";

/** Mean demand, core-milliseconds. */
const meanMs = 10;
/** As in the latency table: ln(1 / 0.45) / z₀.₉₅. */
const sigma = 0.4854;

/** How the demand of a request is distributed; every one has the mean above. */
export const demands = {
  exponential: (random: Random) => -meanMs * Math.log(1 - random()),
  constant: () => meanMs,
  lognormal: (random: Random) => meanMs * Math.exp(sigma * normal(random) - sigma ** 2 / 2),
} as const;

export interface QueueCase {
  readonly name: string;
  /** Pods behind a balancer that picks at random. */
  readonly pods: number;
  readonly cpuCores: number;
  readonly demand: keyof typeof demands;
  readonly discipline: "processor-sharing" | "first-come";
}

/** Each has a closed form of its mean response time. */
export const queueCases: readonly QueueCase[] = [
  {
    name: "M/M/1-PS, one pod",
    pods: 1,
    cpuCores: 1,
    demand: "exponential",
    discipline: "processor-sharing",
  },
  {
    name: "M/D/1-PS, one pod",
    pods: 1,
    cpuCores: 1,
    demand: "constant",
    discipline: "processor-sharing",
  },
  {
    name: "M/G/1-PS, lognormal, limit 0.5",
    pods: 1,
    cpuCores: 0.5,
    demand: "lognormal",
    discipline: "processor-sharing",
  },
  {
    name: "M/G/1-PS, lognormal, 4 pods",
    pods: 4,
    cpuCores: 1,
    demand: "lognormal",
    discipline: "processor-sharing",
  },
  {
    name: "M/M/4-PS, one pod of 4 cores",
    pods: 1,
    cpuCores: 4,
    demand: "exponential",
    discipline: "processor-sharing",
  },
  { name: "M/M/1", pods: 1, cpuCores: 1, demand: "exponential", discipline: "first-come" },
  { name: "M/M/2", pods: 1, cpuCores: 2, demand: "exponential", discipline: "first-come" },
  { name: "M/M/8", pods: 1, cpuCores: 8, demand: "exponential", discipline: "first-come" },
];

/**
 * Mean response time, milliseconds. Processor sharing on one core does not ask how the demand is distributed:
 * s / (1 − u); with exponential demands c cores have the mean of M/M/c whatever the order of service.
 * @param utilisation in 0..1    @see Kleinrock (1976), Queueing Systems II, 4.4; Erlang (1917)
 */
export function theoryMs({ cpuCores }: QueueCase, utilisation: number): number {
  if (cpuCores <= 1) return meanMs / cpuCores / (1 - utilisation);
  const wait = erlangC(cpuCores, cpuCores * utilisation);
  return meanMs * (1 + wait / (cpuCores * (1 - utilisation)));
}

/** Pods behind a random pick: what evenly spaced arrivals hide of the queue. */
export const spacingCases = [1, 2, 4, 8].map((pods): QueueCase => ({
  name: `M/G/1-PS, lognormal, ${pods} pods`,
  pods,
  cpuCores: 1,
  demand: "lognormal",
  discipline: "processor-sharing",
}));

/** Mean wait (beyond the time of an idle pod) under evenly spaced arrivals, as a change of that under Poisson's. */
export function waitChange(queue: QueueCase, utilisation: number, seed: number): number {
  const requests = 1_000_000;
  const [even, poisson] = (["even", "poisson"] as const).map(
    (arrivals) =>
      simulateQueue(queue, { utilisation, requests, seed, arrivals }).meanMs -
      meanMs / queue.cpuCores,
  );
  return (even ?? Number.NaN) / (poisson ?? Number.NaN) - 1;
}

export interface QueueRun {
  readonly meanMs: number;
  /** Busy share of the limit: the utilisation that came about. */
  readonly utilisation: number;
}

/** The same seed gives the same run. */
export function simulateQueue(
  { pods, cpuCores, demand, discipline }: QueueCase,
  run: {
    readonly utilisation: number;
    readonly requests: number;
    readonly seed: number;
    /** Default: as users come. k6 spaces its arrivals evenly. */
    readonly arrivals?: "poisson" | "even";
  },
): QueueRun {
  const random = seededRandom(run.seed);
  const draw = demands[demand];
  const concurrency = discipline === "first-come" ? { concurrency: cpuCores } : {};
  const queues = Array.from({ length: pods }, () => new PodQueue({ cpuCores, ...concurrency }));
  const perMs = (run.utilisation * pods * cpuCores) / meanMs;
  let now = 0;
  let sum = 0;
  let count = 0;
  // The empty start is not the steady state: the first tenth is not counted.
  const warmUp = run.requests / 10;
  for (let i = -warmUp; i < run.requests; i++) {
    now += run.arrivals === "even" ? 1 / perMs : -Math.log(1 - random()) / perMs;
    const arrivedAt = now;
    const queue = queues[pods === 1 ? 0 : Math.floor(random() * pods)];
    const counts = i >= 0;
    queue?.arrive(now, draw(random), (at) => {
      if (!counts) return;
      sum += at - arrivedAt;
      count++;
    });
  }
  for (const queue of queues) queue.advance(Infinity);
  const busy = queues.reduce((total, queue) => total + queue.busyCoreMs, 0);
  return { meanMs: sum / count, utilisation: busy / (now * pods * cpuCores) };
}

/**
 * The plant: what latency a load meets. Ready pods are the c servers of an M/M/c queue (Erlang C), which gives the wait
 * of a load that stays below capacity; what exceeds it is carried over as backlog and waits for its turn. A sanity
 * model, not a forecast: put the measured service demand of a load test into it.
 */
export interface PlantModel {
  /** CPU time of one request. */
  readonly cpuSecondsPerRequest: number;
  /** p95 of an unloaded system. */
  readonly p95BaseMs: number;
  /** Requests that would wait longer are given up and count as errors. */
  readonly timeoutMs: number;
}

export interface PlantStep {
  readonly p95Ms: number;
  /** Requests answered and given up in this step. */
  readonly served: number;
  readonly failed: number;
  /** Requests that wait at the end of the step. */
  readonly backlog: number;
  /** Busy share of the capacity, 0..1. */
  readonly busyRatio: number;
}

/** Above this share the stationary wait is unbounded: the backlog takes over. */
const stationaryLimit = 0.97;

/**
 * One step of the queue.
 * @param backlog requests waiting at its start @param stepMs its length @param cpuLimitCores of one pod
 */
export function plantStep(
  model: PlantModel,
  now: {
    readonly arrivalsPerSecond: number;
    readonly backlog: number;
    readonly readyPods: number;
    readonly cpuLimitCores: number;
    readonly stepMs: number;
  },
): PlantStep {
  const seconds = now.stepMs / 1000;
  const arrivals = now.arrivalsPerSecond * seconds;
  const perPod = now.cpuLimitCores / model.cpuSecondsPerRequest;
  const capacityPerSecond = now.readyPods * perPod;
  const waiting = now.backlog + arrivals;
  const served = Math.min(waiting, capacityPerSecond * seconds);
  const longestQueue = (capacityPerSecond * model.timeoutMs) / 1000;
  const backlog = Math.min(waiting - served, longestQueue);
  const failed = waiting - served - backlog;
  if (capacityPerSecond === 0)
    return {
      p95Ms: waiting > 0 ? model.timeoutMs : model.p95BaseMs,
      served,
      failed,
      backlog,
      busyRatio: 0,
    };
  const offered = now.arrivalsPerSecond / capacityPerSecond;
  const wait = waitP95Ms(now.readyPods, Math.min(offered, stationaryLimit), perPod);
  const queue = (backlog / capacityPerSecond) * 1000;
  return {
    p95Ms: Math.min(model.p95BaseMs + wait + queue, model.timeoutMs),
    served,
    failed,
    backlog,
    busyRatio: served / (capacityPerSecond * seconds),
  };
}

/** 95th percentile of the wait in M/M/c: P(W > t) = C·exp(−(cμ−λ)t). @returns milliseconds; 0 where fewer wait */
export function waitP95Ms(servers: number, busyRatio: number, servicesPerSecond: number): number {
  const wait = erlangC(servers, servers * busyRatio);
  if (wait <= 0.05) return 0;
  return (Math.log(wait / 0.05) / (servers * servicesPerSecond * (1 - busyRatio))) * 1000;
}

/** Probability of waiting. @param load in Erlang, below `servers` @see Erlang (1917), by the recursion of Erlang B */
export function erlangC(servers: number, load: number): number {
  if (load <= 0) return 0;
  let blocked = 1;
  for (let k = 1; k <= servers; k++) blocked = (load * blocked) / (k + load * blocked);
  const busyRatio = load / servers;
  return busyRatio >= 1 ? 1 : blocked / (1 - busyRatio * (1 - blocked));
}

/**
 * Queues with c servers in closed form: the sanity curve beside a measured one, and the utilisation that leaves few
 * requests waiting. Offered load a = arrival rate × service time, in erlangs.
 * @see Gross, Shortle, Thompson & Harris (2008), Fundamentals of Queueing Theory; Halfin & Whitt (1981)
 */
import { normalCdf } from "./first-passage.ts";

/** Share of arrivals lost when nobody may wait. @param offered a ≥ 0 */
export function erlangB(servers: number, offered: number): number {
  let blocking = 1;
  for (let k = 1; k <= servers; k++) blocking = (offered * blocking) / (k + offered * blocking);
  return blocking;
}

/** Share of arrivals that wait; 1 at and beyond saturation. */
export function erlangC(servers: number, offered: number): number {
  const utilisation = offered / servers;
  if (utilisation >= 1) return 1;
  const blocking = erlangB(servers, offered);
  return blocking / (1 - utilisation * (1 - blocking));
}

export interface Queue {
  readonly servers: number;
  /** a < servers. */
  readonly offered: number;
  /** Mean time of service, any unit; waits come in it. */
  readonly serviceTime: number;
}

/** Mean wait of M/M/c; Infinity at saturation. */
export function meanWait({ servers, offered, serviceTime }: Queue): number {
  return offered >= servers
    ? Infinity
    : (erlangC(servers, offered) * serviceTime) / (servers - offered);
}

/** Quantile of the wait; 0 where that share does not wait. @param p 0..1 */
export function waitQuantile({ servers, offered, serviceTime }: Queue, p: number): number {
  if (offered >= servers) return Infinity;
  const waiting = erlangC(servers, offered);
  if (waiting <= 1 - p) return 0;
  return (Math.log(waiting / (1 - p)) * serviceTime) / (servers - offered);
}

/** Share of arrivals that wait no longer than a time. */
export const servedWithin = ({ servers, offered, serviceTime }: Queue, time: number): number =>
  offered >= servers
    ? 0
    : 1 - erlangC(servers, offered) * Math.exp((-(servers - offered) * time) / serviceTime);

/** Least servers that serve a share of the arrivals within a time. @param level in (0, 1) */
export function serversFor(
  offered: number,
  serviceTime: number,
  { level, within }: { readonly level: number; readonly within: number },
): number {
  let servers = Math.floor(offered) + 1;
  while (servedWithin({ servers, offered, serviceTime }, within) < level) servers++;
  return servers;
}

/** Offered load that loses this share of arrivals. @param blocking in (0, 1) */
export const offeredForBlocking = (servers: number, blocking: number): number =>
  bisect(
    (offered) => erlangB(servers, offered) < blocking,
    servers / Math.max(1e-6, 1 - blocking) + servers,
  );

/** Highest utilisation at which at most this share of arrivals waits. @param waiting in (0, 1) */
export const maxUtilisation = (servers: number, waiting: number): number =>
  bisect((utilisation) => erlangC(servers, utilisation * servers) < waiting, 1);

/** The largest argument in [0, high] for which a condition that turns false once still holds. */
function bisect(holds: (value: number) => boolean, high: number): number {
  let low = 0;
  let top = high;
  for (let step = 0; step < 100; step++) {
    const middle = (low + top) / 2;
    if (holds(middle)) low = middle;
    else top = middle;
  }
  return (low + top) / 2;
}

/** Share that waits in a large system of a + β√a servers (Halfin & Whitt). @param beta > 0 */
export function waitingWithSlack(beta: number): number {
  const density = Math.exp((-beta * beta) / 2) / Math.sqrt(2 * Math.PI);
  return 1 / (1 + (beta * normalCdf(beta)) / density);
}

/** a + β√a servers, rounded up. */
export const squareRootServers = (offered: number, beta: number): number =>
  Math.ceil(offered + beta * Math.sqrt(offered));

/** Variability of arrivals and services: squared coefficients of variation, 1 is exponential, 0 is regular. */
export interface Variability {
  readonly arrivals: number;
  readonly services: number;
}

/** Mean wait of G/G/1. @param utilisation in [0, 1) @see Kingman (1961) */
export const kingmanWait = (
  utilisation: number,
  serviceTime: number,
  { arrivals, services }: Variability,
): number => ((utilisation / (1 - utilisation)) * serviceTime * (arrivals + services)) / 2;

/** Mean wait of G/G/c. @see Allen (1990), Probability, Statistics and Queueing Theory */
export const allenCunneenWait = (queue: Queue, { arrivals, services }: Variability): number =>
  (meanWait(queue) * (arrivals + services)) / 2;

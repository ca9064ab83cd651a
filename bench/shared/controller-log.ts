/** What the horizontal pod autoscaler wrote of its own decisions (`--vmodule=horizontal=5`), beside those predicted. */

/** One sync of an autoscaler. */
export interface LoggedSync {
  readonly at: number;
  /** Absent: it could not decide. */
  readonly desiredReplicas?: number | undefined;
  /** What the metrics asked for, before limits and windows. */
  readonly proposed?: number | undefined;
  /** The size that it rescaled from. */
  readonly rescaledFrom?: number | undefined;
}

export interface PredictedSync {
  readonly at: number;
  readonly desiredReplicas: number;
  readonly proposed?: number | undefined;
  readonly specReplicas: number;
  /** What the observed status says was decided; absent: it cannot be compared. */
  readonly observed?: number | undefined;
}

const stamp = /^[IWE](\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{3})/;
const target = /scaleTarget="\w+\/([^"]+)"/;
const rescaled =
  /"Successfully rescaled" HPA="([^"]+)" currentReplicas=(\d+) desiredReplicas=(\d+)/;
const failed = /failed to compute desired number of replicas .* for \w+\/([^/]+\/[^:]+): /;
const desired = /desiredReplicas=(\d+)/;

/** @returns by `NAMESPACE/NAME` of the target, which the autoscaler shares; in time */
export function loggedSyncs(log: string, year: number): ReadonlyMap<string, readonly LoggedSync[]> {
  const syncs = new Map<string, LoggedSync[]>();
  const proposals = new Map<string, number>();
  const add = (name: string, sync: LoggedSync): void => {
    const all = syncs.get(name) ?? [];
    syncs.set(name, all);
    all.push({ ...sync, proposed: proposals.get(name) });
    proposals.delete(name);
  };
  for (const line of log.split("\n")) {
    const at = stampOf(line, year);
    if (at === undefined) continue;
    const name = target.exec(line)?.[1];
    const size = Number(desired.exec(line)?.[1]);
    if (name !== undefined && line.includes('"Proposing desired replicas'))
      proposals.set(name, size);
    else if (name !== undefined && line.includes('"Decided not to scale"'))
      add(name, { at, desiredReplicas: size });
    const [, hpa, from, to] = rescaled.exec(line) ?? [];
    if (hpa !== undefined)
      add(hpa, { at, desiredReplicas: Number(to), rescaledFrom: Number(from) });
    const without = failed.exec(line)?.[1];
    if (without !== undefined) add(without, { at });
  }
  return syncs;
}

/** Go's log has local time, and no year. */
function stampOf(line: string, year: number): number | undefined {
  const found = stamp.exec(line);
  if (found === null) return undefined;
  const [month = 1, day = 1, hour = 0, minute = 0, second = 0, ms = 0] = found.slice(1).map(Number);
  return new Date(year, month - 1, day, hour, minute, second, ms).getTime();
}

/**
 * Why a prediction is not what the status says, or what the controller logged:
 * - `status-before-sync`: the controller decided what was predicted; the status that is compared is that of another sync
 * - `phantom-sync`: at that time the controller did not sync
 * - `missed-sync`: it did, and no sync was recovered there
 * - `stale-cache`: it decided on another size than the API server had
 * - `scrape-time`: it read the metrics of a scrape before or after
 * - `other-metrics`: its metrics asked for another size, whose cause is not known
 * - `history`: the same proposal, limited in another way by what it remembers of rescales and recommendations
 */
export type MissCause =
  | "status-before-sync"
  | "phantom-sync"
  | "missed-sync"
  | "stale-cache"
  | "scrape-time"
  | "other-metrics"
  | "history";

export interface Agreement {
  readonly compared: number;
  readonly agreed: number;
  readonly misses: readonly Miss[];
}

export interface Miss {
  readonly at: number;
  readonly predicted: number | undefined;
  readonly actual: number;
  readonly cause: MissCause;
}

/** Half of the controller's period. */
const nearMs = 7500;

/** Predictions beside what the observed status says. */
export function beside(
  predicted: readonly PredictedSync[],
  logged: readonly LoggedSync[],
): Agreement {
  const compared = predicted.flatMap((sync, index): readonly (Miss | undefined)[] => {
    const { at, observed: actual, desiredReplicas } = sync;
    if (actual === undefined) return [];
    if (actual === desiredReplicas) return [undefined];
    const real = nearest(logged, at);
    const cause =
      real === undefined
        ? "phantom-sync"
        : real.desiredReplicas === desiredReplicas
          ? "status-before-sync"
          : causeOf(predicted, index, real);
    return [{ at, predicted: desiredReplicas, actual, cause }];
  });
  return agreementOf(compared);
}

/** The controller's own decisions beside the prediction at each, from the first sync that can be compared on. */
export function besideLog(
  predicted: readonly PredictedSync[],
  logged: readonly LoggedSync[],
): Agreement {
  const comparable = predicted.filter(({ observed }) => observed !== undefined);
  const [first, last] = [comparable[0], comparable.at(-1)];
  const compared = logged.flatMap((real): readonly (Miss | undefined)[] => {
    const { at, desiredReplicas: actual } = real;
    if (actual === undefined || first === undefined || last === undefined) return [];
    if (at < first.at || at > last.at) return [];
    const sync = nearest(predicted, at);
    if (sync === undefined) return [{ at, predicted: undefined, actual, cause: "missed-sync" }];
    if (sync.observed === undefined) return [];
    if (sync.desiredReplicas === actual) return [undefined];
    const cause = causeOf(predicted, predicted.indexOf(sync), real);
    return [{ at, predicted: sync.desiredReplicas, actual, cause }];
  });
  return agreementOf(compared);
}

const agreementOf = (compared: readonly (Miss | undefined)[]): Agreement => {
  const misses = compared.filter((miss) => miss !== undefined);
  return { compared: compared.length, agreed: compared.length - misses.length, misses };
};

function causeOf(predicted: readonly PredictedSync[], index: number, real: LoggedSync): MissCause {
  const sync = predicted[index];
  if (real.rescaledFrom !== undefined && real.rescaledFrom !== sync?.specReplicas)
    return "stale-cache";
  if (real.proposed === sync?.proposed) return "history";
  const near = [predicted[index - 1], predicted[index + 1]];
  return near.some((each) => each?.proposed === real.proposed) ? "scrape-time" : "other-metrics";
}

function nearest<Sync extends { readonly at: number }>(
  syncs: readonly Sync[],
  at: number,
): Sync | undefined {
  const distance = (sync: Sync): number => Math.abs(sync.at - at);
  const [closest] = syncs.toSorted((a, b) => distance(a) - distance(b));
  return closest !== undefined && distance(closest) <= nearMs ? closest : undefined;
}

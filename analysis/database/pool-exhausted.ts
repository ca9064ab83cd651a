import { formatCount, percent, plural } from "../../src/domain/number-text.ts";
import type { Observation } from "../../src/domain/observation.ts";
import type { RunData } from "../../src/domain/run.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import { observationsNamed } from "./observed.ts";

/** Smaller pools are nobody's pool. */
const smallestPool = 4;
/** A pool is exhausted when so many of its connections are held by transactions that do nothing. */
const heldShare = 0.75;
const minNotablePolls = 2;
/** All busy at so many polls: the pool is what requests wait for. */
const busyPollsShare = 0.5;
const minPolls = 4;

/** One reading of the sessions of an application. */
interface PoolSnapshot {
  readonly at: number;
  readonly total: number;
  readonly active: number;
  readonly held: number;
}

/**
 * The database does not know pools: it sees connections that an application keeps. Held in transactions that do nothing, or
 * all at work at most polls, they leave none for the next request, which waits where the database cannot see it.
 */
export function poolExhausted(data: RunData): readonly Finding[] {
  const found = [...snapshotsByApplication(data)].flatMap(([application, snapshots]) => {
    const pools = snapshots.filter(({ total }) => total >= smallestPool);
    const held = pools.filter((each) => each.held >= heldShare * each.total);
    if (held.length >= minNotablePolls) return [{ application, snapshots: held, isHeld: true }];
    // A pool may grow during the run, and another session may look in: no size is the pool's.
    const busy = pools.filter(({ total, active }) => active >= total);
    return snapshots.length >= minPolls && busy.length >= busyPollsShare * snapshots.length
      ? [{ application, snapshots: busy, isHeld: false }]
      : [];
  });
  const held = found.filter(({ isHeld }) => isHeld);
  const busy = found.filter(({ isHeld }) => !isHeld);
  return [
    ...(held.length > 0 ? [heldFinding(held)] : []),
    ...(busy.length > 0 ? [busyFinding(busy)] : []),
  ];
}

interface Exhausted {
  readonly application: string;
  readonly snapshots: readonly PoolSnapshot[];
}

const namesOf = (found: readonly Exhausted[]): string =>
  found
    .map(({ application }) => (application === "" ? "an application without a name" : application))
    .join(" and ");

const fullest = ({ snapshots }: Exhausted, field: "held" | "active"): PoolSnapshot | undefined =>
  snapshots.toSorted((a, b) => b[field] - a[field])[0];

function heldFinding(found: readonly Exhausted[]): Finding {
  const each = found.map((one) => {
    const { held = 0, total = 0 } = fullest(one, "held") ?? {};
    return `${formatCount(held)} of ${formatCount(total)} (${percent(held / total)})`;
  });
  return {
    id: "database-pool-exhausted",
    severity: "P1",
    sentence: `The connection pool of ${namesOf(found)} is exhausted: ${each.join(" and ")} connections are held by transactions that do nothing.`,
    evidence: `Idle in a transaction for 5 s or more, at ${plural(Math.max(...found.map(({ snapshots }) => snapshots.length)), "poll")}; whoever needs a connection waits for one outside the database.`,
    action:
      "Find what begins a transaction and does not end it: a call to another service inside it, an error path without rollback. Set idle_in_transaction_session_timeout.",
  };
}

function busyFinding(found: readonly Exhausted[]): Finding {
  const each = found.map(
    ({ snapshots }) => `all ${rangeOf(snapshots.map(({ active }) => active))}`,
  );
  return {
    id: "database-pool-exhausted",
    severity: "P2",
    sentence: `The connection pool of ${namesOf(found)} is used up: ${each.join(" and ")} connections ran a statement at most polls.`,
    evidence: `At ${plural(Math.max(...found.map(({ snapshots }) => snapshots.length)), "poll")} not one connection was free; requests wait for one outside the database.`,
    action:
      "Make the slowest statements faster first; then a larger pool, if the database's connections and CPU allow it.",
  };
}

/** "10", or "8 to 12". */
function rangeOf(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? formatCount(most) : `${formatCount(least)} to ${formatCount(most)}`;
}

/** The observer's own connections are no pool. */
const isOwn = (application: string): boolean => application.startsWith("headroom ");

function snapshotsByApplication(data: RunData): Map<string, PoolSnapshot[]> {
  const byApplication = new Map<string, PoolSnapshot[]>();
  const valueAt = indexed([
    ...observationsNamed(data, "sessions.active"),
    ...observationsNamed(data, "sessions.held"),
  ]);
  for (const { at, value, labels } of observationsNamed(data, "sessions")) {
    const application = labels["application"] ?? "";
    if (isOwn(application)) continue;
    const snapshots = byApplication.get(application) ?? [];
    snapshots.push({
      at,
      total: value,
      active: valueAt("sessions.active", application, at),
      held: valueAt("sessions.held", application, at),
    });
    byApplication.set(application, snapshots);
  }
  return byApplication;
}

const key = (name: string, application: string, at: number): string =>
  JSON.stringify([name, application, at]);

function indexed(
  observations: readonly Observation[],
): (name: string, application: string, at: number) => number {
  const values = new Map(
    observations.map(({ name, labels, at, value }) => [
      key(name, labels["application"] ?? "", at),
      value,
    ]),
  );
  return (name, application, at) => values.get(key(name, application, at)) ?? 0;
}

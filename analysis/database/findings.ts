/** What is worth saying of the database: each rule with the figures it rests on. */
import {
  formatApart,
  formatCount,
  inSentence,
  intervalInSentence,
  percent,
  plural,
} from "../../src/domain/number-text.ts";
import type { DatabaseReport } from "../../src/domain/database.ts";
import type { RunData } from "../../src/domain/run.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import { minimumQuantileCount } from "../statistics/quantile-interval.ts";
import type { FindingRule } from "../findings/finding-rule.ts";
import { poolExhausted } from "./pool-exhausted.ts";

interface DatabaseFacts {
  readonly data: RunData;
  readonly report: DatabaseReport;
  /** The objective for a query's p95. */
  readonly limitMs: number;
}

type DatabaseRule = (facts: DatabaseFacts) => readonly Finding[];

/** Ids are public. */
const rules = {
  "database-slow": (facts) => databaseSlow(facts),
  "database-slow-statement": (facts) => slowStatement(facts),
  "database-pool-exhausted": ({ data }) => poolExhausted(data),
  "database-connections": (facts) => connectionsNearLimit(facts),
  "database-lock-waits": (facts) => lockWaits(facts),
  "database-cache-misses": (facts) => cacheMisses(facts),
  "database-replication-lag": (facts) => replicationLag(facts),
} as const satisfies Record<string, DatabaseRule>;

export const databaseFindings: FindingRule = ({ data, plan, database: report }) =>
  report === undefined
    ? []
    : Object.values(rules).flatMap((rule) =>
        rule({ data, report, limitMs: plan.objectives.databaseP95Ms }),
      );

const quoted = (query: string): string =>
  `\`${(query.length <= 140 ? query : `${query.slice(0, 139)}…`).replaceAll("`", "'")}\``;

type Statement = DatabaseReport["statements"][number];

const described = ({ query, timeShare, meanMs, calls }: Statement): string =>
  `${quoted(query)} (${percent(timeShare)} of all statements' time, ${inSentence(meanMs, "ms")} on average, ${plural(calls, "call")})`;

/** The probe is beyond the objective for sure: whose time was it? */
function databaseSlow({ report: { probe, statements }, limitMs }: DatabaseFacts): Finding[] {
  if (probe === undefined || probe.p95.sampleCount < minimumQuantileCount(0.95)) return [];
  if (probe.p95.low <= limitMs) return [];
  const [busiest] = statements;
  const isUnbounded = probe.p95.point === Infinity;
  return [
    {
      id: "database-slow",
      severity: isUnbounded ? "P1" : "P2",
      sentence: `${
        isUnbounded
          ? `The database left ${percent(probe.failed / probe.p95.sampleCount)} of its probes without an answer`
          : `The database is slow: p95 of its probe is ${formatApart(probe.p95.point, limitMs, "ms")}, the objective is ${inSentence(limitMs, "ms")}`
      }${busiest === undefined ? "." : `; most of its time went to ${described(busiest)}.`}`,
      evidence: `Probe: ${intervalInSentence(probe.p95)}; ${formatCount(probe.perSecond)}/s, median ${inSentence(probe.p50Ms, "ms")}.`,
      action:
        busiest === undefined
          ? "Look at the database's CPU, disk and locks, and at its slowest statements."
          : "Look at this statement's plan (explain analyze) and indexes first, then at the database's CPU and disk.",
    },
  ];
}

/** Of less time than that no statement is worth a sentence. */
const notableShare = 0.05;

/** Statements that take longer on average than the objective allows 95 % of queries. */
function slowStatement({ report: { statements }, limitMs }: DatabaseFacts): Finding[] {
  const slow = statements.filter(
    ({ meanMs, timeShare }) => meanMs > limitMs && timeShare >= notableShare,
  );
  const [worst] = slow;
  if (worst === undefined) return [];
  const others = slow.length - 1;
  return [
    {
      id: "database-slow-statement",
      severity: "P2",
      sentence: `${others === 0 ? "A statement is" : `${plural(slow.length, "statement")} are`} slower on average than the objective of ${inSentence(limitMs, "ms")}${others === 0 ? "" : ", most of all"}: ${described(worst)}.`,
      evidence: `pg_stat_statements between the run's start and end; ${formatCount(worst.rowsPerCall)} rows a call.`,
      action: "Look at its plan (explain analyze), its indexes and how many rows it reads.",
    },
  ];
}

const nearLimitShare = 0.8;
const exhaustedShare = 0.95;

function connectionsNearLimit({ report: { connections } }: DatabaseFacts): Finding[] {
  if (connections === undefined || connections.most < nearLimitShare * connections.limit) return [];
  const { most, limit } = connections;
  const isExhausted = most >= exhaustedShare * limit;
  return [
    {
      id: "database-connections",
      severity: isExhausted ? "P1" : "P2",
      sentence: `The database ${isExhausted ? "ran out of connections" : "came near its limit of connections"}: ${formatCount(most)} of ${formatCount(limit)} were open.`,
      evidence: `${percent(most / limit)} at the poll with the most; the limit is max_connections without the reserved ones.`,
      action:
        "Add up the pools of all replicas at their maximum; make them smaller, put a pooler before the database, or raise max_connections with the memory it takes.",
    },
  ];
}

/** A wait at one poll only may be chance. */
const minNotablePolls = 2;
const manyWaits = 5;

function lockWaits({ data, report: { lockWaitsMost = 0 } }: DatabaseFacts): Finding[] {
  const snapshots = data.observations.filter(
    ({ source, name }) => source === "database" && name === "lock.waits",
  );
  const waiting = snapshots.filter(({ value }) => value > 0).length;
  if (waiting < minNotablePolls) return [];
  return [
    {
      id: "database-lock-waits",
      severity: lockWaitsMost >= manyWaits ? "P2" : "P3",
      sentence: `Sessions waited for locks at ${formatCount(waiting)} of ${plural(snapshots.length, "poll")}, up to ${formatCount(lockWaitsMost)} at a time.`,
      evidence: "pg_stat_activity, wait_event_type Lock, sessions of this database.",
      action:
        "Find who blocks them (pg_blocking_pids): long transactions, rows that everybody updates, or changes of a table's definition.",
    },
  ];
}

const lowHitRatio = 0.95;
/** Blocks: less than 80 MB of 8 kB blocks says nothing about a cache. */
const notableBlocks = 10_000;

function cacheMisses({ data, report: { cacheHitRatio } }: DatabaseFacts): Finding[] {
  const blocks = data.observations.findLast(
    ({ source, name }) => source === "database" && name === "cache.blocks",
  )?.value;
  if (cacheHitRatio === undefined || blocks === undefined) return [];
  if (cacheHitRatio >= lowHitRatio || blocks < notableBlocks) return [];
  return [
    {
      id: "database-cache-misses",
      severity: "P3",
      sentence: `The database found only ${percent(cacheHitRatio)} of the blocks it needed in its cache.`,
      evidence: `${formatCount(blocks)} blocks of this database during the run; below ${percent(lowHitRatio)}.`,
      action:
        "Look for statements that read whole tables; then compare shared_buffers with the data that is used.",
    },
  ];
}

/** A page that reads its own write from a replica would miss it for that long. */
const longLagMs = 1000;

function replicationLag({ report: { replicationLagMostMs = 0 } }: DatabaseFacts): Finding[] {
  if (replicationLagMostMs <= longLagMs) return [];
  return [
    {
      id: "database-replication-lag",
      severity: "P3",
      sentence: `A standby was up to ${inSentence(replicationLagMostMs, "ms")} behind.`,
      evidence: "Replay lag as reported by the servers, the maximum of all polls.",
      action:
        "Look at the standby's disk and CPU and at long queries on it; reads from it are that old.",
    },
  ];
}

import { inSentence, percent, plural } from "../../../src/domain/number-text.ts";
import type { Finding } from "../../../src/domain/verdict.ts";
import { latencyNoun } from "../../phrases.ts";
import { subjectOf } from "../observed-lines.ts";
import {
  judgedLines,
  minimumValues,
  slowSurfaces,
  type PlatformContext,
  type PlatformRule,
} from "../platform-context.ts";

/** Waiting this long for a connection is a pool that is too small, not a busy one (graph-node's own alert begins at 10 ms). */
const waitMs = 100;
/** PostgreSQL refuses at 100 %, superusers' reserve included. */
const usedRatio = 0.9;

/** Requests that waited for a database connection, or a server that had hardly one left. */
export const poolExhausted: PlatformRule = (context) => [
  ...waits(context, "subgraph.pool.wait", "for a connection of graph-node's pool"),
  ...waits(context, "subgraph.semaphore.wait", "for their turn in graph-node"),
  ...fullServers(context),
];

function waits(context: PlatformContext, query: string, what: string): Finding[] {
  return judgedLines(context, query).flatMap(({ line, values }): Finding[] => {
    const long = values.filter((value) => value >= waitMs);
    if (long.length < minimumValues) return [];
    return [
      {
        id: "pool-exhausted",
        severity: "P2",
        sentence: `Subgraph queries waited up to ${inSentence(Math.max(...long), "ms")} ${what} (${subjectOf(line)}): its connection pool was exhausted.`,
        evidence: evidence(
          context,
          long.length,
          values.length,
          `at or above ${inSentence(waitMs, "ms")}`,
        ),
        action:
          "Look for queries that hold connections too long first; then a larger pool, and max_connections that carries all pools together.",
        surface: "subgraph",
      },
    ];
  });
}

const fullServers = (context: PlatformContext): Finding[] =>
  judgedLines(context, "postgres.connections.utilisation").flatMap(({ line, values }) => {
    const full = values.filter((value) => value >= usedRatio);
    if (full.length < minimumValues) return [];
    return [
      {
        id: "pool-exhausted",
        severity: "P2",
        sentence: `PostgreSQL (${subjectOf(line)}) had up to ${percent(Math.max(...full))} of its connections in use: the next pod that starts may get none.`,
        evidence: evidence(
          context,
          full.length,
          values.length,
          `at or above ${percent(usedRatio)}`,
        ),
        action:
          "Count the pools: pods × pool size must stay below max_connections; else put a connection pooler between.",
      },
    ];
  });

function evidence(context: PlatformContext, bad: number, all: number, where: string): string {
  const slow = slowSurfaces(context).map(
    ({ surface, p95Ms }) =>
      `p95 of ${latencyNoun[surface]} was ${inSentence(p95Ms, "ms")} meanwhile`,
  );
  return `${[`${bad} of ${plural(all, "value")} over the judged phases lay ${where}`, ...slow].join("; ")}.`;
}

import {
  formatCount,
  formatInterval,
  formatLatency,
  formatLimit,
  formatPoint,
  formatShare,
  formatValue,
} from "../../src/domain/number-text.ts";
import type { DatabaseReport } from "../../src/domain/database.ts";
import type { Report } from "../../src/domain/report.ts";
import type { Limit } from "../../src/domain/verdict.ts";
import { markup, type Fragment, type Markup } from "../markup.ts";
import { cut } from "../printable.ts";
import { inlineBar } from "../svg/inline-bar.ts";
import { gapList } from "./gaps.ts";
import { facts, nothing, section, table, type Column, type Section } from "../kit/layout.ts";

/** PostgreSQL under the load: what a query of ours felt, and where its own time went. */
export function database(report: Report): Section | undefined {
  const seen = report.database;
  if (seen === undefined) return undefined;
  const lead =
    "The objective’s p95 is the probe’s: a query at a constant rate on its own connection, timed from its intended start. The server’s own statistics have means and no percentiles.";
  return section("database", "Database", lead, [
    gapList(seen.gaps),
    facts([...probeFacts(seen, limitOf(report)), ...serverFacts(seen)]),
    statements(seen),
  ]);
}

const limitOf = ({ run: { plan } }: Report): Limit => ({
  value: plan.objectives.databaseP95Ms,
  unit: "ms",
  good: "below",
  source: "plan",
});

type Facts = readonly (readonly [string, Fragment])[];

function probeFacts({ server, probe }: DatabaseReport, limit: Limit): Facts {
  if (probe === undefined)
    return [
      ["Server", server],
      ["Probe", "none"],
    ];
  const { p95, p50Ms, perSecond, failed, statement } = probe;
  const bar = inlineBar({
    value: p95.point,
    most: limit.value * 2,
    limit: limit.value,
    label: `p95 ${formatPoint(p95, limit)}, limit ${formatLimit(limit)}`,
  });
  return [
    ["Server", server],
    [
      "Probe, p95",
      markup`<strong>${formatPoint(p95, limit)}</strong> <span class="muted">(${formatInterval(p95, limit)}), limit ${formatLimit(limit)}</span>${bar}`,
    ],
    ["Probe, p50", formatLatency(p50Ms)],
    [
      "Probe ran",
      markup`${formatValue(perSecond, "1/s")}, ${formatCount(p95.sampleCount)} times, ${formatCount(failed)} failed<br><code>${statement}</code>`,
    ],
  ];
}

function serverFacts(seen: DatabaseReport): Facts {
  const { connections, lockWaitsMost, cacheHitRatio, replicationLagMostMs } = seen;
  return [
    ["Connections, most", connections && connectionsFact(connections)],
    [
      "Sessions waiting for a lock, most",
      lockWaitsMost === undefined ? undefined : formatCount(lockWaitsMost),
    ],
    [
      "Blocks found in the cache",
      cacheHitRatio === undefined ? undefined : formatValue(cacheHitRatio, "ratio"),
    ],
    [
      "Replication lag, most",
      replicationLagMostMs === undefined ? undefined : formatLatency(replicationLagMostMs),
    ],
  ];
}

/** The platform is alerted at 80 % utilisation of whatever can be full. */
const alertShare = 0.8;

function connectionsFact({ most, limit }: NonNullable<DatabaseReport["connections"]>): Markup {
  const said = `${formatCount(most)} of ${formatCount(limit)}`;
  return markup`${said} <span class="muted">(${formatShare(most, limit)}), alert at ${formatValue(alertShare, "ratio")}</span>${inlineBar({ value: most, most: limit, limit: limit * alertShare, label: `${said}; the mark is the alert at ${formatValue(alertShare, "ratio")}` })}`;
}

const columns: readonly Column[] = [
  { title: "Statement, as the server normalises it" },
  { title: "Share of all time" },
  { title: "Calls", numeric: true },
  { title: "Mean", numeric: true },
  { title: "Rows per call", numeric: true },
];

const mostStatements = 15;
const longestStatement = 240;

function statements({ statements: all }: DatabaseReport): Fragment {
  if (all.length === 0) return nothing("No statement was counted.");
  const shown = all.slice(0, mostStatements);
  const most = Math.max(...shown.map(({ timeShare }) => timeShare));
  const rows = shown.map(({ query, calls, meanMs, timeShare, rowsPerCall }) => [
    markup`<code>${cut(query, longestStatement)}</code>`,
    markup`${formatValue(timeShare, "ratio")}${inlineBar({ value: timeShare, most, label: `${formatValue(timeShare, "ratio")} of all statements’ time` })}`,
    formatCount(calls),
    formatLatency(meanMs),
    formatCount(rowsPerCall),
  ]);
  const more = all.length - shown.length;
  return markup`<h3>Statements by the time they took</h3>
<div class="statements">${table("Statements by the time they took, between the start and the end of the run", columns, rows)}</div>${more > 0 && markup`<p class="muted">${more} cheaper statements are in verdicts.json.</p>`}`;
}

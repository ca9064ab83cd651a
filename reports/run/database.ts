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
import {
  column,
  facts,
  gaps,
  heading,
  itemTable,
  nothing,
  rest,
  type Block,
  type Fact,
  type Part,
} from "../kit/block.ts";
import type { Line } from "../kit/inline.ts";
import { cut } from "../printable.ts";
import { count, estimateLine, latency, planLimit, shownGaps } from "./words.ts";

/** PostgreSQL under the load: what a query of ours felt, and where its own time went. */
export function database(report: Report): Part | undefined {
  const all = report.database;
  return (
    all && {
      id: "database",
      title: "Database",
      lead: "The objective’s p95 is the probe’s: a query at a constant rate on its own connection, timed from its intended start. The server’s own statistics have means and no percentiles.",
      blocks: [
        ...gaps(shownGaps(all.gaps)),
        facts([
          ["Server", all.server],
          ...probeFacts(all, planLimit(report.run.plan.objectives.databaseP95Ms)),
          ...serverFacts(all),
        ]),
        ...statements(all),
      ],
    }
  );
}

function probeFacts({ probe }: DatabaseReport, limit: Limit): readonly Fact[] {
  if (probe === undefined) return [["Probe", "none"]];
  const { p95, p50Ms, perSecond, failed, statement } = probe;
  const [value, atMost] = [formatPoint(p95, limit), formatLimit(limit)];
  const bar = {
    value: p95.point,
    most: limit.value * 2,
    limit: limit.value,
    label: `p95 ${value}, limit ${atMost}`,
  };
  return [
    [
      "Probe, p95",
      estimateLine(value, `(${formatInterval(p95, limit)}), limit ${atMost}`, { bar }),
    ],
    ["Probe, p50", formatLatency(p50Ms)],
    [
      "Probe ran",
      [
        `${formatValue(perSecond, "1/s")}, ${formatCount(p95.sampleCount)} times, ${formatCount(failed)} failed`,
        { code: statement },
      ],
    ],
  ];
}

const serverFacts = (all: DatabaseReport): readonly Fact[] => [
  ["Connections, most", all.connections && connectionsLine(all.connections)],
  ["Sessions waiting for a lock, most", given(all.lockWaitsMost, formatCount)],
  ["Blocks found in the cache", given(all.cacheHitRatio, (ratio) => formatValue(ratio, "ratio"))],
  ["Replication lag, most", given(all.replicationLagMostMs, formatLatency)],
];

const given = (value: number | undefined, format: (value: number) => string): string | undefined =>
  value === undefined ? undefined : format(value);

/** The platform is alerted at 80 % utilisation of whatever can be full. */
const alertShare = 0.8;

function connectionsLine({ most, limit }: NonNullable<DatabaseReport["connections"]>): Line {
  const text = `${formatCount(most)} of ${formatCount(limit)}`;
  const alert = formatValue(alertShare, "ratio");
  const label = `${text}; the mark is the alert at ${alert}`;
  return [
    text,
    " ",
    { muted: `(${formatShare(most, limit)}), alert at ${alert}` },
    { bar: { value: most, most: limit, limit: limit * alertShare, label } },
  ];
}

const mostStatements = 15;
const longestStatement = 240;

function statements({ statements: all }: DatabaseReport): readonly Block[] {
  if (all.length === 0) return [nothing("No statement was counted.")];
  const shown = all.slice(0, mostStatements);
  const most = Math.max(...shown.map(({ timeShare }) => timeShare));
  const title = "Statements by the time they took";
  return [
    heading(title),
    ...itemTable("statements", `${title}, between the start and the end of the run`, shown, [
      column("statement", "Statement, as the server normalises it", ({ query }) => ({
        shown: { code: cut(query, longestStatement) },
      })),
      column("share", "Share of all time", ({ timeShare }) => {
        const text = formatValue(timeShare, "ratio");
        const bar = { value: timeShare, most, label: `${text} of all statements’ time` };
        return { value: timeShare, shown: [text, { bar }] };
      }),
      count("calls", "Calls", ({ calls }) => calls),
      latency("mean", "Mean", ({ meanMs }) => meanMs),
      count("rows", "Rows per call", ({ rowsPerCall }) => rowsPerCall),
    ]),
    ...rest(all.length - shown.length, "cheaper statements are in verdicts.json."),
  ];
}

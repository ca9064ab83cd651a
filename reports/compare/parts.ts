/** The parts of a comparison of two runs: page and Markdown say the same. */
import type { RunDifference } from "../../src/domain/run-difference.ts";
import type {
  ComparedMetric,
  ComparedRow,
  Contribution,
  SideBySide,
} from "../../src/domain/side-by-side.ts";
import {
  absent,
  formatCount,
  formatInterval,
  formatLatency,
  formatPoint,
  formatRatio,
  formatShare,
  formatValue,
  inSentence,
  plural,
  signedPercent,
} from "../../src/domain/number-text.ts";
import type { Report } from "../../src/domain/report.ts";
import { surfaceNames } from "../../src/domain/surface.ts";
import { formatDuration, formatInstant } from "../../src/domain/time-text.ts";
import {
  column,
  folded,
  itemTable,
  note,
  nothing,
  numberColumn,
  rest,
  sentences,
  type Block,
  type Cell,
  type Part,
} from "../kit/block.ts";
import type { Line } from "../kit/inline.ts";
import { percentileChart } from "../kit/percentile-chart.ts";
import { kindNames, outcomeWord } from "../wording.ts";

export const compareParts = (compared: SideBySide): readonly Part[] => [
  differencesPart(compared),
  metricsPart(compared),
  latencyPart(compared),
  endpointsPart(compared),
];

interface Trait {
  readonly name: string;
  readonly of: (report: Report) => string;
}

const traits: readonly Trait[] = [
  { name: "Run", of: ({ run }) => run.id },
  { name: "Outcome", of: ({ outcome }) => outcomeWord(outcome) },
  { name: "Started", of: ({ run }) => formatInstant(run.startedAt) },
  { name: "Profile", of: ({ run }) => run.plan.profile },
  { name: "Plan", of: ({ run }) => run.hashes.plan.slice(0, 12) },
  { name: "Scenario", of: ({ run }) => run.hashes.scenario.slice(0, 12) },
  {
    name: "Offered rate",
    of: ({ run, throughput }) =>
      formatValue(throughput?.offered ?? run.plan.requestsPerMinute, "1/min"),
  },
  { name: "Planned duration", of: ({ coverage }) => formatDuration(coverage.plannedMs) },
  { name: "Achieved duration", of: ({ coverage }) => formatDuration(coverage.achievedMs) },
  { name: "Environment", of: ({ run }) => run.plan.environment },
  { name: "Target", of: ({ run }) => run.target.kind },
  {
    name: "Target says",
    of: ({ run }) =>
      Object.entries(run.target.labels)
        .map(([name, value]) => `${name} ${value}`)
        .join(", "),
  },
  {
    name: "Workloads",
    of: ({ autoscaling }) =>
      (autoscaling?.workloads ?? [])
        .map(({ workload, surfaces }) => `${workload} (${surfaces.join(", ")})`)
        .join(", "),
  },
  { name: "Database", of: ({ database }) => database?.server ?? "" },
  { name: "Observers", of: ({ run }) => (run.plan.observers ?? []).join(", ") },
  {
    name: "Generator",
    of: ({ run: { generator } }) =>
      `${generator.cpuModel}, ${formatValue(generator.cpuCores, "cores")}, ${formatValue(generator.memoryBytes, "bytes")}`,
  },
  { name: "Runners", of: ({ run }) => formatCount(run.plan.runners ?? 1) },
  { name: "k6", of: ({ run }) => run.versions.k6 },
  { name: "Headroom", of: ({ run }) => run.versions.headroom },
  { name: "Node", of: ({ run }) => run.generator.nodeVersion },
];

/** What differs comes before every number. */
function differencesPart({ before, after, differences }: SideBySide): Part {
  const rows = traits
    .map(({ name, of }) => ({ name, before: of(before), after: of(after) }))
    .filter((row) => row.before !== "" || row.after !== "");
  const columns = [
    column("name", "Of the run", ({ name }: (typeof rows)[number]) => name),
    column("before", "Before", (row: (typeof rows)[number]) => row.before || absent),
    column("after", "After", (row: (typeof rows)[number]) => row.after || absent),
  ];
  const same = rows.filter((row) => row.before === row.after);
  const shared = itemTable("same", "What both have in common", same, columns);
  return {
    id: "differences",
    title: "What differs",
    blocks: [
      ...itemTable(
        "differences",
        "What differs between the runs",
        rows.filter((row) => row.before !== row.after),
        columns,
      ),
      ...careful(notComparable(differences, [before, after])),
      ...(shared.length === 0 ? [] : [folded(`${plural(same.length, "value")} in common`, shared)]),
    ],
  };
}

const consequences: Readonly<Record<RunDifference["trait"], string>> = {
  "plan-hash":
    "Other plans: throughput, shares of endpoints and counts of errors follow the plan; compare response times only as far as the load was alike",
  "scenario-hash": "Other scenarios: an endpoint of the same name may have been asked otherwise",
  environment: "Other environments: a change may be theirs and not the release's",
  target: "A sandbox and a live platform: nothing of one stands for the other",
  generator: "Other load generators: a part of any response time is theirs",
  "k6-version": "Other versions of k6: what it counts in a response time may have changed",
  "headroom-version": "Other versions of Headroom measured them; both are judged by this one here",
};

const careful = (items: readonly Line[]): readonly Block[] =>
  items.length === 0 ? [] : [note({ strong: "Not comparable without care" }), sentences(items)];

function notComparable(
  differences: readonly RunDifference[],
  reports: readonly Report[],
): readonly Line[] {
  return [
    ...differences.map(({ trait, fields = [] }): Line => [
      `${consequences[trait]}.`,
      fields.length === 0 ? "" : ` Fields of the plan: ${fields.join(", ")}.`,
    ]),
    ...reports
      .filter(({ outcome }) => outcome === "invalid" || outcome === "incomplete")
      .map(
        ({ run, outcome, sentence }) =>
          `Run ${run.id} is ${outcomeWord(outcome)}, its numbers are shown and prove nothing: ${sentence}`,
      ),
  ];
}

const measured = ({ observed, limit }: ComparedMetric["before"]): Cell => ({
  text: `${formatPoint(observed, limit)} (${formatInterval(observed, limit)})`,
  value: observed.point,
});

function changeCell({ change }: ComparedMetric): Cell {
  if (change === undefined) return absent;
  const { ratio, low, high } = change;
  return {
    text: `${signedPercent(ratio - 1)} (${formatRatio(low)} to ${formatRatio(high)} times)`,
    value: ratio,
  };
}

const clearly = ({ change }: ComparedMetric): string =>
  change === undefined
    ? absent
    : change.low > 1
      ? "higher"
      : change.high < 1
        ? "lower"
        : "intervals overlap";

function metricsPart({ metrics, onlyBefore, onlyAfter }: SideBySide): Part {
  const columns = [
    column("metric", "Metric", ({ title }: ComparedMetric) => title),
    numberColumn("before", "Before", (each: ComparedMetric) => measured(each.before)),
    numberColumn("after", "After", (each: ComparedMetric) => measured(each.after)),
    numberColumn("change", "Change", changeCell),
    column("clear", "Beyond both intervals", clearly),
    column("verdicts", "Verdicts", (each: ComparedMetric) =>
      each.before.outcome === each.after.outcome
        ? each.after.outcome
        : `${each.before.outcome} → ${each.after.outcome}`,
    ),
  ];
  return {
    id: "metrics",
    title: "Metrics",
    lead: "Each with the interval of its run. An interval describes one run, not how much runs differ from each other: a change beyond both intervals is a reason to look, and headroom gate gives a verdict.",
    blocks: [
      ...(metrics.length === 0 ? [nothing("No metric was judged in both runs.")] : []),
      ...itemTable("metrics", "Metrics of both runs", metrics, columns),
      ...metrics.flatMap(({ title, limits }) =>
        limits === undefined
          ? []
          : [
              note(
                `${title}: the limit was ${inSentence(limits[0].value, limits[0].unit)} before and is ${inSentence(limits[1].value, limits[1].unit)}.`,
              ),
            ],
      ),
      ...only("before", onlyBefore),
      ...only("after", onlyAfter),
    ],
  };
}

const only = (which: string, titles: readonly string[]) =>
  titles.length === 0 ? [] : [note(`Judged in the run ${which} alone: ${titles.join("; ")}.`)];

/** "120 ms → 140 ms". */
const pair = (id: string, title: string, of: (row: ComparedRow["before"]) => string) =>
  numberColumn(id, title, ({ before, after }: ComparedRow) => `${of(before)} → ${of(after)}`);

function latencyPart(compared: SideBySide): Part {
  const { latency } = compared;
  const columns = [
    column(
      "surface",
      "Surface",
      ({ before: { surface, kind, metric } }: ComparedRow) =>
        `${surfaceNames[surface]}, ${kindNames[kind]}${metric === "page" ? " with assets" : ""}`,
    ),
    pair("requests", "Requests", ({ requests }) => formatCount(requests)),
    pair("p50", "p50", ({ p50Ms }) => formatLatency(p50Ms)),
    pair("p95", "p95", ({ p95Ms }) => formatLatency(p95Ms)),
    pair("p99", "p99", ({ p99Ms }) => formatLatency(p99Ms)),
    pair("failed", "Failed", ({ failed, requests }) => formatShare(failed, requests)),
  ];
  return {
    id: "latency",
    title: "Latency by surface",
    blocks:
      latency.length === 0
        ? [nothing("No surface was loaded in both runs.")]
        : [
            ...itemTable("latency", "Latency of both runs", latency, columns),
            ...percentileCurves(compared),
          ],
  };
}

/** Where the curves part tells which requests changed: all of them, or the slowest alone. */
function percentileCurves({ before, after }: SideBySide): readonly Block[] {
  const charts = (after.distributions ?? []).flatMap((now) => {
    const then = before.distributions?.find(({ surface }) => surface === now.surface);
    if (then === undefined) return [];
    const chart = percentileChart(`${surfaceNames[now.surface]}: latency by percentile`, [
      { label: "Before", className: "baseline d1", ...then },
      { label: "After", className: "candidate d0", ...now },
    ]);
    return chart === undefined ? [] : [chart];
  });
  return charts.length === 0 ? [] : [{ kind: "charts", layout: "grid", charts }];
}

/** "+12 ms", "−0.4 ms". */
const signedMs = (ms: number): string =>
  ms === 0 ? formatValue(0, "ms") : `${ms < 0 ? "−" : "+"}${formatValue(Math.abs(ms), "ms")}`;

const mostEndpoints = 40;

function endpointsPart({ contributions: { endpoints, before, after } }: SideBySide): Part {
  const title = "Endpoints by what they add to the change";
  if (before.meanMs === undefined || after.meanMs === undefined)
    return {
      id: "endpoints",
      title,
      blocks: [nothing("One of the runs has no request that was answered in a judged phase.")],
    };
  const change = after.meanMs - before.meanMs;
  const columns = [
    column("endpoint", "Endpoint", ({ surface, kind, endpoint }: Contribution) => ({
      text: `${endpoint} (${surfaceNames[surface]}, ${kindNames[kind]})`,
      shown: [{ name: endpoint }, { reason: `${surfaceNames[surface]}, ${kindNames[kind]}` }],
    })),
    numberColumn("adds", "Adds", ({ addsMs }: Contribution) => ({
      text: signedMs(addsMs),
      value: addsMs,
    })),
    numberColumn("slower", "by its time", ({ slowerMs }: Contribution) => signedMs(slowerMs)),
    numberColumn("mix", "by its share", ({ mixMs }: Contribution) => signedMs(mixMs)),
    numberColumn(
      "mean",
      "Mean",
      (each: Contribution) =>
        `${formatValue(each.before.meanMs, "ms")} → ${formatValue(each.after.meanMs, "ms")}`,
    ),
    numberColumn(
      "p95",
      "p95",
      (each: Contribution) =>
        `${formatLatency(each.before.p95Ms)} → ${formatLatency(each.after.p95Ms)}`,
    ),
    numberColumn(
      "share",
      "Share of requests",
      (each: Contribution) =>
        `${formatValue(each.before.share, "ratio")} → ${formatValue(each.after.share, "ratio")}`,
    ),
    numberColumn(
      "failed",
      "Failed",
      (each: Contribution) =>
        `${formatCount(each.before.failed)} → ${formatCount(each.after.failed)}`,
    ),
    numberColumn("adds-failed", "Adds to failures", ({ addsFailedRatio }: Contribution) => ({
      text: signedPercent(addsFailedRatio),
      value: addsFailedRatio,
    })),
  ];
  return {
    id: "endpoints",
    title,
    lead: `The mean of all answered requests went from ${formatValue(before.meanMs, "ms")} to ${formatValue(after.meanMs, "ms")} (${signedMs(change)}), the share that failed from ${formatValue(before.failedRatio, "ratio")} to ${formatValue(after.failedRatio, "ratio")}. What the endpoints add makes up exactly that: by the time that each takes, and by its share of the requests.`,
    blocks: [
      ...itemTable("endpoints", title, endpoints.slice(0, mostEndpoints), columns),
      ...rest(endpoints.length - mostEndpoints, "more endpoints, which add less."),
    ],
  };
}

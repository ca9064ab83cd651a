/** What the live view says of a run: how it stands now, and charts of how it came to it. */
import { latencyLimitMs } from "../../src/domain/latency-objective.ts";
import {
  absent,
  formatCount,
  formatLatency,
  formatShare,
  formatValue,
  percent,
} from "../../src/domain/number-text.ts";
import { surfaceNames, surfaces, type Surface } from "../../src/domain/surface.ts";
import { formatTimeOfDay } from "../../src/domain/time-text.ts";
import { column, facts, itemTable, nothing, numberColumn, type Part } from "../kit/block.ts";
import type { Inline } from "../kit/inline.ts";
import type { Band, TimeFrame } from "../kit/time-frame.ts";
import { timeChart, type Panel, type PanelLine } from "../kit/time-chart.ts";
import type { GrowingLine } from "./lines.ts";
import { requestsOf, type LiveRunState, type LiveWorkload, type Standing } from "./run-state.ts";

/** What failed, who makes the load, what happened. */
export const moreParts = (run: LiveRunState): readonly Part[] => [
  failuresPart(run),
  generatorPart(run),
  ...(run.workloads.size === 0 ? [] : [replicasPart(run)]),
  happeningsPart(run),
];

/** @param now epoch milliseconds */
export const chartParts = (run: LiveRunState, now: number): readonly Part[] => {
  const frame = frameOf(run, now);
  if (frame === undefined) return [];
  const drawn = panelsOf(run, now)
    .filter(({ lines }) => lines.length > 0)
    .map((panel) => timeChart({ ...panel, isRepeated: true }, frame, pointsPerLine));
  return drawn.length === 0
    ? []
    : [
        {
          id: "over-time",
          title: "Over time",
          lead: "Latencies are those of the last ten seconds at each moment; the report has them by bucket.",
          blocks: [{ kind: "charts", charts: drawn, layout: "column", frame }],
        },
      ];
};

const pointsPerLine = 200;

const standingWords: Readonly<Record<Standing, string>> = {
  unknown: "nothing judged yet",
  within: "within its limit so far",
  beyond: "beyond its limit so far",
};

function standingBadge(run: LiveRunState, surface: Surface): Inline {
  const standing = run.standingOf(surface);
  const tone = { unknown: "not-applicable", within: "pass", beyond: "fail" } as const;
  return { text: standingWords[standing], tone: tone[standing] };
}

/** Latencies of the last seconds, and how they stand so far. */
export function surfacesPart(run: LiveRunState): Part {
  const shown = run.progress?.surfaces.filter(({ requests }) => requests > 0) ?? [];
  const quantile = (name: "p50Ms" | "p95Ms" | "p99Ms", title: string) =>
    numberColumn<(typeof shown)[number]>(title, `${title}, last 10 s`, ({ recent }) =>
      recent[name] === undefined ? absent : formatLatency(recent[name]),
    );
  return {
    id: "surfaces",
    title: "Surfaces",
    lead: "The verdict comes at the end, with its interval: what stands here so far is no verdict.",
    blocks:
      shown.length === 0
        ? [nothing("No answer yet.")]
        : itemTable("surfaces", "Latency by surface", shown, [
            column("surface", "Surface", ({ surface }) => surfaceNames[surface]),
            column("standing", "p95 in judged phases", ({ surface, judged }) => ({
              text: standingWords[run.standingOf(surface)],
              shown: [
                standingBadge(run, surface),
                {
                  reason: `${judged.p95Ms === undefined ? absent : formatLatency(judged.p95Ms)}, limit ${formatValue(latencyLimitMs(run.plan.objectives, surface), "ms")}`,
                },
              ],
            })),
            quantile("p50Ms", "p50"),
            quantile("p95Ms", "p95"),
            quantile("p99Ms", "p99"),
            numberColumn("requests", "Requests", ({ requests }) => formatCount(requests)),
            numberColumn("failed", "Failed", ({ requests, failures }) =>
              formatShare(sum(Object.values(failures)), requests),
            ),
          ]),
  };
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

function failuresPart({ progress, plan, failures }: LiveRunState): Part {
  const kinds = (progress?.surfaces ?? [])
    .flatMap(({ surface, failures: by }) =>
      Object.entries(by).map(([outcome, count]) => ({ surface, outcome, count })),
    )
    .toSorted((a, b) => b.count - a.count);
  const total = sum(kinds.map(({ count }) => count));
  const limit = percent(plan.objectives.errorRatio);
  return {
    id: "errors",
    title: "Errors",
    lead: `${formatShare(total, requestsOf(progress))} of the requests failed so far; the limit is ${limit} in judged phases.`,
    blocks:
      kinds.length === 0
        ? [nothing("No request failed so far.")]
        : [
            ...itemTable("errors", "Failed requests", kinds, [
              column("outcome", "Outcome", ({ outcome }) => ({ shown: { code: outcome } })),
              column("surface", "Surface", ({ surface }) => surfaceNames[surface]),
              numberColumn("count", "Count", ({ count }) => formatCount(count)),
              numberColumn("share", "Share", ({ count }) => formatShare(count, total)),
            ]),
            {
              kind: "sentences",
              items: failures.map(
                ({ at, endpoint, outcome, detail }) =>
                  `${formatTimeOfDay(at)} ${endpoint}, ${outcome}: ${detail}`,
              ),
            },
          ],
  };
}

const generatorPart = ({ generator, progress }: LiveRunState): Part => ({
  id: "generator",
  title: "Load generator",
  lead: "A saturated generator measures itself: the report says whether it was.",
  blocks: [
    facts([
      ["k6 CPU", formatValue(generator.k6Cores, "cores")],
      ["Host idle", formatValue(generator.hostIdleRatio, "ratio")],
      ["Lag of starts, p99, last 5 s", formatValue(generator.lagP99Ms, "ms")],
      ["Headroom delayed by", formatValue(generator.delayMs, "ms")],
      ["Busy virtual users", formatCount(progress?.users)],
      ["Iterations dropped", formatCount(progress?.dropped)],
    ]),
  ],
});

const replicasPart = ({ workloads }: LiveRunState): Part => ({
  id: "replicas",
  title: "Replicas",
  blocks: itemTable(
    "replicas",
    "Pods by workload",
    [...workloads.values()],
    [
      column("workload", "Workload", ({ name }) => name),
      numberColumn("ready", "Ready", ({ ready }) => formatCount(ready.last)),
      numberColumn("wanted", "Wanted", ({ wanted }) => formatCount(wanted.last)),
      numberColumn("desired", "Wanted by its autoscaler", ({ desired }) =>
        formatCount(desired.last),
      ),
    ],
  ),
});

const happeningsPart = ({ happenings, forgotten }: LiveRunState): Part => ({
  id: "happenings",
  title: "What happened",
  blocks: [
    happenings.length === 0
      ? nothing("Nothing yet.")
      : {
          kind: "sentences",
          items: [
            ...happenings.toReversed().map(({ at, text }) => `${formatTimeOfDay(at)} ${text}`),
            ...(forgotten === 0
              ? []
              : [`${formatCount(forgotten)} earlier ones are in the report.`]),
          ],
        },
  ],
});

/** From the start of the load to the end of its plan, so that what is left can be seen. */
function frameOf(
  { plan, loadStartedAt: origin, marks }: LiveRunState,
  now: number,
): TimeFrame | undefined {
  if (origin === undefined) return undefined;
  const bands = plan.phases.map(({ name, judged, startMs, durationMs }): Band => ({
    from: origin + startMs,
    to: origin + startMs + durationMs,
    label: name,
    kind: judged ? "judged" : "unjudged",
  }));
  return { from: origin, to: Math.max(origin + plan.durationMs, now), origin, bands, marks };
}

const lowPlot = 68;

function panelsOf(run: LiveRunState, now: number): readonly Panel[] {
  const { lines, plan } = run;
  const limitOf = (surface: Surface): Panel["limits"] => {
    const value = latencyLimitMs(plan.objectives, surface);
    return [{ label: `p95 limit ${formatValue(value, "ms")}`, value }];
  };
  return [
    {
      title: "Request rate",
      unit: "1/min",
      limits: [],
      lines: drawn([
        ["Offered by the plan", "other0", 1, lines.offered],
        ["Answered", "other3", 0, lines.achieved],
      ]),
    },
    ...surfaces.map((surface): Panel => {
      const color = `surface-${surface}`;
      const { p50, p95, p99 } = lines.latency[surface];
      const all = drawn([
        ["p95", color, 0, p95],
        ["p50", color, 1, p50],
        ["p99", color, 2, p99],
      ]);
      return {
        title: `${surfaceNames[surface]}: latency`,
        unit: "ms",
        limits: all.length === 0 ? [] : limitOf(surface),
        lines: all,
      };
    }),
    {
      title: "Failed requests",
      unit: "ratio",
      limits: [],
      lines: drawn([["Share of each second", "other1", 0, lines.errors]]),
      plotHeight: lowPlot,
    },
    ...[...run.workloads.values()].map((workload) => replicasPanel(workload, now)),
    {
      title: "Load generator: k6 CPU",
      unit: "cores",
      limits: [],
      lines: drawn([["All k6 processes", "other3", 0, lines.k6Cores]]),
      plotHeight: lowPlot,
    },
    {
      title: "Load generator: host idle",
      unit: "ratio",
      limits: [],
      lines: drawn([["Least of each moment", "other2", 0, lines.hostIdle]]),
      plotHeight: lowPlot,
    },
    {
      title: "Load generator: lag of iteration starts, p99",
      unit: "ms",
      limits: [],
      lines: drawn([["All flows", "other0", 0, lines.lag]]),
      plotHeight: lowPlot,
    },
  ];
}

type Entry = readonly [label: string, color: string, dash: number, line: GrowingLine];

const drawn = (entries: readonly Entry[]): readonly PanelLine[] =>
  entries.flatMap(([label, color, dash, { points }]) =>
    points.length === 0 ? [] : [{ label, color, dash, style: "line", points }],
  );

function replicasPanel({ name, wanted, ready, desired }: LiveWorkload, now: number): Panel {
  const lines = [
    { label: "Ready", color: "other3", dash: 0, points: ready.until(now) },
    { label: "Wanted", color: "other0", dash: 1, points: wanted.until(now) },
    { label: "Wanted by its autoscaler", color: "other1", dash: 2, points: desired.until(now) },
  ];
  return {
    title: `${name}: pods`,
    unit: "count",
    limits: [],
    lines: lines
      .filter(({ points }) => points.length > 0)
      .map((line): PanelLine => ({ ...line, style: "step" })),
    plotHeight: lowPlot,
  };
}

import { formatCount, formatLimit } from "../../src/domain/number-text.ts";
import type { WorkloadScaling } from "../../src/domain/autoscaling.ts";
import { cpuPerRequestChart } from "../../src/domain/history.ts";
import type { Report, Series } from "../../src/domain/report.ts";
import { surfaces } from "../../src/domain/surface.ts";
import type { Panel, PanelLine } from "../kit/time-chart.ts";
import { groupVerdicts } from "../verdict-groups.ts";
import { isJudged, surfaceNames } from "../wording.ts";

const mostPanels = 16;
const mostLines = 8;
const lowPlot = 68;

const titles: Readonly<Record<string, string>> = {
  rate: "Request rate",
  p95: "Latency, p95",
  errors: "Failed requests",
  users: "Virtual users",
  generator: "Load generator",
  [cpuPerRequestChart]: "CPU per request",
};

/** The charts of workloads, pages, layers and the platform have sections of their own. */
const elsewhere: ReadonlySet<string> = new Set(["nodes", "page-load", "correlation"]);
const isElsewhere = ({ chart, workload, section }: Series): boolean =>
  workload !== undefined || section !== undefined || elsewhere.has(chart);

/** What every run has: rate, latency, errors, users, generator. */
export const overTimePanels = (report: Report): readonly Panel[] =>
  panelsOf(report, (series) => !isElsewhere(series)).slice(0, mostPanels);

/** A workload's pods, their utilisation, and beneath them what its users saw meanwhile. */
export function workloadPanels(
  report: Report,
  name: string,
  workload?: WorkloadScaling,
): readonly Panel[] {
  const faces = workload?.surfaces ?? [];
  const isOurs = ({ surface }: Series) => surface !== undefined && faces.includes(surface);
  const bounds = boundsOf(workload);
  const own = ownSeries(name, bounds);
  const replicas = replicaPanels(report, name, workload);
  const utilisation = panelsOf(report, own("utilisation"));
  const latency = panelsOf(report, (series) => series.chart === "p95" && isOurs(series));
  const errors = panelsOf(report, (series) => series.chart === "errors" && isOurs(series));
  return [
    ...replicas,
    ...utilisation.map((panel) => ({ ...panel, title: `${name}: utilisation against target` })),
    ...[...latency, ...errors].map((panel) => ({ ...panel, isRepeated: true })),
  ].map((panel) => ({ ...panel, plotHeight: lowPlot }));
}

const ownSeries =
  (name: string, bounds: Panel["limits"]) =>
  (chart: string) =>
  (series: Series): boolean =>
    series.workload === name &&
    series.chart === chart &&
    !(series.role === "bound" && bounds.length > 0);

/** Pods of a workload between their bounds. */
export function replicaPanels(
  report: Report,
  name: string,
  workload?: WorkloadScaling,
): readonly Panel[] {
  const bounds = boundsOf(workload);
  return panelsOf(report, ownSeries(name, bounds)("replicas")).map((panel) => ({
    ...panel,
    title: `${name}: pods`,
    limits: bounds,
    plotHeight: lowPlot,
  }));
}

export const nodePanels = (report: Report): readonly Panel[] =>
  panelsOf(report, ({ chart }) => chart === "nodes").map((panel) => ({
    ...panel,
    title: "Nodes",
    plotHeight: lowPlot,
  }));

/** Every load of a page in a real browser. */
export const pagePanels = (report: Report): readonly Panel[] =>
  panelsOf(report, ({ chart }) => chart === "page-load").map((panel) => ({
    ...panel,
    title: "Page loads, each one",
  }));

/** Names of the workloads that have charts, whether or not the report says more of them. */
export const chartedWorkloads = ({ series }: Report): readonly string[] => [
  ...new Set(series.flatMap(({ workload }) => workload ?? [])),
];

/** The same moment at the client, at the server and in the database: a panel a surface, the database in each. */
export function correlationPanels(report: Report): readonly Panel[] {
  const all = report.series.filter(({ chart }) => chart === "correlation");
  const seen = surfaces.filter((surface) => all.some((series) => series.surface === surface));
  if (seen.length === 0)
    return panelsOf(report, ({ chart }) => chart === "correlation").map((panel) => ({
      ...panel,
      title: "Latency by layer, p95",
    }));
  return seen.flatMap((surface) =>
    panelsOf(
      report,
      (series) =>
        series.chart === "correlation" &&
        (series.surface === surface || series.surface === undefined),
    ).map((panel) => ({
      ...panel,
      title: `${surfaceNames[surface]}: latency by layer, p95`,
      lines: inTheirOwnColours(panel.lines),
    })),
  );
}

/** What the platform's own metrics say: CPU, throttling, connection pools. */
export const platformPanels = (report: Report): readonly Panel[] =>
  panelsOf(report, ({ section }) => section === "platform").slice(0, mostPanels);

/** Layers of one surface are told apart by colour as well: the surface's own is for what its users saw, the first line. */
const inTheirOwnColours = (lines: readonly PanelLine[]): readonly PanelLine[] =>
  lines.map((line, index) =>
    index === 0
      ? { ...line, dash: 0 }
      : { ...line, color: `other${index % 4}`, dash: (index + Math.floor(index / 4)) % 4 },
  );

/** Series of one chart share a panel where they share a unit; latencies have one a surface, for each its own scale. */
function panelsOf(report: Report, isAskedFor: (series: Series) => boolean): readonly Panel[] {
  const groups = new Map<string, Series[]>();
  for (const series of report.series) {
    if (series.points.length === 0 || !isAskedFor(series)) continue;
    const key = JSON.stringify([series.chart, series.workload, series.unit, panelSurface(series)]);
    groups.set(key, [...(groups.get(key) ?? []), series]);
  }
  return [...groups.values()].flatMap((all) => {
    const [first] = all;
    return first === undefined ? [] : [panelOf(first, all, report)];
  });
}

const panelSurface = ({ chart, surface }: Series) => (chart === "p95" ? surface : undefined);

function panelOf(first: Series, all: readonly Series[], report: Report): Panel {
  const surface = panelSurface(first);
  const title = titleOf(first.chart);
  return {
    title: surface === undefined ? title : `${surfaceNames[surface]}: ${title.toLowerCase()}`,
    unit: first.unit,
    lines: linesOf(all.slice(0, mostLines)),
    limits: limitsOf(first, report),
    hidden: Math.max(0, all.length - mostLines),
  };
}

function titleOf(chart: string): string {
  return titles[chart] ?? chart.charAt(0).toUpperCase() + chart.slice(1);
}

/**
 * A line has its surface's colour, or the next neutral one; lines of one colour differ by their dashes. A target is drawn
 * as one.
 */
function linesOf(all: readonly Series[]): readonly PanelLine[] {
  const used = new Map<string, number>();
  let neutral = 0;
  return all.map(({ label, style, points, surface, role }) => {
    if (role === "target") return { label, style, points, color: "target", dash: 0 };
    const color = surface === undefined ? `other${neutral++ % 4}` : `surface-${surface}`;
    const isDashed = surface === undefined && style !== "points";
    const dash = used.get(color) ?? (isDashed ? (neutral - 1) % 4 : 0);
    used.set(color, dash + 1);
    return { label, style, points, color, dash: dash % 4 };
  });
}

const boundsOf = (workload: WorkloadScaling | undefined): Panel["limits"] => {
  const scaler = workload?.autoscaler;
  if (scaler === undefined) return [];
  return [
    { label: `maximum ${formatCount(scaler.maxReplicas)}`, value: scaler.maxReplicas },
    { label: `minimum ${formatCount(scaler.minReplicas)}`, value: scaler.minReplicas },
  ];
};

/** The limits that a chart's values are judged by; a chart of its own for each surface shows that surface's. */
export function limitsOf(
  { chart, unit, surface }: Pick<Series, "chart" | "unit" | "surface">,
  report: Report,
): Panel["limits"] {
  if (chart !== "p95" && chart !== "rate" && chart !== "correlation") return [];
  const limits = groupVerdicts(report)
    .objectives.filter(isJudged)
    .filter((each) => each.limit.unit === unit && (chart === "rate" || each.surface === surface))
    .map(({ limit }) => ({ label: `limit ${formatLimit(limit)}`, value: limit.value }));
  return limits.filter(
    (each, index) => limits.findIndex(({ label }) => label === each.label) === index,
  );
}

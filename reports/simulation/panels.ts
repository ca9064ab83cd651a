/** The charts of one simulated workload, all on one time axis. */
import { formatValue } from "../../src/domain/number-text.ts";
import type { Point } from "../kit/downsample.ts";
import type { TimeFrame } from "../kit/time-frame.ts";
import type { Panel, PanelLine } from "../kit/time-chart.ts";
import type { SimulatedMoment, SimulatedWorkload, SimulationDocument } from "./document.ts";

const surfaces: ReadonlySet<string> = new Set(["web", "api", "subgraph"]);

/** Stretches with p95 above its limit are drawn on another ground. */
export function workloadFrame(workload: SimulatedWorkload, durationMs: number): TimeFrame {
  const bands: { from: number; to: number; label: string; kind: "missing" }[] = [];
  let before = 0;
  for (const { atMs, p95Ms } of workload.series) {
    if (p95Ms > workload.p95LimitMs) {
      const last = bands.at(-1);
      if (last !== undefined && last.to === before) last.to = atMs;
      else if (atMs > before)
        bands.push({ from: before, to: atMs, label: "p95 above its limit", kind: "missing" });
    }
    before = atMs;
  }
  return { from: 0, to: durationMs, origin: 0, bands, marks: [] };
}

export function workloadPanels(
  workload: SimulatedWorkload,
  document: SimulationDocument,
): readonly Panel[] {
  const { hpa, name, p95LimitMs } = workload;
  const color = surfaces.has(name) ? `surface-${name}` : "other0";
  const line = (
    label: string,
    of: (moment: SimulatedMoment) => number | undefined,
    className: Pick<PanelLine, "color" | "dash" | "style">,
  ): PanelLine => ({ label, ...className, points: pointsOf(workload.series, of) });
  const main = { color, dash: 0 } as const;
  return [
    panel("Load", "1/min", [
      line("requests", ({ requestsPerMinute }) => requestsPerMinute, { ...main, style: "area" }),
    ]),
    panel(
      "Replicas",
      "count",
      [
        line("ready", ({ readyReplicas }) => readyReplicas, { ...main, style: "step" }),
        line("desired", ({ desiredReplicas }) => desiredReplicas, {
          color: "other0",
          dash: 1,
          style: "step",
        }),
      ],
      [
        { label: `maximum ${hpa.maxReplicas}`, value: hpa.maxReplicas },
        { label: `minimum ${hpa.minReplicas}`, value: hpa.minReplicas },
      ],
    ),
    panel(
      `Utilisation: each metric of the autoscaler as a share of its target${isCut(workload) ? `, cut at ${formatValue(mostOfTarget, "ratio")}` : ""}`,
      "ratio",
      metricNames(workload).map((metric, index) =>
        line(metric, ({ ofTarget }) => cut(ofTarget[metric]), {
          color: `other${index % 4}`,
          dash: index % 4,
          style: "line",
        }),
      ),
      [{ label: "on target 100 %", value: 1 }],
    ),
    panel(
      "Latency, p95",
      "ms",
      [line("p95", ({ p95Ms }) => p95Ms, { ...main, style: "line" })],
      [{ label: `limit ${formatValue(p95LimitMs, "ms")}`, value: p95LimitMs }],
    ),
    ...(document.workloads.length > 1 ? [] : nodePanels(document)),
    ...(document.workloads.length > 1
      ? [panel("Cost so far", "count", [podHours(workload, color)])]
      : []),
  ];
}

/** A saturated latency is fifty times its target: the other lines would lie on the ground. */
const mostOfTarget = 4;

const cut = (ratio: number | undefined): number | undefined =>
  ratio === undefined ? undefined : Math.min(ratio, mostOfTarget);

const isCut = ({ series }: SimulatedWorkload): boolean =>
  series.some(({ ofTarget }) => Object.values(ofTarget).some((ratio) => ratio > mostOfTarget));

const podHours = ({ series }: SimulatedWorkload, color: string): PanelLine => ({
  label: "pod-hours",
  color,
  dash: 0,
  style: "line",
  points: pointsOf(series, (moment) => moment.podHours),
});

/** Neutral lines differ by colour and dash. */
const className = (index: number, style: PanelLine["style"]) => ({
  color: `other${index}`,
  dash: index,
  style,
});

/** What all workloads share: nodes, and what has been spent. */
export function nodePanels({ nodes, workloads }: SimulationDocument): readonly Panel[] {
  const fleet = nodes?.series ?? [];
  const line = (
    label: string,
    of: (moment: (typeof fleet)[number]) => number | undefined,
    index: number,
    style: PanelLine["style"],
  ): PanelLine => ({ label, ...className(index, style), points: pointsOf(fleet, of) });
  const pods = workloads.map((workload, index) => ({
    ...podHours(workload, "other0"),
    label: workloads.length > 1 ? `pod-hours of ${workload.name}` : "pod-hours",
    dash: (index + 1) % 4,
  }));
  const cost = panel("Cost so far, in hours", "count", [
    ...pods,
    ...(nodes === undefined ? [] : [line("node-hours", ({ nodeHours }) => nodeHours, 0, "line")]),
  ]);
  if (nodes === undefined) return [cost];
  return [
    panel(
      "Nodes",
      "count",
      [
        line("ready", ({ ready }) => ready, 0, "step"),
        line("on their way", ({ coming }) => coming, 1, "step"),
        line("pods without a node", ({ pendingPods }) => pendingPods, 2, "step"),
      ],
      [{ label: `maximum ${nodes.maxNodes}`, value: nodes.maxNodes }],
    ),
    cost,
    ...(nodes.pricePerNodeHour === undefined
      ? []
      : [panel("Cost of the nodes so far", "count", [line("cost", (one) => one.cost, 0, "line")])]),
  ];
}

const panel = (
  title: string,
  unit: Panel["unit"],
  lines: readonly PanelLine[],
  limits: Panel["limits"] = [],
): Panel => ({ title, unit, lines, limits });

const metricNames = ({ series }: SimulatedWorkload): readonly string[] => [
  ...new Set(series.flatMap(({ ofTarget }) => Object.keys(ofTarget))),
];

const pointsOf = <Moment extends { readonly atMs: number }>(
  moments: readonly Moment[],
  of: (moment: Moment) => number | undefined,
): readonly Point[] =>
  moments.flatMap((moment): Point[] => {
    const value = of(moment);
    return value === undefined ? [] : [[moment.atMs, value]];
  });

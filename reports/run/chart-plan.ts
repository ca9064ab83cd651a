import type { Report } from "../../src/domain/report.ts";
import type { Block } from "../kit/block.ts";
import { timeChart, type Panel, type PanelLine } from "../kit/time-chart.ts";
import type { Mark, TimeFrame } from "../kit/time-frame.ts";
import { frameOf } from "./chart-frame.ts";
import {
  chartedWorkloads,
  correlationPanels,
  nodePanels,
  overTimePanels,
  pagePanels,
  platformPanels,
  workloadPanels,
} from "./chart-panels.ts";

/** Which chart stands in which section, all on one time axis and with one limit on points. */
export interface ChartPlan {
  /** Absent: no series was recorded, and there is no chart. */
  readonly frame?: TimeFrame;
  readonly overTime: readonly Panel[];
  /** By workload, in the order of the report. */
  readonly workloads: ReadonlyMap<string, readonly Panel[]>;
  readonly nodes: readonly Panel[];
  readonly pages: readonly Panel[];
  readonly correlation: readonly Panel[];
  readonly platform: readonly Panel[];
  readonly pointsPerLine: number;
}

const mostPointsPerLine = 600;
/** All lines of the page together: keeps the file small however many there are. */
const mostPoints = 4500;
/** The platform has three. */
export const mostWorkloads = 4;

export function planCharts(report: Report): ChartPlan {
  const frame = frameOf(report);
  const overTime = overTimePanels(report);
  const workloads = new Map(
    workloadNames(report).map((name) => [name, panelsOfWorkload(report, name)] as const),
  );
  const [nodes, correlation] = [nodePanels(report), correlationPanels(report)];
  const [pages, platform] = [pagePanels(report), platformPanels(report)];
  const all = [overTime, ...workloads.values(), nodes, pages, correlation, platform].flat();
  const weight = all.flatMap(({ lines }) => lines).reduce((sum, line) => sum + weightOf(line), 0);
  const share = Math.floor(mostPoints / Math.max(1, weight));
  const pointsPerLine = Math.max(8, Math.min(mostPointsPerLine, share));
  return { frame, overTime, workloads, nodes, pages, correlation, platform, pointsPerLine };
}

/**
 * Small multiples under one ribbon of phases, on the time axis of the page. Nothing where nothing was recorded.
 * @param marks drawn in every panel, besides the aborts that all charts show
 */
export function figures(
  panels: readonly Panel[],
  { frame, pointsPerLine }: ChartPlan,
  marks: readonly Mark[] = [],
): readonly Block[] {
  if (frame === undefined || panels.length === 0) return [];
  const marked = { ...frame, marks: [...frame.marks, ...marks] };
  const charts = panels.map((panel) => timeChart(panel, marked, pointsPerLine));
  return [{ kind: "charts", layout: "column", charts, frame }];
}

const workloadNames = (report: Report): readonly string[] =>
  [
    ...new Set([
      ...(report.autoscaling?.workloads ?? []).map(({ workload }) => workload),
      ...chartedWorkloads(report),
    ]),
  ].slice(0, mostWorkloads);

const panelsOfWorkload = (report: Report, name: string): readonly Panel[] =>
  workloadPanels(
    report,
    name,
    report.autoscaling?.workloads.find(({ workload }) => workload === name),
  );

/** An area is drawn three times as long as a line: its outline runs back, and its upper edge is a line besides. */
const weightOf = (line: PanelLine): number => (line.style === "area" ? 3 : 1);

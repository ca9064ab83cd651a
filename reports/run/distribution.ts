import { judgedByLatency } from "../../src/domain/latency-objective.ts";
import type { Report } from "../../src/domain/report.ts";
import { nothing, type Block, type Part } from "../kit/block.ts";
import { latencyHeatmap } from "../kit/latency-heatmap.ts";
import { percentileChart } from "../kit/percentile-chart.ts";
import { timeChart } from "../kit/time-chart.ts";
import { kindNames, surfaceNames } from "../wording.ts";
import { limitsOf, replicaPanels } from "./chart-panels.ts";
import type { ChartPlan } from "./chart-plan.ts";

/** Latency over time and over its requests: what one percentile hides. Absent in reports of earlier versions. */
export function distribution(report: Report, plan: ChartPlan): Part | undefined {
  const { distributions: all = [] } = report;
  const { frame, pointsPerLine } = plan;
  if (all.length === 0 || frame === undefined) return undefined;
  const scaled = (report.autoscaling?.workloads ?? []).filter(({ workload }) =>
    plan.workloads.has(workload),
  );
  const heatmaps = all.map(({ surface, overTime }) =>
    latencyHeatmap(
      `${surfaceNames[surface]}: latency over time`,
      overTime,
      frame,
      limitsOf({ chart: "p95", unit: "ms", surface }, report),
    ),
  );
  const replicas = scaled
    .flatMap((each) => replicaPanels(report, each.workload, each))
    .map((panel) => timeChart({ ...panel, isRepeated: true }, frame, pointsPerLine));
  const curves = percentileChart(
    "Latency by percentile",
    all.map(({ surface, requests, percentiles }, index) => ({
      label: `${surfaceNames[surface]} ${kindNames[judgedByLatency[surface].kind]}`,
      className: `surface-${surface} d${index}`,
      requests,
      percentiles,
    })),
  );
  const curve: Block =
    curves === undefined
      ? nothing("Too few requests for a curve: ten must lie beyond a percentile.")
      : { kind: "charts", layout: "wide", charts: [curves] };
  return {
    id: "distribution",
    title: "Latency distribution",
    lead: "Each column of a heatmap is a stretch of time: the darker a cell, the greater the share of its requests that took so long. Two bands are two kinds of answer, which a percentile mixes.",
    blocks: [
      { kind: "charts", layout: "column", charts: [...heatmaps, ...replicas], frame },
      curve,
    ],
  };
}

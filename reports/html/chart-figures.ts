import { chartColumn } from "../kit/chart.ts";
import type { Panel } from "../kit/time-chart.ts";
import { timeChart } from "../kit/time-chart.ts";
import type { Mark } from "../kit/time-frame.ts";
import type { Markup } from "../markup.ts";
import type { ChartPlan } from "./chart-plan.ts";
import { phaseRibbon } from "./phase-ribbon.ts";

export interface FigureOptions {
  /** Level of the headings, one under that of the place they stand in. */
  readonly level: 3 | 4;
  /** Drawn in every panel, besides the aborts that all charts show. */
  readonly marks?: readonly Mark[];
}

/** Small multiples under one ribbon of phases, on the time axis of the page. Nothing where nothing was recorded. */
export function figures(
  panels: readonly Panel[],
  { frame, pointsPerLine }: ChartPlan,
  { level, marks = [] }: FigureOptions,
): Markup | undefined {
  if (frame === undefined || panels.length === 0) return undefined;
  const marked = { ...frame, marks: [...frame.marks, ...marks] };
  const charts = panels.map((panel) => timeChart(panel, marked, pointsPerLine));
  return chartColumn(charts, phaseRibbon(frame), level);
}

import { formatLatency, formatValue } from "../../src/domain/number-text.ts";
import { formatElapsed } from "../../src/domain/time-text.ts";
import type { Series } from "../../src/domain/report.ts";
import { markup, Markup } from "../markup.ts";
import { pointShape, timeSeries, type PanelLine } from "../svg/time-series.ts";
import type { Mark, TimeFrame } from "../svg/time-frame.ts";
import { chartTable } from "./chart-table.ts";
import type { ChartPanel } from "./chart-panels.ts";
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
  panels: readonly ChartPanel[],
  plan: ChartPlan,
  { level, marks = [] }: FigureOptions,
): Markup | undefined {
  if (plan.frame === undefined || panels.length === 0) return undefined;
  const frame = { ...plan.frame, marks: [...plan.frame.marks, ...marks] };
  const drawn = panels.map((panel) => figure(panel, frame, { limit: plan.pointsPerLine, level }));
  return markup`<div class="charts">${phaseRibbon(frame)}${drawn}</div>
`;
}

function figure(
  panel: ChartPanel,
  frame: TimeFrame,
  { limit, level }: { readonly limit: number; readonly level: 3 | 4 },
): Markup {
  const tag = new Markup(`h${level}`);
  return markup`<figure>
<figcaption><${tag}>${panel.title}</${tag}>${legend(panel)}</figcaption>
${timeSeries({ ...panel, description: describe(panel, frame) }, frame, limit)}
${panel.isRepeated !== true && chartTable(panel, frame)}
</figure>
`;
}

const legend = (panel: ChartPanel): Markup =>
  markup`<ul class="legend">${panel.lines.map(
    (line) =>
      markup`<li><svg aria-hidden="true" width="26" height="8" viewBox="0 0 26 8">${swatch(line)}</svg> ${line.label} <span class="muted">${range(line, panel.unit)}</span></li>`,
  )}${panel.limits.map(({ label }) => markup`<li class="limit-label"><svg aria-hidden="true" width="26" height="8" viewBox="0 0 26 8"><path class="limit" d="M1,4H25"/></svg> ${label}</li>`)}${panel.hidden > 0 && markup`<li class="muted">${panel.hidden} more in verdicts.json</li>`}</ul>`;

const swatch = (line: PanelLine): Markup =>
  line.style === "points"
    ? markup`<path class="line points ${line.color}" d="M13,4${pointShape(line)}"/>`
    : markup`<path class="line ${line.color} d${line.dash}" d="M1,4H25"/>`;

function range({ points }: PanelLine, unit: Series["unit"]): string {
  const values = points.map(([, value]) => value);
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const say = (value: number) => (unit === "ms" ? formatLatency(value) : formatValue(value, unit));
  return low === high ? say(low) : `${say(low)} to ${say(high)}`;
}

function describe(panel: ChartPanel, frame: TimeFrame): string {
  const lines = panel.lines.map((line) => {
    const [at] = line.points.reduce((best, point) => (point[1] > best[1] ? point : best), [0, -1]);
    return `${line.label}: ${range(line, panel.unit)}, largest at ${formatElapsed(at - frame.origin)}.`;
  });
  const limits = panel.limits.map(({ label }) => `Limit ${label}.`);
  return [...lines, ...limits].join(" ");
}

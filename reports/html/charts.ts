import type { Report, Series } from "../../src/domain/report.ts";
import { formatElapsed, formatInstant, formatLatency, formatValue } from "../format.ts";
import { markup, type Markup } from "../markup.ts";
import { timeSeries, type PanelLine } from "../svg/time-series.ts";
import type { TimeFrame } from "../svg/time-frame.ts";
import { nothing, section, type Section } from "./layout.ts";
import { chartTable } from "./chart-table.ts";
import { frameOf } from "./chart-frame.ts";
import { panelsOf, type ChartPanel } from "./chart-panels.ts";
import { phaseRibbon } from "./phase-ribbon.ts";

const mostPointsPerLine = 600;
/** All lines of the page together: keeps the file small however many there are. */
const mostPoints = 12_000;

/** Small multiples on one shared time axis. */
export function charts(report: Report): Section {
  const title = "Over time";
  const panels = panelsOf(report);
  const frame = frameOf(report);
  if (panels.length === 0 || frame === undefined)
    return section("charts", title, undefined, nothing("No series was recorded."));
  const weight = panels
    .flatMap(({ lines }) => lines)
    .reduce((sum, line) => sum + weightOf(line), 0);
  const limit = Math.max(8, Math.min(mostPointsPerLine, Math.floor(mostPoints / weight)));
  const lead = `All charts share one axis: minutes and seconds since the load began at ${formatInstant(frame.origin)}. Grey stretches are shown and not judged; a break in a line is a gap in the measurement.`;
  const content = [phaseRibbon(frame), panels.map((panel) => figure(panel, frame, limit))];
  return section("charts", title, lead, markup`<div class="charts">${content}</div>`);
}

/** An area is drawn three times as long as a line: its outline runs back, and its upper edge is a line besides. */
const weightOf = (line: PanelLine): number => (line.style === "area" ? 3 : 1);

function figure(panel: ChartPanel, frame: TimeFrame, limit: number): Markup {
  return markup`<figure>
<figcaption><h3>${panel.title}</h3>${legend(panel)}</figcaption>
${timeSeries({ ...panel, description: describe(panel, frame) }, frame, limit)}
${chartTable(panel, frame)}
</figure>
`;
}

const legend = (panel: ChartPanel): Markup =>
  markup`<ul class="legend">${panel.lines.map(
    (line) =>
      markup`<li><svg aria-hidden="true" width="26" height="8" viewBox="0 0 26 8"><path class="line ${line.color} d${line.dash}" d="M1,4H25"/></svg> ${line.label} <span class="muted">${range(line, panel.unit)}</span></li>`,
  )}${panel.limits.map(({ label }) => markup`<li class="limit-label"><svg aria-hidden="true" width="26" height="8" viewBox="0 0 26 8"><path class="limit" d="M1,4H25"/></svg> ${label}</li>`)}${panel.hidden > 0 && markup`<li class="muted">${panel.hidden} more in windows.ndjson</li>`}</ul>`;

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

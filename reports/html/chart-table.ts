import { formatDuration, formatElapsed, formatLatency, formatValue } from "../format.ts";
import { markup, type Markup } from "../markup.ts";
import type { PanelLine } from "../svg/time-series.ts";
import { timeStep, type TimeFrame } from "../svg/time-frame.ts";
import type { ChartPanel } from "./chart-panels.ts";
import { table, type Row } from "./layout.ts";

const mostRows = 24;

/** The numbers of a chart for those who would rather read them: the largest value in each stretch of time. */
export function chartTable(panel: ChartPanel, frame: TimeFrame): Markup {
  const step = timeStep(frame.to - frame.from, mostRows);
  const first = Math.floor((frame.from - frame.origin) / step);
  const count = Math.ceil((frame.to - frame.origin) / step) - first;
  const columns = panel.lines.map((line) => largestByStep(line, frame.origin, step));
  const rows = Array.from({ length: count }, (_, index): Row => {
    const cells = columns.map((values) => say(values.get(first + index), panel.unit));
    return [formatElapsed((first + index) * step), ...cells];
  });
  const head = [
    { title: "From" },
    ...panel.lines.map(({ label }) => ({ title: label, numeric: true })),
  ];
  const caption = `${panel.title}: largest value in each ${formatDuration(step)}`;
  return markup`<details><summary>Numbers</summary>${table(caption, head, rows)}</details>`;
}

function largestByStep(
  { points }: PanelLine,
  origin: number,
  step: number,
): ReadonlyMap<number, number> {
  const values = new Map<number, number>();
  for (const [at, value] of points) {
    const index = Math.floor((at - origin) / step);
    values.set(index, Math.max(values.get(index) ?? Number.NEGATIVE_INFINITY, value));
  }
  return values;
}

const say = (value: number | undefined, unit: ChartPanel["unit"]): string =>
  unit === "ms" ? formatLatency(value) : formatValue(value, unit);

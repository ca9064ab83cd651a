import { formatLatency, formatValue } from "../../src/domain/number-text.ts";
import { formatDuration, formatElapsed } from "../../src/domain/time-text.ts";
import { markup, type Markup } from "../markup.ts";
import { drawableParts, type Point } from "../svg/downsample.ts";
import { usualQuantileOf, type PanelLine } from "../svg/time-series.ts";
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

function largestByStep(line: PanelLine, origin: number, step: number): ReadonlyMap<number, number> {
  const values = new Map<number, number>();
  const indexOf = (at: number) => Math.floor((at - origin) / step);
  const tell = (index: number, value: number) =>
    values.set(index, Math.max(values.get(index) ?? Number.NEGATIVE_INFINITY, value));
  for (const [at, value] of line.points) tell(indexOf(at), value);
  for (const [[from, value], [to]] of line.style === "step" ? heldSteps(line) : [])
    for (let index = indexOf(from) + 1; index <= indexOf(to); index++) tell(index, value);
  return values;
}

/** From each point of a step line to the next one that it lasts to; not across gaps. */
const heldSteps = ({ points, style }: PanelLine): readonly (readonly [Point, Point])[] =>
  drawableParts(points, Math.max(4, points.length), usualQuantileOf[style]).flatMap((part) =>
    part.slice(1).flatMap((to, index) => {
      const from = part[index];
      return from === undefined ? [] : [[from, to] as const];
    }),
  );

const say = (value: number | undefined, unit: ChartPanel["unit"]): string =>
  unit === "ms" ? formatLatency(value) : formatValue(value, unit);

/** A chart is data: its plots, the key to their styles, what it says in words. `figure` draws it. */
import { markup, Markup, type Fragment } from "../markup.ts";
import type { Table } from "./block.ts";
import { plotPicture, pointShapes, type LineShape, type Plot } from "./plot.ts";
import { tableMarkup } from "./table-page.ts";

export interface Chart {
  readonly title: string;
  readonly legend: readonly LegendEntry[];
  /** One under the other, on one x axis. */
  readonly plots: readonly Plot[];
  /** A sentence under it. */
  readonly note?: string;
  /** The same values, for those who would rather read them. */
  readonly numbers?: Table;
}

export interface LegendEntry {
  /** The class of what it explains. */
  readonly className: string;
  readonly shape: LineShape | "ground" | "dot";
  readonly label: string;
  /** What its values were. */
  readonly range?: string;
}

export const key = (
  className: string,
  shape: LegendEntry["shape"],
  label: string,
): LegendEntry => ({
  className,
  shape,
  label,
});

/** A chart without a key explains itself. */
function figure({ title, legend, plots, note, numbers }: Chart, level: 3 | 4 = 3): Markup {
  const tag = new Markup(`h${level}`);
  return markup`<figure>
<figcaption><${tag}>${title}</${tag}>${legend.length > 0 && legendList(legend)}</figcaption>
${plots.map(plotPicture)}${note !== undefined && markup`<p class="note">${note}</p>`}${numbers && markup`<details><summary>Numbers</summary>${tableMarkup(numbers)}</details>`}
</figure>
`;
}

const legendList = (legend: readonly LegendEntry[]): Markup =>
  markup`<ul class="legend">${legend.map(
    (entry) =>
      markup`<li><svg aria-hidden="true" class="chart" width="26" height="10" viewBox="0 0 26 10">${swatch(entry)}</svg> ${entry.label}${entry.range !== undefined && markup` <span class="muted">${entry.range}</span>`}</li>`,
  )}</ul>`;

function swatch({ className, shape }: LegendEntry): Markup {
  switch (shape) {
    case "ground":
      return markup`<rect class="span ground ${className}" x="1" width="24" height="10" rx="2"/>`;
    case "dot":
      return markup`<circle class="dot ${className}" cx="13" cy="5"/>`;
    case "round":
    case "upright":
      return markup`<path class="line points ${className}" d="M13,5${pointShapes[shape]}"/>`;
    case "line":
    case "step":
    case "area":
      return markup`<path class="line ${className}" d="M1,5H25"/>`;
  }
  return shape satisfies never;
}

/** Charts beside each other where there is room for two, unless each needs the whole width. */
export const chartGrid = (charts: readonly Chart[], layout: "grid" | "wide" = "grid"): Fragment =>
  charts.length > 0 &&
  markup`<div class="plots${layout === "grid" && charts.length > 1 && " two"}">${charts.map((chart) => figure(chart))}</div>`;

/** Small charts under one another. @param head above them, on their axis    @param level of their headings */
export const chartColumn = (charts: readonly Chart[], head?: Fragment, level?: 3 | 4): Markup =>
  markup`<div class="charts">${head}${charts.map((chart) => figure(chart, level))}</div>
`;

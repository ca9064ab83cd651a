import { markup, type Markup } from "../markup.ts";

export interface InlineBar {
  readonly value: number;
  /** What the whole width stands for. */
  readonly most: number;
  readonly limit?: number;
  /** In words, for those who do not see it. */
  readonly label: string;
}

const width = 120;
const height = 12;

/** A horizontal bar for a table cell, with a tick where the limit is. A value without a bound fills it. */
export function inlineBar({ value, most, limit, label }: InlineBar): Markup {
  const toX = (each: number) =>
    most > 0 ? Math.round(Math.min(1, each / most) * width * 10) / 10 : 0;
  const isOver = limit !== undefined && value >= limit;
  return markup`<svg class="bar ${isOver ? "over" : "within"}" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><title>${label}</title><rect class="track" y="2" width="${width}" height="${height - 4}" rx="1"/><rect class="fill" y="2" width="${toX(value)}" height="${height - 4}" rx="1"/>${limit !== undefined && limit <= most && markup`<path class="limit" d="M${toX(limit)},0V${height}"/>`}</svg>`;
}

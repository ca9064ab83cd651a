import { markup, type Markup } from "../markup.ts";

export interface StackedBar {
  /** In order; `kind` picks the colour, 0 to 6. */
  readonly parts: readonly {
    readonly kind: number;
    readonly value: number;
    readonly text: string;
  }[];
  /** What the whole width stands for. */
  readonly most: number;
  /** In words, for those who do not see it. */
  readonly label: string;
}

const height = 24;
/** Percent of the width under which a number has no room. */
const roomForText = 7.5;

/** A horizontal bar made of parts, as wide as its place; the number stands in a part that has room for it. */
export function stackedBar({ parts, most, label }: StackedBar): Markup {
  let from = 0;
  const drawn = parts.map(({ kind, value, text }) => {
    const width = most > 0 ? round((value / most) * 100) : 0;
    const x = round(from);
    from += width;
    return markup`<svg x="${x}%" width="${width}%" height="${height}"><rect class="part part${kind}" width="100%" height="${height}"/>${width >= roomForText && markup`<text x="50%" y="16" text-anchor="middle">${text}</text>`}</svg>`;
  });
  return markup`<svg class="stacked" role="img" width="100%" height="${height}"><title>${label}</title>${drawn}</svg>`;
}

const round = (value: number): number => Math.round(value * 100) / 100;

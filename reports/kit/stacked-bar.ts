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

/** Bars on one scale, a line each, under the key to their colours. */
export interface Stacks {
  readonly legend: readonly { readonly kind: number; readonly label: string }[];
  readonly bars: readonly (StackedBar & { readonly title: string; readonly total: string })[];
}

export const stacksMarkup = ({ legend, bars }: Stacks): Markup =>
  markup`<figure class="stacks"><figcaption><ul class="legend">${legend.map(
    ({ kind, label }) =>
      markup`<li><svg aria-hidden="true" width="14" height="12"><rect class="part part${kind}" width="14" height="12" rx="2"/></svg> ${label}</li>`,
  )}</ul></figcaption><ol>${bars.map(
    (
      bar,
    ) => markup`<li><span>${bar.title}</span>${stackedBar(bar)}<strong>${bar.total}</strong></li>
`,
  )}</ol></figure>`;

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

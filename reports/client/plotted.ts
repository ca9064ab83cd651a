/** Reads the values of a chart back out of its own drawing: no number stands in the file twice. */
import { formatValue } from "../../src/domain/number-text.ts";
import type { UnitName } from "../../src/domain/units.ts";
import { all } from "./elements.ts";

/** Across, the drawing goes from 0 to 1000. */
export const across = 1000;

type Place = readonly [x: number, y: number];

export interface PlottedLine {
  readonly label: string;
  readonly path: Element;
  /** Cut where the line is. */
  readonly parts: readonly (readonly Place[])[];
  readonly textAt: (place: Place) => string;
}

export interface Plotted {
  readonly svg: SVGSVGElement;
  readonly figure: Element;
  readonly title: string;
  /** Its x axis, as it is written: charts that share it move together. */
  readonly axis: string;
  readonly from: number;
  readonly to: number;
  /** The drawing itself, which stretches. */
  readonly inner: Element;
  readonly height: number;
  readonly lines: readonly PlottedLine[];
}

export const plottedCharts = (): readonly Plotted[] =>
  all<SVGSVGElement>("figure > svg[data-x]").flatMap((svg) => {
    const figure = svg.closest("figure");
    const inner = svg.querySelector(":scope > svg");
    const axis = svg.getAttribute("data-x") ?? "";
    const [from = 0, to = 1] = axis.split(" ").map(Number);
    if (figure === null || inner === null) return [];
    const height = Number(inner.getAttribute("height"));
    const title = svg.querySelector("title")?.textContent ?? "";
    return [{ svg, figure, title, axis, from, to, inner, height, lines: linesOf(svg, height) }];
  });

function linesOf(svg: SVGSVGElement, height: number): readonly PlottedLine[] {
  const [low = 0, high = 1, unit, log] = (svg.getAttribute("data-y") ?? "").split(" ");
  const [least, most] = [Number(low), Number(high)];
  // A hundredth of a pixel is the last digit that is drawn.
  const step = 10 ** Math.ceil(Math.log10((most - least) / (height * 100)));
  const valueAt = (share: number) =>
    log === undefined
      ? Math.round((least + share * (most - least)) / step) * step
      : Number((least * (most / least) ** share).toPrecision(3));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this project's own writing
  const textOf = (share: number) => formatValue(valueAt(share), unit as UnitName);
  const labels = new Map(
    all(".legend li", svg.closest("figure") ?? svg).map((entry) => [
      entry.querySelector(".line")?.getAttribute("class"),
      labelOf(entry),
    ]),
  );
  return all(":scope > svg > .line", svg).map((path) => ({
    label: labels.get(path.getAttribute("class")) ?? "",
    path,
    parts: partsOf(path.getAttribute("d") ?? ""),
    textAt: ([, y]) => textOf(1 - y / height),
  }));
}

/** Without its range, which stands in a span. */
const labelOf = (entry: Element): string =>
  [...(entry.querySelector("button") ?? entry).childNodes]
    .flatMap((node) => (node.nodeType === Node.TEXT_NODE ? [node.textContent?.trim() ?? ""] : []))
    .join("");

const partsOf = (drawn: string): readonly (readonly Place[])[] =>
  drawn
    .split("M")
    .map((part) =>
      [...part.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]): Place => [Number(x), Number(y)]),
    )
    .map((part) => (part.length > 1 && part[1]?.[0] === 0 ? part.slice(0, 1) : part))
    .filter((part) => part.length > 0);

/** The point of the line at x: the nearest, of steps the last one that holds. None in a gap. */
export function pointAt({ parts }: PlottedLine, x: number): Place | undefined {
  const slack = parts.every((part) => part.length === 1) ? across / 200 : 3;
  const part = parts.find((each) => x >= first(each) - slack && x <= last(each) + slack);
  if (part === undefined) return undefined;
  if (isStep(part)) return part.findLast((each) => each[0] <= x) ?? part[0];
  return part.reduce((best, each) => (Math.abs(each[0] - x) < Math.abs(best[0] - x) ? each : best));
}

const first = (part: readonly Place[]): number => part[0]?.[0] ?? 0;
const last = (part: readonly Place[]): number => part.at(-1)?.[0] ?? 0;

const isStep = (part: readonly Place[]): boolean =>
  part.every(([x, y], index) => {
    const before = part[index - 1];
    return before === undefined || before[0] === x || before[1] === y;
  });

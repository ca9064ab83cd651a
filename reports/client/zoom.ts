/** Shows a part of the x axis: of every shape that stands at a percentage of the width, and of the drawing itself. */
import { formatElapsed } from "../../src/domain/time-text.ts";
import { timeTicks } from "../kit/time-frame.ts";
import { all } from "./elements.ts";
import { across, type Plotted } from "./plotted.ts";

/** In units of the drawing, 0 to 1000. */
export interface View {
  readonly from: number;
  readonly to: number;
}

export const whole: View = { from: 0, to: across };

const placed = ["x", "x1", "x2", "cx"] as const;
const svgNames = "http://www.w3.org/2000/svg";

/** Where a shape was drawn, before anything moved it. */
const drawnAt = new WeakMap<Element, Readonly<Record<string, number>>>();

export function zoomTo(charts: readonly Plotted[], view: View): void {
  for (const { svg, inner, height, figure } of charts) {
    inner.setAttribute("viewBox", `${view.from} 0 ${view.to - view.from} ${height}`);
    move(svg, view);
    for (const ribbon of all("svg.ribbon", figure.parentElement ?? figure)) move(ribbon, view);
    for (const tick of all(":scope > .zoomed", svg)) tick.remove();
    svg.classList.toggle("is-zoomed", view !== whole);
  }
  if (view !== whole) for (const chart of charts) addTicks(chart, view);
}

function move(svg: Element, { from, to }: View): void {
  const toPercent = (percent: number) => ((percent * 10 - from) / (to - from)) * 100;
  for (const each of all(":scope > *, :scope > g > *", svg)) {
    const drawn = drawnAt.get(each) ?? places(each);
    drawnAt.set(each, drawn);
    const names = Object.keys(drawn);
    if (names.length === 0) continue;
    const [start = 0, end = start] = ends(drawn).map(toPercent);
    const [left, right] = [Math.max(0, start), Math.min(100, end)];
    each.classList.toggle("outside", right < left);
    for (const name of placed) if (name in drawn) each.setAttribute(name, `${left}%`);
    if ("width" in drawn) each.setAttribute("width", `${Math.max(0, right - left)}%`);
  }
}

function ends({ x, x1, cx, width }: Readonly<Record<string, number>>): readonly number[] {
  const start = x ?? x1 ?? cx ?? 0;
  return width === undefined ? [start] : [start, start + width];
}

/** What has no place of its own, and the words at the edges, stay. */
function places(each: Element): Readonly<Record<string, number>> {
  const isFixed = each.matches(".value, .level-label, .cross, .picked");
  if (isFixed || !placed.some((name) => each.hasAttribute(name))) return {};
  const numbers = [...placed, "width"].flatMap((name) => {
    const value = each.getAttribute(name) ?? "";
    return value.endsWith("%") ? [[name, Number.parseFloat(value)] as const] : [];
  });
  return Object.fromEntries(numbers);
}

/** Those of the whole axis are too far apart. */
function addTicks({ svg, from, to }: Plotted, view: View): void {
  const at = (place: number) => from + ((to - from) * place) / across;
  const [left, right] = [at(view.from), at(view.to)];
  const y = svg.querySelector(".axis")?.getAttribute("y") ?? "0";
  for (const tick of timeTicks({ from: left, to: right, origin: 0, bands: [], marks: [] })) {
    const text = document.createElementNS(svgNames, "text");
    const percent = ((tick - left) / (right - left)) * 100;
    text.setAttribute("class", "zoomed");
    text.setAttribute("x", `${percent}%`);
    text.setAttribute("y", y);
    text.setAttribute("text-anchor", percent > 95 ? "end" : percent < 3 ? "start" : "middle");
    text.textContent = formatElapsed(tick);
    svg.append(text);
  }
}

/** An upright shape over the whole height of a chart, behind nothing. */
export function overlay({ svg, inner, height }: Plotted, className: string): SVGRectElement {
  const shape = document.createElementNS(svgNames, "rect");
  shape.setAttribute("class", className);
  shape.setAttribute("y", inner.getAttribute("y") ?? "0");
  shape.setAttribute("height", `${height}`);
  shape.setAttribute("width", "0");
  svg.append(shape);
  return shape;
}

/** A crosshair over all charts of one axis, their values by pointer and by keyboard, and a closer look at a stretch. */
import { absent } from "../../src/domain/number-text.ts";
import { formatElapsed } from "../../src/domain/time-text.ts";
import { liveRegion, made } from "./elements.ts";
import { across, plottedCharts, pointAt, type Plotted } from "./plotted.ts";
import { overlay, whole, zoomTo, type View } from "./zoom.ts";

export function chartTools(): void {
  const groups = new Map<string, Plotted[]>();
  for (const chart of plottedCharts())
    groups.set(chart.axis, [...(groups.get(chart.axis) ?? []), chart]);
  if (groups.size === 0) return;
  const say = liveRegion();
  for (const charts of groups.values()) new SharedAxis(charts, say).listen();
}

class SharedAxis {
  readonly #charts: readonly Plotted[];
  readonly #say: (sentence: string) => void;
  readonly #marks: readonly {
    readonly chart: Plotted;
    readonly cross: SVGRectElement;
    readonly picked: SVGRectElement;
    readonly readout: HTMLElement;
  }[];
  readonly #reset: HTMLButtonElement;
  #view: View = whole;
  /** Of the crosshair, 0 to 1000; none while nobody looks. */
  #at: number | undefined;
  /** The other end of what is being picked. */
  #anchor: number | undefined;

  constructor(charts: readonly Plotted[], say: (sentence: string) => void) {
    this.#charts = charts;
    this.#say = say;
    this.#marks = charts.map((chart) => {
      const readout = made("div", { class: "readout", "aria-hidden": "true" });
      chart.figure.append(readout);
      return { chart, cross: overlay(chart, "cross"), picked: overlay(chart, "picked"), readout };
    });
    this.#reset = made("button", { type: "button", class: "reset", hidden: "" });
    this.#reset.addEventListener("click", () => this.#zoom(whole));
  }

  listen(): void {
    document.querySelector("main")?.append(this.#reset);
    for (const chart of this.#charts) this.#listenTo(chart);
    addEventListener("beforeprint", () => {
      this.#hide();
      this.#zoom(whole);
    });
  }

  #listenTo(chart: Plotted): void {
    const { svg, title } = chart;
    const place = ({ clientX }: PointerEvent) => {
      const { left, width } = svg.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (clientX - left) / width));
      return this.#view.from + share * (this.#view.to - this.#view.from);
    };
    svg.setAttribute("tabindex", "0");
    svg.setAttribute("role", "application");
    svg.setAttribute("aria-roledescription", "chart");
    svg.setAttribute(
      "aria-label",
      `${title}. Arrow keys read its values, Shift with them picks a stretch, Enter shows it alone, Escape all.`,
    );
    svg.addEventListener("pointermove", (event) => this.#show(place(event)));
    svg.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.#anchor = place(event);
      svg.setPointerCapture(event.pointerId);
    });
    svg.addEventListener("pointerup", () => this.#zoomToPicked());
    svg.addEventListener("pointercancel", () => this.#hide());
    svg.addEventListener("pointerleave", () => this.#anchor === undefined && this.#hide());
    svg.addEventListener("blur", () => this.#hide());
    svg.addEventListener("keydown", (event) => {
      if (this.#press(event, chart)) event.preventDefault();
    });
  }

  /** @returns whether the key meant something */
  #press({ key, shiftKey }: KeyboardEvent, chart: Plotted): boolean {
    const before = this.#at ?? this.#view.from;
    const to = this.#target(key, before, chart);
    if (to !== undefined) {
      this.#anchor = shiftKey ? (this.#anchor ?? before) : undefined;
      this.#show(to);
      this.#say(this.#sentence(chart, to));
      return true;
    }
    if (key === "Enter" && this.#anchor !== undefined) this.#zoomToPicked();
    else if (key === "Escape") {
      this.#hide();
      this.#zoom(whole);
    } else return false;
    return true;
  }

  /** The next point of any of its lines in that direction; the first key goes to the first point. */
  #target(key: string, before: number, { lines }: Plotted): number | undefined {
    const { from, to } = this.#view;
    const places = lines
      .flatMap(({ parts }) => parts.flatMap((part) => part.map(([x]) => x)))
      .filter((x) => x >= from && x <= to)
      .toSorted((a, b) => a - b);
    if (key === "Home") return places[0];
    if (key === "End") return places.at(-1);
    if (key === "ArrowRight")
      return this.#at === undefined ? places[0] : (places.find((x) => x > before) ?? before);
    return key === "ArrowLeft" ? (places.findLast((x) => x < before) ?? before) : undefined;
  }

  #show(at: number): void {
    this.#at = at;
    const toPercent = (place: number) =>
      ((place - this.#view.from) / (this.#view.to - this.#view.from)) * 100;
    for (const { chart, cross, picked, readout } of this.#marks) {
      cross.setAttribute("x", `${toPercent(at)}%`);
      cross.setAttribute("width", "1");
      const [from, to] = [Math.min(at, this.#anchor ?? at), Math.max(at, this.#anchor ?? at)];
      picked.setAttribute("x", `${toPercent(from)}%`);
      picked.setAttribute("width", `${toPercent(to) - toPercent(from)}%`);
      readout.replaceChildren(...this.#readoutLines(chart, at));
      readout.classList.add("on");
      placeBeside(readout, cross, chart);
    }
  }

  #readoutLines(chart: Plotted, at: number): readonly HTMLElement[] {
    return [
      made("b", {}, formatElapsed(instantAt(chart, at))),
      ...valuesAt(chart, at).map(([label, value]) => made("div", {}, `${label} ${value}`)),
    ];
  }

  #sentence(chart: Plotted, at: number): string {
    const values = valuesAt(chart, at).map(([label, value]) => `${label} ${value}`);
    return `${formatElapsed(instantAt(chart, at))}: ${values.join(", ")}`;
  }

  #hide(): void {
    this.#at = undefined;
    this.#anchor = undefined;
    for (const { cross, picked, readout } of this.#marks) {
      cross.setAttribute("width", "0");
      picked.setAttribute("width", "0");
      readout.classList.remove("on");
    }
  }

  #zoomToPicked(): void {
    const [one, other] = [this.#anchor, this.#at];
    this.#anchor = undefined;
    if (one === undefined || other === undefined) return;
    const view = { from: Math.min(one, other), to: Math.max(one, other) };
    // Less is a click.
    if (view.to - view.from < (this.#view.to - this.#view.from) / 100) this.#show(other);
    else this.#zoom(view);
  }

  #zoom(view: View): void {
    const [chart] = this.#charts;
    if (chart === undefined || (view === whole && this.#view === whole)) return;
    this.#hide();
    this.#view = view;
    zoomTo(this.#charts, view);
    const [from, to] = [view.from, view.to].map((each) => formatElapsed(instantAt(chart, each)));
    this.#reset.hidden = view === whole;
    this.#reset.textContent = `${from} to ${to}: show all`;
    this.#say(view === whole ? "The whole time is shown." : `${from} to ${to} is shown.`);
  }
}

const instantAt = ({ from, to }: Plotted, at: number): number => from + ((to - from) * at) / across;

/** Of the lines that are not hidden. */
const valuesAt = ({ lines }: Plotted, at: number): readonly (readonly [string, string])[] =>
  lines
    .filter(({ path }) => !path.classList.contains("off"))
    .map((line) => {
      const point = pointAt(line, at);
      return [line.label, point === undefined ? absent : line.textAt(point)];
    });

/** Left of the crosshair where there is no room at its right. */
function placeBeside(readout: HTMLElement, cross: Element, { figure, svg }: Plotted): void {
  const [outer, box, line] = [figure, svg, cross].map((each) => each.getBoundingClientRect());
  if (outer === undefined || box === undefined || line === undefined) return;
  const isRight = line.left - box.left < box.width / 2;
  const left = line.left - outer.left;
  readout.style.top = `${box.top - outer.top}px`;
  readout.style.left = isRight ? `${left + 8}px` : "auto";
  readout.style.right = isRight ? "auto" : `${outer.width - left + 8}px`;
}

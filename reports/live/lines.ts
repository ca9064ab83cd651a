import type { Point } from "../kit/downsample.ts";

/** Most points of one line, however long the load: a chart is drawn anew every few seconds. */
const mostPoints = 300;
const widthsMs = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].map((seconds) => seconds * 1000);

/** How much time one point of a chart stands for. */
export const pointWidthMs = (durationMs: number): number =>
  widthsMs.find((width) => durationMs / width <= mostPoints) ?? Math.ceil(durationMs / mostPoints);

/** Which value stands for several in the time of one point: a peak is never lost. */
export const keep = {
  last: (_earlier: number, later: number): number => later,
  largest: Math.max,
  least: Math.min,
} as const;

/** A line that grows while the load goes on, one point for each stretch of time. */
export class GrowingLine {
  readonly #widthMs: number;
  readonly #choose: (earlier: number, later: number) => number;
  readonly #points: Point[] = [];

  constructor(widthMs: number, choose: (earlier: number, later: number) => number) {
    this.#widthMs = widthMs;
    this.#choose = choose;
  }

  get points(): readonly Point[] {
    return this.#points;
  }

  /** @param at epoch milliseconds, not before the last one    @param value absent or not a number: a gap */
  add(at: number, value: number | undefined): void {
    if (value === undefined || Number.isNaN(value)) return;
    const start = Math.floor(at / this.#widthMs) * this.#widthMs;
    const last = this.#points.at(-1);
    if (last === undefined || last[0] < start) this.#points.push([start, value]);
    else this.#points[this.#points.length - 1] = [last[0], this.#choose(last[1], value)];
  }
}

/** A size that is recorded where it changes. */
export class ChangingLine {
  readonly #points: Point[] = [];

  get last(): number | undefined {
    return this.#points.at(-1)?.[1];
  }

  add(at: number, value: number): void {
    if (Number.isFinite(value) && value !== this.last) this.#points.push([at, value]);
  }

  /** To the right end of the axis. */
  until(now: number): readonly Point[] {
    const { last } = this;
    return last === undefined ? [] : [...this.#points.slice(-mostPoints), [now, last]];
  }
}

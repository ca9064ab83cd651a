import { scaleLinear } from "d3-scale";

/** A stretch of the run that is drawn on another ground. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  /** `event`: something happened to the platform; it lies over the others. */
  readonly kind: "judged" | "unjudged" | "missing" | "event";
}

/** One moment that matters: an abort, an event, or a decision of an autoscaler. */
export interface Mark {
  readonly at: number;
  readonly label: string;
  readonly kind: "abort" | "event" | "up" | "down";
}

/** The one time axis that all charts of a report share. Epoch milliseconds. */
export interface TimeFrame {
  readonly from: number;
  readonly to: number;
  /** What "0:00" means. */
  readonly origin: number;
  readonly bands: readonly Band[];
  readonly marks: readonly Mark[];
}

/** @returns where an instant stands on the axis, in percent of its width, two decimals */
export function percentOf(frame: TimeFrame, at: number): number {
  const scale = scaleLinear([frame.from, frame.to], [0, 100]).clamp(true);
  return Math.round(scale(at) * 100) / 100;
}

const seconds = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200,
];
const day = 86_400;

/** @returns the round step, in milliseconds, that divides `spanMs` into at most `most` parts */
export function timeStep(spanMs: number, most: number): number {
  const step = seconds.find((each) => spanMs / (each * 1000) <= most);
  return (step ?? Math.ceil(spanMs / (day * 1000 * most)) * day) * 1000;
}

const mostTicks = 6;

/** Instants for tick marks: round times since the origin, about six. */
export function timeTicks(frame: TimeFrame): readonly number[] {
  const step = timeStep(frame.to - frame.from, mostTicks);
  const first = Math.ceil((frame.from - frame.origin) / step) * step + frame.origin;
  const count = Math.max(0, Math.floor((frame.to - first) / step) + 1);
  return Array.from({ length: count }, (_, index) => first + index * step);
}

import type { Estimate } from "../src/domain/estimate.ts";
import type { Surface } from "../src/domain/surface.ts";
import type { UnitName } from "../src/domain/units.ts";

/** Words for numbers inside sentences: three or four digits, with the unit. Reports format their tables themselves. */
export function inUnit(value: number, unit: UnitName): string {
  if (!Number.isFinite(value)) return value > 0 ? "unbounded" : "unbounded below";
  switch (unit) {
    case "ms":
      return value >= 10_000 ? `${shortest(value / 1000)} s` : `${shortest(value)} ms`;
    case "ratio":
      return percent(value);
    case "1/min":
      return `${shortest(value)} requests/min`;
    case "1/s":
      return `${shortest(value)} requests/s`;
    case "bytes":
      return `${shortest(value / 1e6)} MB`;
    case "cores":
      return `${shortest(value)} cores`;
    case "count":
      return shortest(value);
    default:
      return unit satisfies never;
  }
}

/** Near 100 % the distance from it is what matters: 99.95 %, not 100 %. */
export function percent(ratio: number): string {
  const digits = ratio > 0.99 && ratio < 1 ? 3 : ratio < 0.1 ? 2 : 1;
  return `${Number((ratio * 100).toFixed(digits))} %`;
}

/** Whole from 100 on, with thousands separated; else three significant digits. */
export const shortest = (value: number): string =>
  Math.abs(value) >= 100
    ? Math.round(value).toLocaleString("en-US")
    : String(Number(value.toPrecision(3)));

/** "95.1 to 104 ms, 90 % interval, n = 4,120". */
export const interval = ({ low, high, unit, confidence, sampleCount }: Estimate): string =>
  `${inUnit(low, unit)} to ${inUnit(high, unit)}, ${percent(confidence)} interval, n = ${shortest(sampleCount)}`;

export const plural = (count: number, noun: string): string =>
  `${shortest(count)} ${noun}${count === 1 ? "" : "s"}`;

/** What the budget of a surface counts. */
export const budgetedNoun = {
  web: "web pages",
  api: "API reads",
  subgraph: "subgraph queries",
} as const satisfies Record<Surface, string>;

export const surfaceNoun = {
  web: "the web front end",
  api: "the API",
  subgraph: "the subgraph",
} as const satisfies Record<Surface, string>;

export const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

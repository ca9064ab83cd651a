/**
 * Traffic over time as people write it: the name of a load profile, a CSV of seconds and requests per minute, one
 * working day `day:10000/min`, or a step `step:2000/min..10000/min` (with its times: `@10m..30m`).
 */
import { scenarios } from "../../profiles/scenarios.ts";
import type { LoadProfile } from "../domain/profile.ts";
import { scenarioNames } from "../domain/profile.ts";
import type { PerSurface } from "../domain/surface.ts";
import type { Milliseconds, PerMinute } from "../domain/units.ts";
import { milliseconds, perMinute } from "../domain/units.ts";
import { suggestion } from "./nearest.ts";
import type { Problems } from "./problems.ts";
import { parseDuration, parseRate } from "../domain/quantity.ts";
import { parseTable, timeNames, type Table } from "./table.ts";
import {
  instantsIn,
  knownColumn,
  readColumn,
  refuseDisorder,
  type CellRule,
} from "./table-columns.ts";
import { looksNumeric } from "./table-numbers.ts";

/** Requests per minute at an instant from the start. */
interface TrafficPoint {
  readonly atMs: Milliseconds;
  readonly requestsPerMinute: PerMinute;
}

export type TrafficShape =
  | { readonly kind: "day"; readonly peakPerMinute: PerMinute }
  | {
      readonly kind: "step";
      readonly lowPerMinute: PerMinute;
      readonly highPerMinute: PerMinute;
      /** Absent: after a sixth and after half of the simulated time. */
      readonly upAtMs?: Milliseconds;
      readonly downAtMs?: Milliseconds;
    }
  | { readonly kind: "points"; readonly name: string; readonly points: readonly TrafficPoint[] }
  | {
      readonly kind: "profile";
      readonly name: string;
      readonly points: readonly TrafficPoint[];
      /** What of the profile's requests each surface gets; adds up to 1. */
      readonly shares: PerSurface<number>;
    };

interface TrafficSources {
  readonly profiles: Readonly<Record<string, LoadProfile>>;
  /** @returns `undefined` where there is no such file */
  readonly readFile: (name: string) => string | undefined;
}

const forms = "a profile, a CSV file, day:RATE or step:LOW..HIGH";

/** @param text of the flag @returns `undefined` with everything that is wrong in `problems` */
export function parseTrafficShape(
  text: string,
  sources: TrafficSources,
  problems: Problems,
): TrafficShape | undefined {
  if (text.startsWith("day:")) return parseDay(text, problems);
  if (text.startsWith("step:")) return parseStep(text, problems);
  const profile = Object.hasOwn(sources.profiles, text) ? sources.profiles[text] : undefined;
  if (profile !== undefined) return profileShape(profile);
  const content = sources.readFile(text);
  if (content !== undefined) return parseTrafficCsv(content, text, problems);
  const isFile = /[./\\]/.test(text);
  problems.add(
    isFile
      ? `--load: there is no file ${text}`
      : `--load: "${text}" is not ${forms}: ${suggestion(text, Object.keys(sources.profiles))}`,
  );
  return undefined;
}

function parseDay(text: string, problems: Problems): TrafficShape | undefined {
  const peakPerMinute = problems.take("--load", parseRate(text.slice("day:".length)));
  return peakPerMinute === undefined ? undefined : { kind: "day", peakPerMinute };
}

function parseStep(text: string, problems: Problems): TrafficShape | undefined {
  const [rates = "", times, ...rest] = text.slice("step:".length).split("@");
  const [low, high, ...moreRates] = rates.split("..");
  if (low === undefined || high === undefined || rest.length + moreRates.length > 0) {
    problems.add(
      `--load: "${text}" is not a step: write step:2000/min..10000/min, with its times step:2000/min..10000/min@10m..30m`,
    );
    return undefined;
  }
  const lowPerMinute = problems.take("--load", parseRate(low));
  const highPerMinute = problems.take("--load", parseRate(high));
  const span = times === undefined ? {} : parseSpan(times, problems);
  if (lowPerMinute === undefined || highPerMinute === undefined || span === undefined)
    return undefined;
  return { kind: "step", lowPerMinute, highPerMinute, ...span };
}

function parseSpan(
  text: string,
  problems: Problems,
): { readonly upAtMs: Milliseconds; readonly downAtMs: Milliseconds } | undefined {
  const [up = "", down = ""] = text.split("..");
  const upAtMs = problems.take("--load", parseDuration(up));
  const downAtMs = problems.take("--load", parseDuration(down));
  if (upAtMs === undefined || downAtMs === undefined) return undefined;
  if (downAtMs > upAtMs) return { upAtMs, downAtMs };
  problems.add(`--load: the step goes back at ${down}, before it comes at ${up}`);
  return undefined;
}

/** After its last phase a profile sends nothing. */
function profileShape(profile: LoadProfile): TrafficShape {
  const points: TrafficPoint[] = [];
  let start = 0;
  for (const { durationMs, fromFactor, toFactor } of profile.phases) {
    const at = (ms: number, factor: number): void => {
      const requestsPerMinute = perMinute(profile.requestsPerMinute * factor);
      points.push({ atMs: milliseconds(ms), requestsPerMinute });
    };
    at(start, fromFactor);
    at(start + durationMs, toFactor);
    start += durationMs;
  }
  points.push({ atMs: milliseconds(start), requestsPerMinute: perMinute(0) });
  return { kind: "profile", name: profile.name, points, shares: surfaceShares(profile) };
}

/** As the planner divides a profile's requests: by scenario, by flow, by what an iteration sends where. */
function surfaceShares({ shares }: LoadProfile): PerSurface<number> {
  const sum = { web: 0, api: 0, subgraph: 0 };
  for (const scenario of scenarioNames) {
    for (const flow of scenarios[scenario].flows) {
      const sent: Partial<PerSurface<number>> = flow.requestsPerIteration;
      const { web = 0, api = 0, subgraph = 0 } = sent;
      const all = web + api + subgraph;
      if (all === 0) continue;
      const share = ((shares[scenario] ?? 0) * flow.share) / all;
      sum.web += share * web;
      sum.api += share * api;
      sum.subgraph += share * subgraph;
    }
  }
  return sum;
}

// CSV

const elapsedNames = ["seconds", "second", "t", "s", "elapsed"];
const rateNames = ["requests/", "req/", "rate/", "load/", "/", "rpm", "rps"];

const elapsedRule: CellRule = {
  expected: "a number of seconds, a duration such as 90s, or an instant",
  dimensions: ["time"],
  usualUnit: "s",
  answerIn: { time: "ms" },
};
/** A rate in the cell (`10/s`) goes before the unit that the column's name says. */
const rateRule: CellRule = {
  expected: "a number ≥ 0, or a rate such as 10/s",
  dimensions: ["rate"],
  least: "zero",
  answerIn: { rate: "/min" },
};

/** Straight lines between the rows; the first row is the start. */
function parseTrafficCsv(text: string, name: string, problems: Problems): TrafficShape | undefined {
  const table = parseTable(text, { shown: name }, problems);
  const columns = table === undefined ? undefined : findColumns(table, problems);
  if (table?.rows.length === 0) problems.add(`${name} has no line below its header`);
  if (table === undefined || columns === undefined) return undefined;
  const times = timesOf(table, columns.time, problems);
  const rate = readColumn(table, columns.rate, columns.rule, problems);
  if (times !== undefined) refuseDisorder(table, columns.time, times, problems);
  const start = times?.[0];
  if (times === undefined || rate === undefined || start === undefined || !problems.isEmpty)
    return undefined;
  return {
    kind: "points",
    name,
    points: times.map((at, index) => ({
      atMs: milliseconds((at ?? start) - start),
      requestsPerMinute: perMinute(rate.values[index] ?? 0),
    })),
  };
}

/** Milliseconds: seconds as numbers, durations (`90s`, `1min`), or instants. One column is of one kind. */
function timesOf(
  table: Table,
  column: number,
  problems: Problems,
): readonly (number | undefined)[] | undefined {
  const instants = instantsIn(table, column);
  return instants.every((at) => at !== undefined)
    ? instants
    : readColumn(table, column, elapsedRule, problems)?.values;
}

interface Columns {
  readonly time: number;
  readonly rate: number;
  readonly rule: CellRule;
}

/** Two columns of numbers need no names. */
function findColumns(table: Table, problems: Problems): Columns | undefined {
  const { columns, hasNames, rows } = table;
  const isPair = columns.length === 2 && rows.every(({ cells }) => cells.every(looksNumeric));
  if (!hasNames && isPair) return { time: 0, rate: 1, rule: { ...rateRule, usualUnit: "/min" } };
  const time = knownColumn(table, [...elapsedNames, ...timeNames], problems, "seconds");
  const either = "requestsPerMinute (or requestsPerSecond)";
  const rate = knownColumn(table, rateNames, problems, either);
  return time === undefined || rate === undefined ? undefined : { time, rate, rule: rateRule };
}

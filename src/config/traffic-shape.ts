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
import { parseCsv, type CsvTable } from "./csv.ts";
import { suggestion } from "./nearest.ts";
import type { Problems } from "./problems.ts";
import { parseDuration, parseRate } from "./quantity.ts";

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

const aliases = {
  seconds: ["seconds", "second", "time", "times", "t", "s", "elapsed"],
  requestsPerMinute: ["requestsperminute", "rpm", "perminute", "requestsmin"],
  requestsPerSecond: ["requestspersecond", "rps", "persecond", "requestss"],
} as const;

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z]/g, "");
const isNumber = (cell: string | undefined): boolean =>
  cell !== undefined && cell !== "" && Number.isFinite(Number(cell));

interface Columns {
  readonly seconds: number;
  readonly rate: number;
  /** Of the rate's column to requests per minute. */
  readonly factor: number;
}

/** Straight lines between the rows; the first row is the start. */
function parseTrafficCsv(text: string, name: string, problems: Problems): TrafficShape | undefined {
  const { header, rows } = withoutHeader(parseCsv(text, name));
  if (header.length === 0) {
    problems.add(`${name} is empty, expected lines of seconds,requestsPerMinute`);
    return undefined;
  }
  const columns = findColumns(header, name, problems);
  if (columns === undefined) return undefined;
  if (rows.length === 0) problems.add(`${name} has no line below its header`);
  const wrong: string[] = [];
  const points: { readonly seconds: number; readonly requestsPerMinute: PerMinute }[] = [];
  for (const { line, cells } of rows) {
    const seconds = cells[columns.seconds];
    const rate = cells[columns.rate];
    const before = points.at(-1)?.seconds ?? Number.NEGATIVE_INFINITY;
    if (!isNumber(seconds))
      wrong.push(`${name}:${line}: seconds are "${seconds ?? ""}", expected a number`);
    else if (Number(seconds) < before)
      wrong.push(`${name}:${line}: ${seconds} s is earlier than the line before it`);
    if (!isNumber(rate) || Number(rate) < 0)
      wrong.push(`${name}:${line}: the rate is "${rate ?? ""}", expected a number ≥ 0`);
    const requestsPerMinute = perMinute(Number(rate) * columns.factor);
    points.push({ seconds: Number(seconds), requestsPerMinute });
  }
  addFew(wrong, problems);
  const [first] = points;
  if (wrong.length > 0 || first === undefined) return undefined;
  return {
    kind: "points",
    name,
    points: points.map(({ seconds, requestsPerMinute }) => ({
      atMs: milliseconds((seconds - first.seconds) * 1000),
      requestsPerMinute,
    })),
  };
}

/** Two columns of numbers need no names. */
function withoutHeader({ header, rows }: CsvTable): CsvTable {
  if (header.length !== 2 || !header.every(isNumber)) return { header, rows };
  return {
    header: ["seconds", "requestsPerMinute"],
    rows: [{ line: 1, cells: header }, ...rows],
  };
}

function findColumns(
  header: readonly string[],
  name: string,
  problems: Problems,
): Columns | undefined {
  const find = (names: readonly string[]): number =>
    header.findIndex((cell) => names.includes(plain(cell)));
  const seconds = find(aliases.seconds);
  const minutely = find(aliases.requestsPerMinute);
  const secondly = find(aliases.requestsPerSecond);
  if (seconds < 0) problems.add(`${name} has no column seconds; it has: ${header.join(", ")}`);
  if (minutely < 0 && secondly < 0)
    problems.add(
      `${name} has no column requestsPerMinute (or requestsPerSecond); it has: ${header.join(", ")}`,
    );
  if (seconds < 0 || (minutely < 0 && secondly < 0)) return undefined;
  return minutely >= 0
    ? { seconds, rate: minutely, factor: 1 }
    : { seconds, rate: secondly, factor: 60 };
}

const shownAtOnce = 5;

function addFew(wrong: readonly string[], problems: Problems): void {
  for (const message of wrong.slice(0, shownAtOnce)) problems.add(message);
  if (wrong.length > shownAtOnce)
    problems.add(`and ${wrong.length - shownAtOnce} more lines of this kind`);
}

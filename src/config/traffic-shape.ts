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
import { instantOf } from "./instants.ts";
import { suggestion } from "./nearest.ts";
import type { Problems } from "./problems.ts";
import { durationInMs, parseDuration, parseRate, unitMs } from "./quantity.ts";
import { addFirst, parseTable, placeIn, type Cell, type Table } from "./table.ts";
import { isGap, looksNumeric, readNumbers, unitOf, type NumberCell } from "./table-numbers.ts";

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
  seconds: ["seconds", "second", "time", "times", "timestamp", "date", "t", "s", "elapsed"],
  requestsPerMinute: ["requestsperminute", "rpm", "perminute", "requestsmin"],
  requestsPerSecond: ["requestspersecond", "rps", "persecond", "requestss"],
} as const;

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z]/g, "");

interface Columns {
  readonly time: number;
  readonly rate: number;
  /** Of the rate's column to requests per minute. */
  readonly factor: number;
}

/** Straight lines between the rows; the first row is the start. */
function parseTrafficCsv(text: string, name: string, problems: Problems): TrafficShape | undefined {
  const table = parseTable(text, { shown: name }, problems);
  const columns = table === undefined ? undefined : findColumns(table, problems);
  if (table?.rows.length === 0) problems.add(`${name} has no line below its header`);
  if (table === undefined || columns === undefined) return undefined;
  const times = timesOf(table, columns.time, problems);
  const rates = readNumbers(table, columns.rate, problems);
  if (times === undefined || rates === undefined) return undefined;
  const wrong: string[] = [];
  let before = Number.NEGATIVE_INFINITY;
  const points = table.rows.map(({ where, cells }, index) => {
    const place = placeIn(name, where);
    const atMs = times[index];
    const perMinuteRead = rateIn(rates[index], columns.factor);
    if (atMs === undefined)
      wrong.push(
        `${place}: seconds are "${shownCell(cells[columns.time])}", expected a number, a duration such as 90s, or an instant`,
      );
    else if (atMs < before)
      wrong.push(`${place}: ${shownTime(cells[columns.time])} is earlier than the line before it`);
    if (perMinuteRead === undefined)
      wrong.push(
        `${place}: the rate is "${shownCell(cells[columns.rate])}", expected a number ≥ 0`,
      );
    before = atMs ?? before;
    return { atMs: atMs ?? 0, requestsPerMinute: perMinute(perMinuteRead ?? 0) };
  });
  addFirst(wrong, problems);
  const [first] = points;
  if (wrong.length > 0 || first === undefined) return undefined;
  return {
    kind: "points",
    name,
    points: points.map((point) => ({ ...point, atMs: milliseconds(point.atMs - first.atMs) })),
  };
}

const shownTime = (cell: Cell): string =>
  looksNumeric(cell) && unitOf(cell) === "" ? `${shownCell(cell)} s` : shownCell(cell);

const shownCell = (cell: Cell): string => String(cell ?? "");

/** A rate in the cell (`10/s`) goes before the unit that the column's name says. */
function rateIn(cell: NumberCell | undefined, factor: number): number | undefined {
  if (cell?.kind !== "number" || !(cell.value >= 0) || !Number.isFinite(cell.value))
    return undefined;
  const unit = /^(?:(?:1|req|requests)?\/)?(s|m|min|rps|rpm)?$/i
    .exec(cell.unit)?.[1]
    ?.toLowerCase();
  if (cell.unit === "") return cell.value * factor;
  if (unit === "s" || unit === "rps") return cell.value * 60;
  return unit === undefined ? undefined : cell.value;
}

/**
 * Milliseconds: seconds as numbers, durations (`90s`, `1min`), or instants. One column is of one kind.
 * @returns `undefined` where its marks cannot be told apart
 */
function timesOf(
  table: Table,
  column: number,
  problems: Problems,
): readonly (number | undefined)[] | undefined {
  const cells = table.rows.map((row) => row.cells[column]);
  const instants = cells.map(instantOf);
  if (instants.every((at, index) => at !== undefined || isGap(cells[index]))) return instants;
  return readNumbers(table, column, problems)?.map((cell, index) => {
    if (cell.kind === "text") return durationInMs(String(cells[index]).trim());
    if (cell.kind !== "number" || !Number.isFinite(cell.value)) return undefined;
    const factor = cell.unit === "" ? 1000 : unitMs(cell.unit);
    return factor === undefined ? undefined : cell.value * factor;
  });
}

/** Two columns of numbers need no names. */
function findColumns(
  { columns, hasNames, rows, shown }: Table,
  problems: Problems,
): Columns | undefined {
  const isPair = columns.length === 2 && rows.every(({ cells }) => cells.every(looksNumeric));
  if (!hasNames && isPair) return { time: 0, rate: 1, factor: 1 };
  const find = (names: readonly string[]): number =>
    hasNames ? columns.findIndex((cell) => names.includes(plain(cell))) : -1;
  const time = find(aliases.seconds);
  const minutely = find(aliases.requestsPerMinute);
  const secondly = find(aliases.requestsPerSecond);
  if (time < 0) problems.add(`${shown} has no column seconds; it has: ${columns.join(", ")}`);
  if (minutely < 0 && secondly < 0)
    problems.add(
      `${shown} has no column requestsPerMinute (or requestsPerSecond); it has: ${columns.join(", ")}`,
    );
  if (time < 0 || (minutely < 0 && secondly < 0)) return undefined;
  return minutely >= 0 ? { time, rate: minutely, factor: 1 } : { time, rate: secondly, factor: 60 };
}

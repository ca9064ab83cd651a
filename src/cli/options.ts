/**
 * Options of commands, each declared with the kind of its value: the help, the reading of its text and the type of what
 * `run` gets are made from the declaration. Quantities have the one grammar of src/domain/quantity.ts.
 */
import { parseHttpUrl } from "../config/hosts.ts";
import { parseDay } from "../config/instants.ts";
import { parsePair } from "../config/lists.ts";
import { suggestion } from "../config/nearest.ts";
import type { Problems } from "../config/problems.ts";
import { environmentNames } from "../domain/environment.ts";
import { mapParsed, read, refused, type Parsed } from "../domain/parsed.ts";
import * as quantity from "../domain/quantity.ts";
import { surfaces } from "../domain/surface.ts";
import type { Milliseconds, PerMinute } from "../domain/units.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** What a value is. */
export interface Kind<Value> {
  readonly name: string;
  /** Stands for the value in the help: `TIME`. */
  readonly shown: string;
  /** Ends the help: the values that there are. */
  readonly choices?: readonly string[] | undefined;
  readonly parse: (text: string, variables: Variables) => Parsed<Value>;
}

interface Rule {
  readonly short?: string;
  /** Earlier names (`--old-name`): not in the help, and their use is noted on stderr. */
  readonly aliases?: readonly string[];
  /** As its value is written (`5%`), for whoever leaves it out. */
  readonly default?: string;
  /** What it means without a value, as its value is written. A value then stands after an equals sign only. */
  readonly bare?: string;
}

interface Reading {
  /** The flag, as problems name it. */
  readonly where: string;
  readonly variables: Variables;
  readonly problems: Problems;
}

export interface Option<Value> extends Rule {
  readonly help: string;
  /** Absent: a switch. */
  readonly kind?: Kind<unknown>;
  readonly isRepeatable?: boolean;
  /** @param texts as given, in order; empty where it was left out @returns `undefined` for what is in `problems`, too */
  readonly read: (texts: readonly string[], reading: Reading) => Value | undefined;
}

/** Without a value. */
export const flag = (help: string, rule: Omit<Rule, "default"> = {}): Option<boolean> => ({
  ...rule,
  help,
  read: (texts) => texts.length > 0,
});

export function option<Value>(
  kind: Kind<Value>,
  help: string,
  rule: Rule & { readonly default: string },
): Option<Value>;
export function option<Value>(
  kind: Kind<Value>,
  help: string,
  rule?: Omit<Rule, "default">,
): Option<Value | undefined>;
export function option<Value>(
  kind: Kind<Value>,
  help: string,
  rule: Rule = {},
): Option<Value | undefined> {
  return {
    ...rule,
    help,
    kind,
    read: (texts, reading) => {
      const text = texts.at(-1) ?? rule.default;
      return text === undefined ? undefined : take(kind, text, reading);
    },
  };
}

/** May be given several times. */
export const repeatable = <Value>(
  kind: Kind<Value>,
  help: string,
  rule: Omit<Rule, "default"> = {},
): Option<readonly Value[]> => ({
  ...rule,
  help,
  kind,
  isRepeatable: true,
  read: (texts, reading) =>
    texts.flatMap((text) => {
      const value = take(kind, text, reading);
      return value === undefined ? [] : [value];
    }),
});

const take = <Value>(
  { parse }: Kind<Value>,
  text: string,
  { where, variables, problems }: Reading,
): Value | undefined => problems.take(where, parse(text, variables));

// Words

/** Anything: a name, a file, a reason. */
export const string = (shown: string): Kind<string> => ({ name: "text", shown, parse: read });

export const file = string("FILE");

/** @param noun of the problem: `unknown profile "x"` */
export const oneOf = <const Name extends string>(
  names: readonly Name[],
  { shown, noun }: { readonly shown?: string; readonly noun?: string } = {},
): Kind<Name> => ({
  name: "name",
  shown: shown ?? names.join("|"),
  choices: shown === undefined ? undefined : names,
  parse: (word) => {
    const name = names.find((each) => each === word);
    const what = noun === undefined ? "" : `${noun} `;
    return name === undefined
      ? refused(`unknown ${what}"${word}": ${suggestion(word, names)}`)
      : read(name);
  },
});

export const environmentName = oneOf(environmentNames, { shown: "NAME", noun: "environment" });

export const surfaceName = oneOf(surfaces, { shown: "NAME", noun: "surface" });

/** `NAME=VALUE`, split at the first equals sign. */
export const pair = <Name, Value>(
  first: Kind<Name>,
  second: Kind<Value>,
): Kind<readonly [Name, Value]> => ({
  name: second.name,
  shown: `${first.shown}=${second.shown}`,
  parse: (words, variables) => {
    const parts = parsePair(words);
    if (!parts.ok) return parts;
    const [name, value] = parts.value;
    const parsed = first.parse(name, variables);
    return parsed.ok
      ? mapParsed(second.parse(value, variables), (part) => [parsed.value, part] as const)
      : parsed;
  },
});

/** `A,B`. */
export const listOf = <Value>(kind: Kind<Value>): Kind<readonly Value[]> => ({
  ...kind,
  shown: `${kind.shown},…`,
  parse: (words, variables) => {
    const values: Value[] = [];
    const problems: string[] = [];
    for (const word of words.split(",").filter((each) => each.trim() !== "")) {
      const parsed = kind.parse(word.trim(), variables);
      if (parsed.ok) values.push(parsed.value);
      else problems.push(parsed.problem);
    }
    return problems.length === 0 ? read(values) : refused(problems.join("; "));
  },
});

/**
 * An http(s) URL. The command line stands in reports: one with a user in it is refused.
 * @param instead what holds the user or password then: `set HEADROOM_PROMETHEUS_TOKEN instead`
 */
export const httpUrl = (instead: string): Kind<string> => ({
  name: "URL",
  shown: "URL",
  parse: (url) => parseHttpUrl(url, instead),
});

/** An instant, ISO 8601. */
export const instant: Kind<number> = {
  name: "instant",
  shown: "TIME",
  parse: (words) => {
    const at = Date.parse(words);
    return Number.isNaN(at)
      ? refused(`"${words}" is not an ISO 8601 instant such as 2026-01-05T02:00:00Z`)
      : read(at);
  },
};

/** A day, as its first moment. */
export const day: Kind<number> = { name: "day", shown: "DATE", parse: parseDay };

// Quantities

interface Range {
  readonly min?: number;
  readonly max?: number;
}

const rangeShown = (range: Range, usual: string): string =>
  range.min === undefined || range.max === undefined ? usual : `${range.min}..${range.max}`;

export const wholeNumber = (range: Range, shown = "NUMBER"): Kind<number> => ({
  name: "whole number",
  shown: rangeShown(range, shown),
  parse: (number) => quantity.parseWholeNumber(number, range),
});

export const number = (range: Range, shown = "NUMBER"): Kind<number> => ({
  name: "number",
  shown: rangeShown(range, shown),
  parse: (each) => quantity.parseNumber(each, range),
});

export const duration: Kind<Milliseconds> = {
  name: "duration",
  shown: "TIME",
  parse: (time) => quantity.parseDuration(time),
};

export const rate: Kind<PerMinute> = { name: "rate", shown: "RATE", parse: quantity.parseRate };

export const share: Kind<number> = { name: "share", shown: "SHARE", parse: quantity.parseShare };

/** A share that leaves room on both sides: a margin of 0 could not be met, a confidence of 1 decides nothing. */
export const innerShare: Kind<number> = {
  ...share,
  parse: quantity.within(
    quantity.parseShare,
    (ratio) => ratio > 0 && ratio < 1,
    "between 0 and 1: write 0.05 or 5%",
  ),
};

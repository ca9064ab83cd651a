/** A command is one record: its help is made from it, its arguments are read by it. */
import { defined } from "../domain/defined.ts";
import { parseArgs } from "node:util";
import { suggestion } from "../config/nearest.ts";
import { Problems } from "../config/problems.ts";
import { UsageError } from "../domain/errors.ts";
import type { ExitStatus } from "../domain/exit-status.ts";
import type { Io } from "./io.ts";

export interface OptionSpec {
  /** What stands for the value in the help: `RATE`. Absent: a switch. */
  readonly value?: string;
  readonly short?: string;
  /** May be given several times. */
  readonly repeatable?: boolean;
  readonly help: string;
}

export interface Arguments {
  readonly positionals: readonly string[];
  readonly flag: (name: string) => boolean;
  readonly value: (name: string) => string | undefined;
  readonly values: (name: string) => readonly string[];
}

/** Its summary is in `commands.ts`, which is read without it. */
export interface Command {
  readonly name: string;
  /** `<profile>`; a name in brackets `[profile]` may be left out; the last may be `[run …]`: any number of words. */
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly string[];
  /**
   * Whether the first Ctrl-C or SIGTERM lets it end its own work (the load, a sandbox). Absent or false: the signal ends
   * the process at once, by the operating system, whatever it is doing.
   */
  readonly stopsGently?: (args: Arguments) => boolean;
  readonly run: (args: Arguments, io: Io) => Promise<ExitStatus>;
}

/** Options that every command takes. */
const commonOptions = {
  help: { short: "h", help: "show this help" },
} as const satisfies Record<string, OptionSpec>;

/** @throws UsageError with every unknown flag, missing value and surplus word at once */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  const specs: Readonly<Record<string, OptionSpec>> = { ...command.options, ...commonOptions };
  const { tokens } = parseArgs({
    args: [...argv],
    options: parseArgsOptions(specs),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const problems = new Problems();
  const positionals: string[] = [];
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const spec = specs[token.name];
    if (spec === undefined) problems.add(unknownFlag(token.rawName, specs));
    else if (spec.value !== undefined && token.value === undefined)
      problems.add(`${token.rawName} needs a value: ${token.rawName} ${spec.value}`);
    else if (spec.value === undefined && token.value !== undefined)
      problems.add(`${token.rawName} takes no value`);
    else if (given.has(token.name) && spec.repeatable !== true)
      problems.add(`${token.rawName} is given twice`);
    else given.set(token.name, [...(given.get(token.name) ?? []), token.value ?? ""]);
  }
  if (!given.has("help")) checkPositionals(command, positionals, problems);
  problems.raise(
    (message) =>
      new UsageError(message, { code: "usage", hint: `headroom ${command.name} --help` }),
  );
  return {
    positionals,
    flag: (name) => given.has(name),
    value: (name) => given.get(name)?.at(-1),
    values: (name) => given.get(name) ?? [],
  };
}

function parseArgsOptions(
  specs: Readonly<Record<string, OptionSpec>>,
): Record<string, { type: "string" | "boolean"; short?: string }> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { value, short }]) => [
      name,
      { type: value === undefined ? "boolean" : "string", ...defined({ short }) },
    ]),
  );
}

function unknownFlag(rawName: string, specs: Readonly<Record<string, OptionSpec>>): string {
  const known = Object.keys(specs).map((name) => `--${name}`);
  return `unknown flag ${rawName}: ${suggestion(rawName, known)}`;
}

function checkPositionals(
  command: Command,
  positionals: readonly string[],
  problems: Problems,
): void {
  const required = command.positionals.filter((name) => name.startsWith("<"));
  for (const name of required.slice(positionals.length)) problems.add(`${name} is missing`);
  const isVariadic = /…[>\]]$/.test(command.positionals.at(-1) ?? "");
  for (const word of isVariadic ? [] : positionals.slice(command.positionals.length))
    problems.add(`unexpected "${word}"`);
}

/** The help of one command: what it does, how it is called, its options, examples. */
export function commandHelp(command: Command, summary: string): string {
  const specs: Readonly<Record<string, OptionSpec>> = { ...command.options, ...commonOptions };
  const options = Object.entries(specs).map(([name, spec]): readonly [string, string] => [
    `${spec.short === undefined ? "    " : `-${spec.short}, `}--${name}${spec.value === undefined ? "" : ` ${spec.value}`}`,
    spec.repeatable === true ? `${spec.help} (repeatable)` : spec.help,
  ]);
  const width = Math.max(...options.map(([flags]) => flags.length));
  return [
    `headroom ${command.name}: ${summary}`,
    "",
    `Usage: ${["headroom", command.name, ...command.positionals, "[options]"].join(" ")}`,
    "",
    "Options:",
    ...options.map(([flags, help]) => `  ${flags.padEnd(width)}  ${help}`),
    "",
    "Examples:",
    ...command.examples.map((example) => `  ${example}`),
    "",
  ].join("\n");
}

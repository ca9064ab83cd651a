/** A command is one record: its help is made from it, its arguments are read by it. */
import { parseArgs } from "node:util";
import { suggestion } from "../config/nearest.ts";
import { Problems } from "../config/problems.ts";
import { defined } from "../domain/defined.ts";
import { UsageError } from "../domain/errors.ts";
import type { ExitStatus } from "../domain/exit-status.ts";
import type { Io } from "./io.ts";
import { flag, type Option } from "./options.ts";

export type Options = Readonly<Record<string, Option<unknown>>>;

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** What `run` gets: `env-file` as `envFile`, each of its declared type. */
export type Values<Declared> = {
  readonly [Name in keyof Declared & string as CamelCase<Name>]: Declared[Name] extends Option<
    infer Value
  >
    ? Value
    : never;
};

export interface Arguments<Declared = Options> {
  readonly positionals: readonly string[];
  readonly options: Values<Declared>;
  /** Whether an option was typed, whatever its value. */
  readonly isGiven: (name: string) => boolean;
}

/** Before all mistakes are known: values that are wrong are absent. */
export interface Checked<Declared = Options> extends Omit<Arguments<Declared>, "options"> {
  readonly options: Partial<Values<Declared>>;
}

/** Its summary is in `commands.ts`, which is read without it. */
export interface Command<Declared = Options> {
  readonly name: string;
  /** `<profile>`; a name in brackets `[profile]` may be left out; the last may be `[run …]`: any number of words. */
  readonly positionals: readonly string[];
  readonly options: Declared;
  /** A line below the usage, such as the values that a word takes. */
  readonly note?: string;
  readonly examples: readonly string[];
  /**
   * Whether the first Ctrl-C or SIGTERM lets it end its own work (the load, a sandbox). Absent or false: the signal ends
   * the process at once, by the operating system, whatever it is doing.
   */
  stopsGently?(args: Arguments<Declared>): boolean;
  /** Adds what no option shows alone: flags that exclude each other, words that go together. Values that are wrong are absent. */
  check?(args: Checked<Declared>, problems: Problems): void;
  /**
   * Adds what is wrong in the files and runs that are named. Called where a flag is wrong, so that all is reported at once;
   * else `run` reads them. Standard input is not waited for, and what is larger than a text is not read.
   */
  checkFiles?(args: Checked<Declared>, io: Io, problems: Problems): void | Promise<void>;
  run(args: Arguments<Declared>, io: Io): Promise<ExitStatus>;
}

/** Its options' types reach its `run`. */
export const defineCommand = <const Declared extends Options>(
  command: Command<Declared>,
): Command<Declared> => command;

/** What was typed, before values are read. */
export interface Words {
  readonly positionals: readonly string[];
  /** Texts by option, in order; of a switch they are empty. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly isHelp: boolean;
  /** Earlier names that were used, and what they are called now. */
  readonly notices: readonly string[];
  /** Words right after an option that may stand alone, with its name. */
  readonly afterBare: ReadonlyMap<string, string>;
}

const help = flag("show this help", { short: "h" });

/**
 * @param variables of the environment, which some values are filled from
 * @throws UsageError with every unknown flag, missing or wrong value and surplus word at once
 */
export function parseArguments<Declared extends Options>(
  command: Command<Declared>,
  argv: readonly string[],
  variables: Io["env"] = {},
): Arguments<Declared> & Read {
  const { checked, problems } = parsed(command, argv, variables);
  return whole(command, checked, problems);
}

/** The same, with what is wrong in the files that are named beside a wrong flag. */
export async function readArguments<Declared extends Options>(
  command: Command<Declared>,
  argv: readonly string[],
  io: Io,
): Promise<Arguments<Declared> & Read> {
  const { checked, problems } = parsed(command, argv, io.env);
  if (!problems.isEmpty) await command.checkFiles?.(checked, io, problems);
  return whole(command, checked, problems);
}

type Read = Pick<Words, "isHelp" | "notices">;

function whole<Declared extends Options>(
  { name }: Command<Declared>,
  checked: Checked<Declared> & Read,
  problems: Problems,
): Arguments<Declared> & Read {
  problems.raise(
    (message) => new UsageError(message, { code: "usage", hint: `headroom ${name} --help` }),
  );
  const values: unknown = checked.options;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without problems every value is there
  return { ...checked, options: values as Values<Declared> };
}

function parsed<Declared extends Options>(
  command: Command<Declared>,
  argv: readonly string[],
  variables: Io["env"],
): { readonly checked: Checked<Declared> & Read; readonly problems: Problems } {
  const options: Options = command.options;
  const problems = new Problems();
  const { given, ...words } = readWords(options, argv, problems);
  const values: unknown = Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      camelCase(name),
      words.isHelp
        ? undefined
        : option.read(given.get(name) ?? [], { where: `--${name}`, variables, problems }),
    ]),
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made from the declarations
  const partly = values as Partial<Values<Declared>>;
  const checked = { ...words, options: partly, isGiven: (name: string) => given.has(name) };
  if (!words.isHelp) {
    checkPositionals(command, words, problems);
    command.check?.(checked, problems);
  }
  return { checked, problems };
}

const camelCase = (name: string): string =>
  name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

function readWords(options: Options, argv: readonly string[], problems: Problems): Words {
  const all: Options = { ...options, help };
  const current = currentNames(all);
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      [...current].map(
        ([
          called,
          {
            name,
            option: { kind, short, bare },
          },
        ]) => [
          called,
          {
            type: kind === undefined || bare !== undefined ? "boolean" : "string",
            ...(called === name && defined({ short })),
          },
        ],
      ),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const positionals: string[] = [];
  const notices = new Set<string>();
  const given = new Map<string, string[]>();
  const afterBare = new Map<string, string>();
  let bareBefore: string | undefined;
  for (const token of tokens) {
    if (token.kind === "positional") {
      positionals.push(token.value);
      if (bareBefore !== undefined) afterBare.set(token.value, bareBefore);
    }
    bareBefore = undefined;
    if (token.kind !== "option") continue;
    const { name, option } = current.get(token.name) ?? {};
    if (name === undefined || option === undefined) {
      problems.add(unknownFlag(token.rawName, all));
      continue;
    }
    if (name !== token.name) notices.add(`${token.rawName} is called --${name} now`);
    const { kind, bare } = option;
    if (bare !== undefined && token.value === undefined) bareBefore = name;
    if (kind !== undefined && token.value === undefined && bare === undefined)
      problems.add(`${token.rawName} needs a value: ${token.rawName} ${kind.shown}`);
    else if (kind === undefined && token.value !== undefined)
      problems.add(`${token.rawName} takes no value`);
    else if (given.has(name) && option.isRepeatable !== true)
      problems.add(`${token.rawName} is given twice`);
    else given.set(name, [...(given.get(name) ?? []), token.value ?? bare ?? ""]);
  }
  return { positionals, given, isHelp: given.has("help"), notices: [...notices], afterBare };
}

/** By every name that an option may be called with. */
const currentNames = (
  options: Options,
): ReadonlyMap<string, { name: string; option: Option<unknown> }> =>
  new Map(
    Object.entries(options).flatMap(([name, option]) =>
      [name, ...(option.aliases ?? []).map((alias) => alias.replace(/^--/, ""))].map(
        (called) => [called, { name, option }] as const,
      ),
    ),
  );

function unknownFlag(rawName: string, options: Options): string {
  const known = Object.keys(options).map((name) => `--${name}`);
  return `unknown flag ${rawName}: ${suggestion(rawName, known)}`;
}

function checkPositionals(
  command: Pick<Command, "positionals">,
  { positionals, afterBare }: Pick<Words, "positionals" | "afterBare">,
  problems: Problems,
): void {
  const required = command.positionals.filter((name) => name.startsWith("<"));
  for (const name of required.slice(positionals.length)) problems.add(`${name} is missing`);
  const isVariadic = /…[>\]]$/.test(command.positionals.at(-1) ?? "");
  for (const word of isVariadic ? [] : positionals.slice(command.positionals.length))
    problems.add(
      afterBare.has(word)
        ? `unexpected "${word}": a value of --${afterBare.get(word)} stands after an equals sign: --${afterBare.get(word)}=${word}`
        : `unexpected "${word}"`,
    );
}

/** The help of one command: what it does, how it is called, its options, examples. */
export function commandHelp(command: Command, summary: string): string {
  const options = Object.entries({ ...command.options, help }).map(
    ([name, option]): readonly [string, string] => [
      `${option.short === undefined ? "    " : `-${option.short}, `}--${name}${valueHelp(option)}`,
      optionHelp(option),
    ],
  );
  const width = Math.max(...options.map(([flags]) => flags.length));
  return [
    `headroom ${command.name}: ${summary}`,
    "",
    `Usage: ${["headroom", command.name, ...command.positionals, "[options]"].join(" ")}`,
    ...(command.note === undefined ? [] : [command.note]),
    "",
    "Options:",
    ...options.map(([flags, words]) => `  ${flags.padEnd(width)}  ${words}`),
    "",
    "Examples:",
    ...command.examples.map((example) => `  ${example}`),
    "",
  ].join("\n");
}

function valueHelp({ kind, bare }: Option<unknown>): string {
  if (kind === undefined) return "";
  return bare === undefined ? ` ${kind.shown}` : `[=${kind.shown}]`;
}

function optionHelp({ help: words, kind, default: usual, isRepeatable }: Option<unknown>): string {
  const choices = kind?.choices === undefined ? "" : `: ${kind.choices.join(", ")}`;
  const notes = [
    usual === undefined ? [] : [`default ${usual}`],
    isRepeatable === true ? ["repeatable"] : [],
  ].flat();
  return `${words}${choices}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
}

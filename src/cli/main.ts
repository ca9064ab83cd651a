/** The command line: finds the command, runs it, turns what happened into a message and an exit status. */
import { styleText } from "node:util";
import { suggestion } from "../config/nearest.ts";
import { HeadroomError, UsageError } from "../domain/errors.ts";
import {
  exitMeanings,
  exitStatus,
  exitStatusOfError,
  type ExitStatus,
} from "../domain/exit-status.ts";
import { addCommandSecrets } from "../secrets/command-secrets.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { commandHelp, parseArguments, readArguments } from "./command.ts";
import { commands } from "./commands.ts";
import { stopMessage } from "../domain/stop-request.ts";
import { hasColor, say, type Io, type Sink } from "./io.ts";
import { headroomVersion } from "./version.ts";

/** Entry of `bin/headroom.mjs`. */
export async function main(argv: readonly string[], packageRoot: string): Promise<ExitStatus> {
  const controller = new AbortController();
  if (await stopsGently(argv)) listenForSignals(controller);
  else if (process.pid === 1) endOnSignals();
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreClosedPipe);
  for (const fault of ["uncaughtException", "unhandledRejection"] as const)
    process.on(fault, (error) => {
      process.stderr.write(knownSecrets.clean(describe(error, false)));
      process.exit(exitStatus.bug);
    });
  const io: Io = {
    stdout: sink(process.stdout),
    stderr: sink(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    commandLine: argv,
    packageRoot,
    now: () => Date.now(),
    interrupted: controller.signal,
    stop: (request) => controller.abort(request),
  };
  return runCommandLine(argv, io);
}

/** The second Ctrl-C ends the process at once. */
function listenForSignals(controller: AbortController): void {
  process.on("SIGINT", () => {
    if (controller.signal.aborted) process.exit(exitStatus.interrupted);
    process.stderr.write("\nStopping gently; Ctrl-C again ends at once.\n");
    controller.abort();
  });
  process.on("SIGTERM", () => controller.abort());
}

/** The kernel drops signals that the first process of a container has no handler for. */
function endOnSignals(): void {
  process.on("SIGINT", () => process.exit(exitStatus.interrupted));
  process.on("SIGTERM", () => process.exit(exitStatus.terminated));
}

/**
 * Every other command has no handler of its own: the operating system ends it at once, also in the middle of a long
 * calculation, in which no handler would be called.
 */
async function stopsGently([name, ...rest]: readonly string[]): Promise<boolean> {
  const command = await commands.find((candidate) => candidate.name === name)?.load();
  if (command?.stopsGently === undefined) return false;
  try {
    return command.stopsGently(parseArguments(command, rest, process.env));
  } catch {
    return false;
  }
}

/** The whole command line with its edges handed in; never throws. */
export async function runCommandLine(argv: readonly string[], edges: Io): Promise<ExitStatus> {
  addCommandSecrets(argv, edges.env);
  const io: Io = { ...edges, stdout: clean(edges.stdout), stderr: clean(edges.stderr) };
  try {
    const [name = "--help", ...rest] = argv;
    if (name === "--help" || name === "-h" || name === "help") {
      io.stdout.write(overview());
      return exitStatus.pass;
    }
    if (name === "--version" || name === "-v") {
      io.stdout.write(`${headroomVersion(io.packageRoot)}\n`);
      return exitStatus.pass;
    }
    const listed = commands.find((candidate) => candidate.name === name);
    if (listed === undefined) throw unknownCommand(name);
    const command = await listed.load();
    const args = await readArguments(command, rest, io);
    for (const notice of args.notices) say(io, `note: ${notice}`);
    if (args.isHelp) {
      io.stdout.write(commandHelp(command, listed.summary));
      return exitStatus.pass;
    }
    return await command.run(args, io);
  } catch (error) {
    if (io.interrupted.aborted && error instanceof Error && error.name === "AbortError") {
      const message = stopMessage(io.interrupted);
      say(io, `${message.charAt(0).toUpperCase()}${message.slice(1)}.`);
      return exitStatus.interrupted;
    }
    io.stderr.write(describe(error, hasColor(io, io.stderr)));
    return exitStatusOfError(error);
  }
}

function unknownCommand(name: string): UsageError {
  const names = commands.map((command) => command.name);
  return new UsageError(`unknown command "${name}": ${suggestion(name, names)}`, {
    code: "unknown-command",
    hint: "headroom --help",
  });
}

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    "headroom: is it still fast enough, can this release ship, when do we run out?",
    "",
    "Usage: headroom <command> [options]",
    "",
    "Commands:",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "Exit status:",
    ...statusLines(),
    "",
    "Start with: headroom demo",
    "",
  ].join("\n");
}

const statusLines = (): string[] => {
  const meanings = new Map(Object.entries(exitMeanings));
  return Object.entries(exitStatus).map(
    ([name, status]) => `  ${String(status).padStart(3)}  ${meanings.get(name)}`,
  );
};

/** Known errors print short, with what to do; anything else is a bug and prints its stack. */
function describe(error: unknown, color: boolean): string {
  const red = (text: string): string =>
    color ? styleText("red", text, { validateStream: false }) : text;
  if (error instanceof HeadroomError) {
    return `${red("error:")} ${error.message}\n${error.hint === undefined ? "" : `hint: ${error.hint}\n`}`;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${red("This is a bug in Headroom.")} Please report it with this text:\n${stack}\n`;
}

/** Every word that a command writes passes here. */
const clean = (stream: Sink): Sink => ({
  write: (text) => stream.write(knownSecrets.clean(text)),
  isTTY: stream.isTTY,
});

const sink = (stream: NodeJS.WriteStream): Io["stdout"] => ({
  write: (text) => void stream.write(text),
  isTTY: stream.isTTY,
});

/** `headroom … 2>&1 | head` closes its output early: the exit status stays that of the verdict. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

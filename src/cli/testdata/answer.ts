import { messageOf, HeadroomError } from "../../domain/errors.ts";
import { exitStatusOfError } from "../../domain/exit-status.ts";
import { readArguments, type Command } from "../command.ts";
import type { Io } from "../io.ts";
import { testIo } from "./io.ts";

export interface Answer {
  readonly status: number;
  readonly out: string;
  /** With the message of an error and its hint. */
  readonly err: string;
}

/** What a command answers; an error is its status and its words. */
export async function answerOf(
  command: Command,
  argv: readonly string[],
  changes: Partial<Io>,
): Promise<Answer> {
  const { io, out, err } = testIo({ commandLine: [command.name, ...argv], ...changes });
  try {
    const status = await command.run(await readArguments(command, argv, io), io);
    return { status, out: out(), err: err() };
  } catch (error) {
    const hint = error instanceof HeadroomError ? (error.hint ?? "") : "";
    const words = `${err()}${messageOf(error)}\n${hint}`;
    return { status: exitStatusOfError(error), out: out(), err: words };
  }
}

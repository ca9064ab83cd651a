/** What a command may touch, so that tests call it with fakes. stdout is for programs, stderr for people. */
import type { StopRequest } from "../domain/stop-request.ts";

export interface Sink {
  write(text: string): void;
  readonly isTTY: boolean;
}

/** Writes nothing. */
export const nowhere: Sink = { write: () => undefined, isTTY: false };

export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The words after `headroom`, as typed. */
  readonly commandLine: readonly string[];
  readonly packageRoot: string;
  readonly now: () => number;
  /** Aborted by the first Ctrl-C, or by `stop`: stop gently and report. The second Ctrl-C ends the process at once. */
  readonly interrupted: AbortSignal;
  /** As the first Ctrl-C, for another reason. */
  readonly stop: (request: StopRequest) => void;
}

/** Colour on a stream of people's text: NO_COLOR and FORCE_COLOR over the terminal's own answer. */
export function hasColor(io: Io, sink: Sink): boolean {
  if ((io.env["NO_COLOR"] ?? "") !== "") return false;
  if ((io.env["FORCE_COLOR"] ?? "") !== "" && io.env["FORCE_COLOR"] !== "0") return true;
  return sink.isTTY;
}

/** One plain line for people. */
export const say = (io: Io, line: string): void => io.stderr.write(`${line}\n`);

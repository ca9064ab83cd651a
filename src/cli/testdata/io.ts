import type { Io } from "../io.ts";

/** An Io that keeps what was written; no colour, no terminal, nothing of this machine's environment. */
export function testIo(changes: Partial<Io>): { io: Io; out: () => string; err: () => string } {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    stdout: { write: (text) => void out.push(text), isTTY: false },
    stderr: { write: (text) => void err.push(text), isTTY: false },
    env: {},
    cwd: "/",
    commandLine: [],
    packageRoot: "/",
    now: () => Date.parse("2026-11-23T12:00:00Z"),
    interrupted: new AbortController().signal,
    stop: () => undefined,
    ...changes,
  };
  return { io, out: () => out.join(""), err: () => err.join("") };
}

/** Events that a command of the user's makes: it runs until the event is over. */
import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { ConfigError, TargetError, messageOf } from "../domain/errors.ts";
import { eventSteps } from "../domain/resilience.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { shorten } from "../domain/shorten.ts";
import type { EventMaker } from "./event-maker.ts";

/** It ends by SIGTERM, or SIGKILL after so long. */
const graceMs = 10_000;
/** What it left running may hold its output open: so long is read on after its end. */
const readOnMs = 500;

/** A line of its output that names a step (`ready`) is that step. */
export const commandEvents = ([program = "", ...args]: readonly string[]): EventMaker => ({
  check: async ({ kind }) => {
    const why = unusable(program);
    if (why === undefined) return undefined;
    throw new ConfigError(`event ${kind}: ${program} cannot be started: ${why}`, {
      code: "bad-event-command",
      hint: `Correct events.make.${kind}.command in the environment file.`,
    });
  },
  make: ({ kind, target }, { step, signal }) =>
    new Promise((resolve, reject) => {
      // A group of its own: what it starts is stopped with it.
      const child = spawn(program, args, {
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, HEADROOM_EVENT: kind, HEADROOM_EVENT_TARGET: target ?? "" },
      });
      let last = "";
      createInterface({ input: child.stderr }).on("line", (line) => (last = line));
      createInterface({ input: child.stdout }).on("line", (line) => {
        const name = eventSteps.find((each) => each === line.trim());
        if (name !== undefined) step(name);
      });
      let killing: NodeJS.Timeout | undefined;
      const stop = (): void => {
        signalGroup(child, "SIGTERM");
        killing = setTimeout(() => signalGroup(child, "SIGKILL"), graceMs);
      };
      // A second Ctrl-C ends Headroom at once.
      const onExit = (): void => signalGroup(child, "SIGTERM");
      process.once("exit", onExit);
      const ended = (): void => {
        process.off("exit", onExit);
        clearTimeout(killing);
        signal.removeEventListener("abort", stop);
      };
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
      child.once("error", (error) => {
        ended();
        reject(failure(`${program} could not be started: ${messageOf(error)}`));
      });
      child.once("exit", (code, killedBy) => {
        ended();
        const settle = (): void => {
          clearTimeout(reading);
          if (signal.aborted) {
            signalGroup(child, "SIGKILL");
            resolve("its command was stopped");
          } else if (code === 0) resolve(undefined);
          else {
            const words = last === "" ? "" : `: ${shorten(knownSecrets.clean(last))}`;
            reject(failure(`${program} ended with ${killedBy ?? `status ${code}`}${words}`));
          }
          for (const output of [child.stdout, child.stderr]) output.destroy();
        };
        const reading = setTimeout(settle, readOnMs);
        child.once("close", settle);
      });
    }),
});

const failure = (message: string): TargetError =>
  new TargetError(message, { code: "event-failed" });

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // None of its processes is left.
  }
}

/** @returns why a program cannot be started; looked for as `spawn` does */
function unusable(program: string): string | undefined {
  const places = program.includes("/")
    ? [program]
    : (process.env["PATH"] ?? "")
        .split(path.delimiter)
        .filter((folder) => folder !== "")
        .map((folder) => path.join(folder, program));
  const existing = places.filter((place) => statSync(place, { throwIfNoEntry: false })?.isFile());
  if (existing.length === 0)
    return program.includes("/") ? "no such file" : "there is no such program on PATH";
  return existing.some(isExecutable) ? undefined : "it is not executable";
}

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Events that a command of the user's makes: it runs until the event is over. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { TargetError } from "../domain/errors.ts";
import { eventSteps } from "../domain/resilience.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { shorten } from "../domain/shorten.ts";
import type { EventMaker } from "./event-maker.ts";

/** It ends by SIGTERM, or SIGKILL after so long. */
const graceMs = 10_000;

/** A line of its output that names a step (`ready`) is that step. */
export const commandEvents = ([program = "", ...args]: readonly string[]): EventMaker => ({
  check: async () => undefined,
  make: ({ kind, target }, { step, signal }) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, HEADROOM_EVENT: kind, HEADROOM_EVENT_TARGET: target ?? "" },
      });
      let last = "";
      createInterface({ input: child.stderr }).on("line", (line) => (last = line));
      createInterface({ input: child.stdout }).on("line", (line) => {
        const name = eventSteps.find((each) => each === line.trim());
        if (name !== undefined) step(name);
      });
      const stop = (): void => {
        child.kill("SIGTERM");
        setTimeout(() => child.kill("SIGKILL"), graceMs).unref();
      };
      signal.addEventListener("abort", stop, { once: true });
      child.once("error", (error) => {
        signal.removeEventListener("abort", stop);
        reject(failure(`${program} could not be started: ${error.message}`));
      });
      child.once("close", (code, killedBy) => {
        signal.removeEventListener("abort", stop);
        if (signal.aborted) resolve("its command was stopped");
        else if (code === 0) resolve(undefined);
        else {
          const words = last === "" ? "" : `: ${shorten(knownSecrets.clean(last))}`;
          reject(failure(`${program} ended with ${killedBy ?? `status ${code}`}${words}`));
        }
      });
    }),
});

const failure = (message: string): TargetError =>
  new TargetError(message, { code: "event-failed" });

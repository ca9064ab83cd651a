/**
 * The sandbox as a process of its own; its one argument is a `SandboxRequest`. Ready, it prints one line of JSON; it ends on SIGTERM, on SIGINT, and when
 * whoever holds its standard input goes away.
 */
import { fstatSync } from "node:fs";
import { exitStatus, exitStatusOfError } from "../../src/domain/exit-status.ts";
import { HeadroomError } from "../../src/domain/errors.ts";
import { sandboxDatabaseUrl } from "../../src/sandbox-client/database-url.ts";
import { sandboxRequest } from "../../src/sandbox-client/protocol.ts";
import { announce, failureLine } from "./announce.ts";
import { parseFault } from "./faults/index.ts";
import { describe } from "./http.ts";
import { startSandbox } from "./sandbox.ts";
import type { Sandbox } from "./sandbox.ts";

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

async function main(): Promise<void> {
  const ended = endOfParent();
  let sandbox: Sandbox | undefined;
  try {
    const request = sandboxRequest.parse(JSON.parse(process.argv[2] ?? "{}"));
    const faults = request.faults?.map(parseFault);
    const databaseUrl = sandboxDatabaseUrl(process.env);
    sandbox = await startSandbox({ ...request, faults, databaseUrl, log });
    process.stdout.write(`${announce(sandbox)}\n`);
    log(`sandbox: ${await ended}, stopping`);
  } catch (error) {
    process.stdout.write(`${failureLine(error)}\n`);
    log(error instanceof HeadroomError ? describe(error) : String(error));
    process.exitCode = exitStatusOfError(error);
  } finally {
    await sandbox?.stop();
  }
}

/** Resolves with the reason to stop. */
function endOfParent(): Promise<string> {
  return new Promise((resolve) => {
    process.once("SIGTERM", () => resolve("told to stop"));
    process.once("SIGINT", () => resolve("interrupted"));
    // A file, a terminal or nothing as standard input says nothing about a parent.
    const input = fstatSync(0);
    if (input.isFIFO() || input.isSocket()) {
      process.stdin.once("close", () => resolve("the parent process is gone"));
      process.stdin.resume();
    }
  });
}

main()
  .then(() => process.exit())
  .catch((error: unknown) => {
    log(String(error));
    process.exit(exitStatus.bug);
  });

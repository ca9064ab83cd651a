/** The command line of the sandbox process. */
import { parseArgs } from "node:util";
import { UsageError } from "../domain/errors.ts";
import { parseFault } from "./faults.ts";
import { describe } from "./http.ts";
import type { SandboxOptions } from "./sandbox.ts";

/** @throws UsageError on unknown flags, ports and seeds that are no numbers, and unknown faults */
export function sandboxOptionsOf(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  log: (line: string) => void,
): SandboxOptions {
  const flags = parse(args);
  const app = wholeNumber("--port", flags.port, 65_535);
  const subgraph = wholeNumber("--subgraph-port", flags["subgraph-port"], 65_535);
  const seed = wholeNumber("--seed", flags.seed, 4_294_967_295);
  const databaseUrl = flags["database-url"] ?? environment["DATABASE_URL"];
  return {
    ports: {
      ...(app === undefined ? {} : { app }),
      ...(subgraph === undefined ? {} : { subgraph }),
    },
    ...(seed === undefined ? {} : { seed }),
    ...(databaseUrl === undefined || databaseUrl === "" ? {} : { databaseUrl }),
    faults: (flags.fault ?? []).map(parseFault),
    log,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string" },
        "subgraph-port": { type: "string" },
        // Others can read a command line: a URL with a password belongs into DATABASE_URL.
        "database-url": { type: "string" },
        fault: { type: "string", multiple: true },
        seed: { type: "string" },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(describe(cause), {
      code: "unknown-flag",
      hint: "Known: --port --subgraph-port --database-url --fault --seed.",
      cause,
    });
  }
}

function wholeNumber(flag: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most) {
    throw new UsageError(`${flag} is "${text}", expected a whole number from 0 to ${most}`, {
      code: "not-a-number",
    });
  }
  return value;
}

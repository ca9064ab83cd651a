/** What Headroom loads of this package, all of it light: the servers are a process of their own, `main.ts`. */
import { fileURLToPath } from "node:url";
import { UsageError } from "../../src/domain/errors.ts";
import type { Refusal } from "../../src/sandbox-client/protocol.ts";
import { refusalOf } from "./announce.ts";
import { formatFault, parseFault } from "./faults/index.ts";

export { embeddedPostgresProblem } from "./database/binaries.ts";

/** What Node runs. */
export const entry = fileURLToPath(new URL("main.js", import.meta.url));

/** @returns the fault as it is written here, or why it is none */
export function checkFault(
  text: string,
): { readonly text: string } | { readonly refusal: Refusal } {
  try {
    return { text: formatFault(parseFault(text)) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { refusal: refusalOf(error) };
  }
}

import type { ServerResponse } from "node:http";
import { surfaces } from "../../../src/domain/surface.ts";
import { shareKind } from "./share.ts";

/** A reset overtakes what was sent just before it. */
const flushMs = 10;

/**
 * The connection is reset in the middle of the answer. Not before it: HTTP clients send a GET once more when a kept
 * connection ends without a byte, and nobody would see the fault.
 */
export const drop = shareKind({
  kind: "drop",
  targets: surfaces,
  example: "drop=api:2%",
  requestOutcome: "reset",
  strike: cutAnswer,
});

export function cutAnswer(response: ServerResponse): void {
  response.writeHead(200, { "content-length": 100 }).write("{");
  setTimeout(() => response.socket?.resetAndDestroy(), flushMs);
}

import { surfaces } from "../../../src/domain/surface.ts";
import type { ShareFault } from "./share.ts";
import { shareKind } from "./share.ts";

export type TimeoutsFault = ShareFault<"timeouts">;

/** No answer, ever: the connection stays open until the client has had enough. */
export const timeouts = shareKind({
  kind: "timeouts",
  targets: surfaces,
  example: "timeouts=api:1%",
  requestOutcome: "timeout",
  strike: () => undefined,
});

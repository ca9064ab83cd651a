import { surfaces } from "../../../src/domain/surface.ts";
import { shareKind } from "./share.ts";

/** No answer, ever: the connection stays open until the client has had enough. */
export const timeouts = shareKind({
  kind: "timeouts",
  targets: surfaces,
  example: "timeouts=api:1%",
  requestOutcome: "timeout",
  strike: () => undefined,
});

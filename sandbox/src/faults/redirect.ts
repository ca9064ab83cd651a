import { surfaces } from "../../../src/domain/surface.ts";
import { shareKind } from "./share.ts";

/** To a host that nobody allowed, and that cannot exist (RFC 2606). */
export const elsewhere = "http://elsewhere.invalid/";

export const redirect = shareKind({
  kind: "redirect",
  targets: surfaces,
  example: "redirect=web:5%",
  requestOutcome: "redirected",
  strike: (response) => {
    response.writeHead(302, { location: elsewhere, "content-length": 0 }).end();
  },
});

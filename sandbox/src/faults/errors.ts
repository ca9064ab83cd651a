import { surfaces } from "../../../src/domain/surface.ts";
import type { Surface } from "../../../src/domain/surface.ts";
import { respondJson } from "../http.ts";
import { shareKind } from "./share.ts";

const message = "Internal server error";
const bodies: Readonly<Record<Surface, unknown>> = {
  web: { message },
  api: { json: { defined: false, code: "INTERNAL_SERVER_ERROR", status: 500, message } },
  subgraph: { errors: [{ message }] },
};

/** Status 500, at once. */
export const errors = shareKind({
  kind: "errors",
  targets: surfaces,
  example: "errors=api:5%",
  requestOutcome: "http_500",
  strike: (response, surface) => respondJson(response, 500, bodies[surface]),
});

import { surfaces } from "../../../src/domain/surface.ts";
import { respond, respondJson } from "../http.ts";
import { shareKind } from "./share.ts";

/** Status 200 with something else than the answer: another object, or a document that was cut short. */
export const wrongShape = shareKind({
  kind: "wrong-shape",
  targets: surfaces,
  example: "wrong-shape=api/token.read:10%",
  requestOutcome: "wrong_shape",
  strike: (response, surface) => {
    if (surface === "web") {
      respond(
        response,
        200,
        "text/html; charset=utf-8",
        "<!doctype html><title>Sandbox</title><main>",
      );
    } else respondJson(response, 200, surface === "api" ? { result: {} } : { data: {} });
  },
});

/**
 * The control calls: `GET /control` and `/control/truth` say how the sandbox really is, `POST /control/faults` adds
 * a fault, `DELETE /control/faults[/id]` ends one or all, `POST /control/events` makes an event.
 */
import * as z from "zod";
import { UsageError } from "../../../src/domain/errors.ts";
import type { RequestHandler } from "../http.ts";
import { bodyOf, describe, respondJson } from "../http.ts";
import { sandboxEventRequest } from "../../../src/domain/sandbox-events.ts";
import type { SandboxEvents } from "../events/events.ts";
import { parseFault } from "./index.ts";
import type { FaultInjector } from "./injector.ts";

const request = z.strictObject({ fault: z.string() });

/** @param truth of the whole sandbox, its faults among it */
export function createControl(
  injector: FaultInjector,
  events: SandboxEvents,
  truth: () => object,
): RequestHandler {
  return async (incoming, response) => {
    const [path = ""] = (incoming.url ?? "").split("?");
    const id = /^\/control\/faults(?:\/(\d+))?$/.exec(path);
    switch (`${incoming.method} ${id === null ? path : "/control/faults"}`) {
      case "GET /control":
      case "GET /control/truth":
        return respondJson(response, 200, truth());
      case "GET /control/faults":
        return respondJson(response, 200, injector.truth());
      case "DELETE /control/faults":
        return respondJson(response, 200, {
          ended: injector.remove(id?.[1] === undefined ? undefined : Number(id[1])),
        });
      case "POST /control/faults":
        try {
          const { fault } = request.parse(await bodyOf(incoming));
          return respondJson(response, 201, injector.add(parseFault(fault)));
        } catch (error) {
          return respondJson(response, 400, complaint(error, '{"fault": "errors=api:5%"}'));
        }
      case "GET /control/events":
        return respondJson(response, 200, events.list());
      case "POST /control/events":
        try {
          const { isCheck, ...event } = sandboxEventRequest.parse(await bodyOf(incoming));
          if (isCheck === true) {
            events.check(event);
            return respondJson(response, 200, {});
          }
          return respondJson(response, 202, { id: events.start(event).id });
        } catch (error) {
          return respondJson(response, 400, complaint(error, '{"kind": "rolling-update"}'));
        }
      default:
        return respondJson(response, 404, {
          message:
            "Known: GET /control, GET /control/truth, GET, POST and DELETE /control/faults, GET and POST /control/events.",
        });
    }
  };
}

function complaint(
  error: unknown,
  example: string,
): { code: string; message: string; hint?: string } {
  if (error instanceof UsageError) {
    const { code, message, hint } = error;
    return { code, message, hint };
  }
  return {
    code: "malformed-request",
    message: error instanceof z.ZodError ? z.prettifyError(error) : describe(error),
    hint: `Expected ${example}.`,
  };
}

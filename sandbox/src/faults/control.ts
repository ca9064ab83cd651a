/**
 * The control calls: `GET /control` and `/control/truth` say how the sandbox really is, `POST /control/faults` adds
 * a fault, `DELETE /control/faults[/id]` ends one or all.
 */
import type { IncomingMessage } from "node:http";
import * as z from "zod";
import { UsageError } from "../../../src/domain/errors.ts";
import type { RequestHandler } from "../http.ts";
import { describe, respondJson } from "../http.ts";
import { parseFault } from "./index.ts";
import type { FaultInjector } from "./injector.ts";

const request = z.strictObject({ fault: z.string() });
const mostBytes = 10_000;

/** @param truth of the whole sandbox, its faults among it */
export function createControl(injector: FaultInjector, truth: () => object): RequestHandler {
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
          return respondJson(response, 400, complaint(error));
        }
      default:
        return respondJson(response, 404, {
          message: "Known: GET /control, GET /control/truth, GET, POST and DELETE /control/faults.",
        });
    }
  };
}

/** Only JSON: a page in a browser on this machine cannot send that without asking. */
async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/.test(incoming.headers["content-type"] ?? "")) {
    throw new UsageError("expected content-type: application/json", { code: "not-json" });
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > mostBytes) throw new UsageError("the body is too long", { code: "too-long" });
    chunks.push(bytes);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}

function complaint(error: unknown): { code: string; message: string; hint?: string } {
  if (error instanceof UsageError) {
    const { code, message, hint } = error;
    return { code, message, hint };
  }
  return {
    code: "malformed-request",
    message: error instanceof z.ZodError ? z.prettifyError(error) : describe(error),
    hint: 'Expected {"fault": "errors=api:5%"}.',
  };
}

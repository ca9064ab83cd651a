/** Where requests meet the faults: before the application sees them. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { rpcPrefix } from "../api/prefix.ts";
import type { RequestHandler } from "../http.ts";
import { pageAt } from "../web/pages.ts";
import type { Meeting } from "./fault-kind.ts";
import type { FaultInjector } from "./injector.ts";

/** @param locate `undefined` for what no fault concerns; absent: the handler asks on its own */
export const behindFaults =
  (
    injector: FaultInjector,
    handle: RequestHandler,
    locate: (request: IncomingMessage) => Place | undefined = () => undefined,
  ): RequestHandler =>
  (request, response) => {
    injector.skew(response);
    const place = locate(request);
    if (place !== undefined && injector.meet({ ...place, response })) return undefined;
    return handle(request, response);
  };

type Place = Pick<Meeting, "surface" | "endpoint" | "kind">;

/** Of web and API. The no-op address and the control calls belong to neither. */
export function placeInApp(request: IncomingMessage): Place | undefined {
  const [path = "/"] = (request.url ?? "/").split("?");
  if (path.startsWith(`${rpcPrefix}/`)) {
    const endpoint = path.slice(rpcPrefix.length + 1).replaceAll("/", ".");
    return { surface: "api", endpoint, kind: "call" };
  }
  if (path === "/api/auth/ok") return undefined;
  if (path.startsWith("/api/auth/")) {
    const [, , , name = ""] = path.split("/");
    return { surface: "api", endpoint: `auth.${name}`, kind: "sign-in" };
  }
  if (path.startsWith("/assets/")) return { surface: "web", endpoint: "asset", kind: "asset" };
  const page = pageAt(path);
  return page && { surface: "web", endpoint: `page.${page.name}`, kind: "document" };
}

/** The subgraph's operations are known only once the body is read: its server asks there. */
export async function meetOperation(
  injector: FaultInjector,
  endpoint: string,
  response: ServerResponse,
): Promise<boolean> {
  const isTaken = injector.meet({ surface: "subgraph", endpoint, kind: "call", response });
  if (isTaken && !response.closed) await once(response, "close");
  return isTaken;
}

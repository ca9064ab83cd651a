/** The API over HTTP, in oRPC's wire format, as slow as the latency table says. */
import { ORPCError } from "@orpc/server";
import { RPCHandler } from "@orpc/server/node";
import type { RequestHandler } from "../http.ts";
import { DependencyError, isUnreachable } from "../breakers/dependencies.ts";
import type { Dependencies } from "../breakers/dependencies.ts";
import { describe, respond } from "../http.ts";
import type { LatencyModel } from "../latency.ts";
import type { ApiContext } from "./base.ts";
import { rpcPrefix } from "./prefix.ts";
import { router } from "./router.ts";
import { jsonSerializers } from "./serializers.ts";

const writes: ReadonlySet<string> = new Set(["token.mint", "token.transfer"]);

export interface ApiOptions extends Omit<ApiContext, "headers"> {
  readonly latency: LatencyModel;
  readonly dependencies: Dependencies;
  readonly log: (line: string) => void;
}

/** Answers everything below `/api/rpc`; unknown procedures with 404. */
export function createApi({
  latency,
  log,
  database,
  sessions,
  fateOfWrite,
  acknowledge,
  dependencies,
}: ApiOptions): RequestHandler {
  const rpc = new RPCHandler<ApiContext>(router, {
    customJsonSerializers: jsonSerializers,
    rootInterceptors: [
      async (step) => {
        const { request } = step;
        const startedAt = performance.now();
        const endpoint = endpointOf(request.url.pathname);
        const result = await step.next();
        const service = writes.has(endpoint) ? "write" : "api";
        // What is refused is refused at once.
        const isRefused = result.response?.status === 503;
        if (result.matched && !isRefused) await latency.hold(startedAt, service, endpoint);
        return result;
      },
    ],
    clientInterceptors: [
      async (step) => {
        try {
          await dependencies.pass(step.path.join("."));
          return await step.next();
        } catch (error) {
          if (error instanceof DependencyError) {
            const { status, code, message } = error;
            throw new ORPCError(code, { status, message });
          }
          // That the database is gone is said once, by its pools.
          const isExpected = error instanceof ORPCError || isUnreachable(error);
          if (!isExpected) log(`api: ${step.path.join(".")}: ${describe(error)}`);
          throw error;
        }
      },
    ],
  });
  return async (request, response) => {
    const context = { headers: request.headers, database, sessions, fateOfWrite, acknowledge };
    const { matched } = await rpc.handle(request, response, { prefix: rpcPrefix, context });
    if (!matched) respond(response, 404, "text/plain", "Not Found");
  };
}

/** `/api/rpc/token/read` is `token.read`. */
function endpointOf(path: string): string {
  return path.slice(rpcPrefix.length + 1).replaceAll("/", ".");
}

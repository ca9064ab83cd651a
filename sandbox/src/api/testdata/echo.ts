/** The sandbox's router by oRPC's own server library: input schemas and wire format without the handlers behind them. */
import { os } from "@orpc/server";
import { RPCHandler } from "@orpc/server/fetch";
import { router } from "../router.ts";
import { jsonSerializers } from "../serializers.ts";

type Node = { readonly [key: string]: unknown };
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null;

/** Every procedure of the router: `token/read`. */
export const procedurePaths: string[] = [];

function echoing(node: Node, path: readonly string[]): Node {
  const definition = node["~orpc"];
  if (isNode(definition)) {
    procedurePaths.push(path.join("/"));
    return os
      .input(definition["inputSchema"] as never)
      .handler(() => ({ accepted: true })) as unknown as Node;
  }
  return Object.fromEntries(
    Object.entries(node).map(([key, child]) => [key, echoing(child as Node, [...path, key])]),
  );
}

const handler = new RPCHandler(echoing(router, []) as never, {
  customJsonSerializers: jsonSerializers,
});

/** @returns 200 where the input is accepted, 400 where it is not, 404 where there is no such procedure */
export async function post(path: string, input: unknown): Promise<Response> {
  const request = new Request(`http://sandbox/api/rpc/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ json: input }),
  });
  const { response } = await handler.handle(request, { prefix: "/api/rpc", context: {} });
  return response ?? new Response(undefined, { status: 404 });
}

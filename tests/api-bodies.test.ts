/**
 * The bodies that the scenarios send, against oRPC's own server library: every procedure keeps its input schema and
 * answers with what it was given, so that nothing but the wire format and the schema decides.
 */
import { os } from "@orpc/server";
import { RPCHandler } from "@orpc/server/fetch";
import { describe, expect, test } from "vitest";
import { apiUses } from "../src/contract/api-check.ts";
import { router } from "../sandbox/src/api/router.ts";
import { jsonSerializers } from "../sandbox/src/api/serializers.ts";

type Node = { readonly [key: string]: unknown };
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null;

/** The sandbox's router with the input schemas and without the handlers behind them. */
function echoing(node: Node): Node {
  const definition = node["~orpc"];
  if (isNode(definition)) {
    return os
      .input(definition["inputSchema"] as never)
      .handler(() => ({ accepted: true })) as unknown as Node;
  }
  return Object.fromEntries(
    Object.entries(node).map(([key, child]) => [key, echoing(child as Node)]),
  );
}

const handler = new RPCHandler(echoing(router) as never, {
  customJsonSerializers: jsonSerializers,
});

async function post(path: string, input: unknown): Promise<Response> {
  const request = new Request(`http://sandbox/api/rpc/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ json: input }),
  });
  const { response } = await handler.handle(request, { prefix: "/api/rpc", context: {} });
  return response ?? new Response(undefined, { status: 404 });
}

const bodies = apiUses().flatMap(({ name, path, inputs }) =>
  inputs.slice(0, 5).map((input) => [name, path, input] as const),
);

describe("oRPC's server library accepts", () => {
  test.each(bodies)("%s", async (_name, path, input) => {
    const answer = await post(path, input);
    expect(await answer.json()).toEqual({ json: { accepted: true } });
    expect(answer.status).toBe(200);
  });

  test("nothing of another shape", async () => {
    expect((await post("token/read", { tokenAddress: 5 })).status).toBe(400);
    expect((await post("token/nothing", {})).status).toBe(404);
  });
});

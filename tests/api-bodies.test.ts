/**
 * The bodies that the scenarios send, against oRPC's own server library: every procedure keeps its input schema and
 * answers with what it was given, so that nothing but the wire format and the schema decides.
 */
import { os } from "@orpc/server";
import { RPCHandler } from "@orpc/server/fetch";
import { describe, expect, test } from "vitest";
import { apiReads, apiWrites } from "../scenarios/lib/api-calls.ts";
import type { PlatformIds } from "../scenarios/lib/ids.ts";
import { IterationPicker } from "../scenarios/lib/weighted.ts";
import { router } from "../src/sandbox/api/router.ts";
import { jsonSerializers } from "../src/sandbox/api/serializers.ts";

const address = (digit: number): string => `0x${String(digit).repeat(40)}`;
const ids: PlatformIds = {
  system: address(5),
  tokens: [1, 2, 3].map((digit) => ({ id: address(digit), factory: address(9) })),
  factories: [address(9)],
  accounts: [address(6), address(7)],
};

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

const bodies = [
  ...Object.entries(apiReads).flatMap(([name, { path, input }]) =>
    [0, 1, 2, 3, 4].map(
      (index) => [name, path, input(ids, new IterationPicker(1).restart(index))] as const,
    ),
  ),
  ...Object.entries(apiWrites).map(
    ([name, { path, input }]) =>
      [name, path, input({ token: address(1), recipient: address(6), pincode: "123456" })] as const,
  ),
];

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

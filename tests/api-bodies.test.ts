/**
 * The bodies that the scenarios send, against oRPC's own server library: every procedure keeps its input schema and
 * answers with what it was given, so that nothing but the wire format and the schema decides.
 */
import { describe, expect, test } from "vitest";
import { apiUses } from "../src/contract/api-check.ts";
import { post } from "../sandbox/src/api/testdata/echo.ts";

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

/** Answers of a running sandbox, as a client of the platform reads them, against the platform's contract. */
import { RPCLink } from "@orpc/client/fetch";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiContract } from "../../../profiles/platform/contract/index.ts";
import { rolesOfProcedure } from "../../../profiles/platform/procedure-roles.ts";
import { apiReadNames, apiReads, apiWrites } from "../../../scenarios/lib/api-calls.ts";
import { factoriesOf, idsFromApi } from "../../../scenarios/lib/found-ids.ts";
import type { PlatformIds } from "../../../scenarios/lib/ids.ts";
import { IterationPicker } from "../../../scenarios/lib/weighted.ts";
import { outputProblems } from "../../../src/contract/output-fields.ts";
import { SANDBOX_EMAIL_PATTERN, SANDBOX_PASSWORD } from "../../../src/domain/sandbox.ts";
import { sandboxNumbersOf } from "../identities.ts";
import { startSandbox } from "../sandbox.ts";
import type { Sandbox } from "../sandbox.ts";
import { signIn } from "../testdata/client.ts";
import { jsonSerializers } from "./serializers.ts";
import { roles } from "../../../src/domain/role.ts";
import type { Role } from "../../../src/domain/role.ts";

let sandbox: Sandbox;
let ids: PlatformIds;
const cookies = new Map<Role, string>();

/** Calls as the library's own client does, and reads the platform's types back. */
function ask(path: string, input: unknown, role: Role): Promise<unknown> {
  const link = new RPCLink({
    url: `${sandbox.urls.api}/api/rpc`,
    headers: { cookie: cookies.get(role) ?? "" },
    customJsonSerializers: jsonSerializers,
  });
  return link.call(path.split("/"), input, { context: {} });
}

const field = (value: unknown, name: string): unknown =>
  new Map(Object.entries(value ?? {})).get(name);

beforeAll(async () => {
  sandbox = await startSandbox({ log: () => undefined });
  for (const role of roles) {
    const email = SANDBOX_EMAIL_PATTERN.replace("{n}", String(sandboxNumbersOf(role)[0]));
    // oxlint-disable-next-line no-await-in-loop -- three sign-ins
    cookies.set(role, await signIn(sandbox.urls.api, email, SANDBOX_PASSWORD));
  }
  const factories = factoriesOf(await ask("system/factory/list", {}, "investor"));
  const tokens = await Promise.all(
    factories.map(async (factory) => ({
      factory,
      output: await ask("token/list", { tokenFactory: factory }, "investor"),
    })),
  );
  const [bond] = idsFromApi({ system: {}, tokens, holders: [] }).bonds;
  ids = idsFromApi({
    system: await ask("system/read", { id: "default" }, "investor"),
    tokens,
    holders: [await ask("token/holders", { tokenAddress: bond }, "investor")],
  });
}, 60_000);

afterAll(async () => {
  await sandbox.stop();
});

describe("the API alone tells what there is", () => {
  test("system, tokens, factories, bonds and accounts", () => {
    expect(ids.system).toMatch(/^0x[0-9a-f]{40}$/);
    expect(ids.identityFactory).toMatch(/^0x/);
    expect(ids.factories).toHaveLength(5);
    expect(ids.tokens).toHaveLength(100);
    expect(ids.bonds).toHaveLength(20);
    expect(ids.accounts.length).toBeGreaterThan(0);
  });
});

describe("an answer has the fields of the contract, and no other", () => {
  test.each(apiReadNames)("%s", async (name) => {
    const { path, input } = apiReads[name];
    const [role = "investor"] = rolesOfProcedure(name);
    const output = apiContract.procedures[path]?.output ?? "any";
    const problems = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const picker = new IterationPicker(1).restart(index);
        return outputProblems(output, await ask(path, input(ids, picker), role));
      }),
    );
    expect(problems.flat()).toEqual([]);
  });

  test.each(["system/list", "system/identity/list"])("%s, which no page requests", async (path) => {
    const output = apiContract.procedures[path]?.output ?? "any";
    expect(outputProblems(output, await ask(path, {}, "administrator"))).toEqual([]);
  });

  test("a mint and a transfer", async () => {
    const permissions = await Promise.all(
      ids.tokens.map(async ({ id }) => ({
        id,
        output: await ask("token/read", { tokenAddress: id }, "issuer"),
      })),
    );
    const mintable = permissions.find(
      ({ output }) =>
        field(field(field(output, "userPermissions"), "actions"), "mint") === true &&
        field(field(output, "pausable"), "paused") === false,
    );
    const wallet = field(await ask("user/me", {}, "issuer"), "wallet");
    const movement = {
      token: mintable?.id ?? "",
      recipient: String(wallet),
      amount: "1",
      pincode: "123456",
    };
    for (const { path, input } of Object.values(apiWrites)) {
      const output = apiContract.procedures[path]?.output ?? "any";
      // oxlint-disable-next-line no-await-in-loop -- what is transferred was minted before
      expect(outputProblems(output, await ask(path, input(movement), "issuer"))).toEqual([]);
    }
  });
});

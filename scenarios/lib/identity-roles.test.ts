import { describe, expect, test } from "vitest";
import { rolesOfProcedure } from "../../profiles/platform/procedure-roles.ts";
import { scenarios } from "../../profiles/scenarios.ts";
import { roles } from "../../src/domain/role.ts";
import type { Role } from "../../src/domain/role.ts";
import { apiReadNames } from "./api-calls.ts";
import { grantedRoles, neededRoles, poolsOf, roleProblem } from "./identity-roles.ts";

const identity = (number: number, ...granted: readonly Role[]) => ({
  number,
  email: `load-${number}@example.test`,
  granted: ["investor", ...granted] as const,
});
const all = [identity(1), identity(2, "issuer"), identity(3, "administrator")];
const needed = new Map<Role, string>([
  ["administrator", "api-reads"],
  ["issuer", "api-writes"],
]);

describe("roles by what the platform allows", () => {
  test.each([
    ["nothing", {}, ["investor"]],
    ["making tokens", { tokenCreate: true }, ["investor", "issuer"]],
    [
      "reading people and entities",
      { userList: true, userSearch: true, entityList: true },
      ["investor", "administrator"],
    ],
    ["reading people only", { userList: true, userSearch: true }, ["investor"]],
  ])("%s", (_case, actions, expected) => {
    expect(grantedRoles(actions)).toEqual(expected);
  });

  test("unknown where the answer has no permissions", () => {
    expect(grantedRoles(undefined)).toBeUndefined();
  });
});

describe("flows and the roles they need", () => {
  test("reads need those roles that some read cannot do without", () => {
    const required = roles.filter((role) =>
      apiReadNames.some((name) => {
        const allowed = rolesOfProcedure(name);
        return allowed.length === 1 && allowed.includes(role);
      }),
    );
    expect(scenarios.api.flows[0].roles).toEqual(required);
  });

  test("are collected from a plan", () => {
    expect([
      ...neededRoles([
        { scenario: "api", flow: "api-reads" },
        { scenario: "mixed", flow: "investor" },
        { scenario: "web", flow: "web" },
      ]),
    ]).toEqual([
      ["administrator", "api-reads"],
      ["investor", "investor"],
    ]);
  });
});

describe("pools", () => {
  test("without a declaration: whoever is allowed; investors are those who are nothing else", () => {
    expect(poolsOf(all, undefined)).toEqual({ investor: [0], issuer: [1], administrator: [2] });
  });

  test("one identity may be all", () => {
    expect(poolsOf([identity(1, "issuer", "administrator")], undefined)).toEqual({
      investor: [0],
      issuer: [0],
      administrator: [0],
    });
  });

  test("by declaration, by the number in the pattern and not by the place", () => {
    const signedIn = [identity(1, "issuer"), identity(3, "issuer")];
    expect(poolsOf(signedIn, { investor: [1], issuer: [3] })).toEqual({
      investor: [0],
      issuer: [1],
      administrator: [],
    });
  });

  test("what the platform does not answer counts as declared", () => {
    expect(poolsOf([{ number: 1, email: "a@b.test" }], undefined).administrator).toEqual([0]);
  });
});

describe("problems, one sentence each", () => {
  test("none where every needed role is there", () => {
    expect(roleProblem(all, undefined, needed)).toBeUndefined();
  });

  test("identities without roles", () => {
    expect(roleProblem([identity(1), identity(2)], undefined, needed)).toBe(
      "api-reads needs an identity with the role administrator, and none of the 2 that signed in has it " +
        "(system.read, userPermissions.actions: userList, userSearch, entityList): grant one of them " +
        "identityManager on the system, or leave this flow out",
    );
  });

  test("a role that is declared and not granted", () => {
    expect(roleProblem(all, { issuer: [2], administrator: [1] }, needed)).toBe(
      "load-1@example.test is declared as administrator, and the platform does not allow it userList, " +
        "userSearch, entityList (system.read, userPermissions.actions): grant it identityManager on the " +
        "system, or correct identities.roles in the environment file",
    );
  });

  test("a declared role whose identities did not sign in", () => {
    expect(roleProblem([identity(1)], { issuer: [2] }, new Map([["issuer", "issuer"]]))).toContain(
      "issuer needs an identity with the role issuer, and none of the 1 that signed in has it " +
        "(identities.roles in the environment file)",
    );
  });

  test("who may mint is found out by the writes", () => {
    const writes = new Map<Role, string>([["issuer", "api-writes"]]);
    expect(roleProblem([identity(1)], undefined, writes)).toBeUndefined();
  });
});

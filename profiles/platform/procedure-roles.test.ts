import { describe, expect, test } from "vitest";
import { apiContract } from "./contract/index.ts";
import { procedureRequirements, rolesOfProcedure } from "./procedure-roles.ts";

describe("roles of procedures", () => {
  test("only procedures of the contract are listed", () => {
    const known = new Set(
      Object.keys(apiContract.procedures).map((path) => path.replaceAll("/", ".")),
    );
    expect(Object.keys(procedureRequirements).filter((name) => !known.has(name))).toEqual([]);
  });

  test.each([
    ["user.list", ["administrator"]],
    ["system.entity.list", ["administrator"]],
    ["token.create", ["issuer"]],
    ["token.mint", ["issuer"]],
    // Roles on a token that no load identity is given.
    ["token.pause", []],
    ["token.transfer", ["investor", "issuer", "administrator"]],
  ])("%s may be called by %j", (procedure, expected) => {
    expect(rolesOfProcedure(procedure)).toEqual(expected);
  });
});

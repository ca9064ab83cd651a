import { describe, expect, test } from "vitest";
import { outputProblems } from "./output-fields.ts";
import { hasField } from "./testdata/has-field.ts";

const output = {
  id: "any",
  "note?": "string",
  kind: ["bond", "fund"],
  token: [{ balances: [{ account: { id: "any" } }] }, "null"],
  amounts: "object",
} as const;

describe("fields of an output", () => {
  test.each([
    ["", true],
    ["id", true],
    ["note", true],
    ["token.balances.#", true],
    ["token.balances.0.account.id", true],
    ["token?", true],
    ["amounts.anything", true],
    ["token.balances.account", false],
    ["token.holders.#", false],
    ["id.text", false],
    ["kind.bond", false],
    ["#", false],
  ])("%j: %j", (selector, expected) => {
    expect(hasField(output, selector)).toBe(expected);
  });

  test("a list has entries", () => {
    expect(hasField([{ id: "any" }], "#")).toBe(true);
    expect(hasField([{ id: "any" }], "0.id")).toBe(true);
  });
});

describe("values", () => {
  const right = {
    id: 1n,
    kind: "bond",
    token: { balances: [{ account: { id: "0x1" } }] },
    amounts: {},
  };

  test.each([
    ["all fields", right],
    ["null where it is allowed", { ...right, token: null }],
    ["an optional field", { ...right, note: "text" }],
  ])("%s", (_case, value) => {
    expect(outputProblems(output, value)).toEqual([]);
  });

  test.each([
    ["an invented field", { ...right, colour: "red" }, "colour", "unknown-field"],
    ["a missing field", { ...right, id: undefined }, "id", "missing-field"],
    ["a wrong type", { ...right, note: 5 }, "note", "wrong-type"],
    ["a value that is not of the enum", { ...right, kind: "share" }, "kind", "wrong-type"],
    ["null where it is not allowed", { ...right, amounts: null }, "amounts", "wrong-type"],
    [
      "an invented field inside a list",
      { ...right, token: { balances: [{ account: { id: 1, name: "x" } }] } },
      "token.balances[0].account.name",
      "unknown-field",
    ],
  ])("%s", (_case, value, place, kind) => {
    expect(outputProblems(output, value)).toMatchObject([{ place, kind }]);
  });
});

import { expect, test } from "vitest";
import { conditionsOf } from "./filters.ts";
import type { Field } from "./filters.ts";

const fields: Readonly<Record<string, Field>> = {
  id: { sql: "t.id", type: "text" },
  name: { sql: "t.name", type: "text" },
  tokenFactory: { sql: "t.factory_id", type: "text" },
  createdAt: { sql: "t.created_at", type: "int8" },
  "tokenFactory_.name": { sql: "f.name", type: "text" },
  bonds: { sql: "bonds", type: "text", isMember: true },
  involved: { sql: "involved", type: "text[]" },
};

test.each([
  ["nothing", {}, "true", []],
  ["equality", { name: "a" }, "t.name = $1::text", ["a"]],
  ["absent values are not asked for", { name: undefined }, "true", []],
  ["null is a value", { name: null, id_not: null }, "t.name is null and t.id is not null", []],
  ["a text's start", { name_starts_with: "a" }, "t.name like $1::text || '%'", ["a"]],
  [
    "a text that lacks",
    { name_not_contains: "a" },
    "not t.name like '%' || $1::text || '%'",
    ["a"],
  ],
  ["membership", { id_in: ["a"] }, "t.id = any($1::text[])", [["a"]]],
  ["the longer ending wins", { id_not_in: ["a"] }, "t.id <> all($1::text[])", [["a"]]],
  [
    "two bounds",
    { createdAt_gte: "1", createdAt_lt: "2" },
    "t.created_at >= $1::int8 and t.created_at < $2::int8",
    ["1", "2"],
  ],
  ["a related id", { tokenFactory_: { id: "f" } }, "t.factory_id = $1::text", ["f"]],
  ["related ids", { tokenFactory_: { id_in: ["f"] } }, "t.factory_id = any($1::text[])", [["f"]]],
  ["a field of what is related", { tokenFactory_: { name: "n" } }, "f.name = $1::text", ["n"]],
  ["one of a list", { bonds_: { id: "b" } }, "$1::text = any(bonds)", ["b"]],
  ["an array that holds all", { involved_contains: ["a"] }, "involved @> $1::text[]", [["a"]]],
  [
    "alternatives",
    { or: [{ name_contains_nocase: "x" }, { id: "y" }] },
    "((t.name ilike '%' || $1::text || '%') or (t.id = $2::text))",
    ["x", "y"],
  ],
])("%s", (_name, filter, sql, expected) => {
  const values: unknown[] = [];
  expect(conditionsOf(fields, filter, values)).toBe(sql);
  expect(values).toEqual(expected);
});

test("an alternative without a value is left out", () => {
  const values: unknown[] = [];
  const filter = { or: [{ name: "x" }, { id: undefined }, {}] };
  expect(conditionsOf(fields, filter, values)).toBe("((t.name = $1::text))");
});

test("a field that is not there is refused, and never becomes SQL", () => {
  expect(() => conditionsOf(fields, { "name; drop table tokens": "x" }, [])).toThrow(
    "cannot filter by",
  );
});

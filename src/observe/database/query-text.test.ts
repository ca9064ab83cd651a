import { expect, test } from "vitest";
import { reportableQuery } from "./query-text.ts";

test.each([
  ["normalised", "select *\n  from t\n where id = $1", "select * from t where id = $1"],
  ["a role's password", "ALTER ROLE x PASSWORD 'hunter2'", "alter"],
  ["a comment first", "/* app */ -- why\n create user y password 'z'", "create"],
  ["a comment before a read", "/* app */ select 1", "select 1"],
  ["text that was left", "select f('it''s \\' me', $1)", "select f('…', $1)"],
  ["dollar quotes", "select $q$se'cret$q$, $$x$$, $1", "select '…', '…', $1"],
  ["nothing", "", "another statement"],
])("%s", (_, query, said) => expect(reportableQuery(query)).toBe(said));

test("cut where it is long", () => {
  const said = reportableQuery(`select ${"column_name, ".repeat(100)}`);
  expect(said).toHaveLength(600);
  expect(said.endsWith("…")).toBe(true);
});

import { describe, expect, test } from "vitest";
import { explain, placeOf, withoutPassword } from "./explain.ts";

const url = "postgres://me:s%2Fcret@db.example:6432/kit?password=other";

test.each([
  [url, "PostgreSQL at db.example:6432"],
  ["postgres://db.example/kit", "PostgreSQL at db.example:5432"],
  ["postgres://me@/kit?host=/somewhere&port=5433", "PostgreSQL at its socket"],
  ["nonsense", "PostgreSQL"],
])("%s leads to %s", (from, place) => expect(placeOf(from)).toBe(place));

describe("no form of the password is left", () => {
  test.each([
    ["as written", "for s%2Fcret!", "for …!"],
    ["decoded", "for s/cret!", "for …!"],
    ["the other way to say it", "for other!", "for …!"],
  ])("%s", (_, said, left) => expect(withoutPassword(said, url)).toBe(left));

  test("in what an error says", () => {
    const { sentence } = explain(new Error("cannot use s/cret and other"), url);
    expect(sentence).toBe("PostgreSQL at db.example:6432 said: cannot use … and ….");
  });
});

const coded = (code: string): Error => Object.assign(new Error("x"), { code });

test.each([
  ["28P01", /refused the password/, true],
  ["28000", /does not let this role in/, true],
  ["3D000", /no database/, true],
  ["53300", /no connection left.*pg_use_reserved_connections/, false],
  ["42501", /read-only-role\.sql/, false],
  ["ECONNREFUSED", /nothing listens/, false],
  ["XX999", /said: x/, false],
])("%s", (code, sentence, isLasting) => {
  expect(explain(coded(code), url)).toEqual({
    sentence: expect.stringMatching(sentence),
    isLasting,
  });
});

test("a host of several addresses", () => {
  const error = new AggregateError([coded("ECONNREFUSED"), coded("ECONNREFUSED")]);
  expect(explain(error, url).sentence).toMatch(/nothing listens/);
});

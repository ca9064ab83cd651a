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
  [
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    /cannot be verified.*sslrootcert=FILE.*no-verify.*It said: x\./,
    true,
  ],
  ["SELF_SIGNED_CERT_IN_CHAIN", /cannot be verified/, true],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", /cannot be verified/, true],
  ["CERT_HAS_EXPIRED", /has expired/, true],
  ["ERR_TLS_CERT_ALTNAME_INVALID", /a different host name/, true],
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

test("a server that accepts encrypted connections only names TLS, not pg_hba.conf", () => {
  const error = Object.assign(
    new Error(
      'no pg_hba.conf entry for host "10.1.2.3", user "obs", database "kit", no encryption',
    ),
    { code: "28000" },
  );
  const { sentence, isLasting } = explain(error, url);
  expect(sentence).toMatch(/accepts encrypted connections only: add \?sslmode=/);
  expect(sentence).toContain('no pg_hba.conf entry for host "10.1.2.3"');
  expect(isLasting).toBe(true);
});

test("a URL that asks for TLS where there is none", () => {
  expect(explain(new Error("The server does not support SSL connections"), url)).toMatchObject({
    sentence: expect.stringContaining("does not offer TLS"),
    isLasting: true,
  });
});

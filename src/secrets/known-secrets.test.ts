import { describe, expect, test } from "vitest";
import { SecretList } from "./known-secrets.ts";

const source = "STAGING_PASSWORD";
const shown = `[secret ${source}]`;
const listOf = (...values: string[]): SecretList => {
  const list = new SecretList();
  for (const value of values) list.add(source, value);
  return list;
};

/** A value with all that one encoding or another writes in its own way. */
const secret = `pä"ss\\w&<rd>/+ =%'#!~x7`;
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const base64url = (text: string): string => Buffer.from(text).toString("base64url");
const html = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
const goJson = (text: string): string =>
  JSON.stringify(text).replaceAll(/[<>&]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`);

const forms: readonly (readonly [string, string])[] = [
  ["raw", secret],
  ["URL-encoded", encodeURIComponent(secret)],
  [
    "URL-encoded in small letters",
    encodeURIComponent(secret).replaceAll(/%../g, (hex) => hex.toLowerCase()),
  ],
  [
    "URL-encoded in full, as Go does",
    encodeURIComponent(secret).replaceAll(
      /[!'~]/g,
      (each) => `%${each.charCodeAt(0).toString(16)}`,
    ),
  ],
  ["URL-encoded as a whole URL", encodeURI(secret)],
  ["URL-encoded twice", encodeURIComponent(encodeURIComponent(secret))],
  ["form-encoded", new URLSearchParams({ p: secret }).toString().slice(2)],
  ["in JSON", JSON.stringify(secret)],
  ["in JSON in JSON", JSON.stringify(JSON.stringify({ secret }))],
  ["in JSON as Go writes it", goJson(secret)],
  ["in JSON of ASCII only", JSON.stringify(secret).replaceAll("ä", "\\u00e4")],
  ["in HTML", html(secret)],
  ["in HTML of JSON", html(JSON.stringify({ secret }))],
  ["base64", base64(secret)],
  ["base64 without padding", base64(secret).replaceAll("=", "")],
  ["base64url", base64url(secret)],
  ["base64, URL-encoded", encodeURIComponent(base64(secret))],
  ["basic authorization, user of 1 letter", base64(`a:${secret}`)],
  ["basic authorization, user of 2 letters", base64(`ab:${secret}`)],
  ["basic authorization, user of 3 letters", base64(`abc:${secret}`)],
  [
    "inside a longer text in base64url",
    base64url(`{"user":"n","secret":${JSON.stringify("x")}}${secret} and more`),
  ],
];

describe("a secret is found in every form", () => {
  test.each(forms)("%s", (_, form) => {
    const clean = listOf(secret).clean(`before ${form} after`);
    expect(clean).toContain(shown);
    expect(clean).toMatch(/^before .* after$/s);
    expect(clean).not.toContain("x7");
    expect(clean).not.toContain(form);
  });
});

test("a text without a secret stays as it is", () => {
  const text = '{"state":"complete","at":1764467412345,"path":"/api/rpc/token.list"}';
  expect(listOf(secret, "another-secret-1").clean(text)).toBe(text);
});

test("the beginning of a long secret is one: messages are cut off", () => {
  const token = `eyJhbGciOiJSUzI1NiJ9.${"a1b2c3d4".repeat(20)}.signature`;
  const list = listOf(token);
  expect(list.clean(`token ${token.slice(0, 40)}… is refused`)).toBe(`token ${shown}… is refused`);
  expect(list.clean(`token ${token.slice(0, 6)}…`)).toBe(`token ${token.slice(0, 6)}…`);
});

test("lines of a private key are secrets each", () => {
  const line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC";
  const list = listOf(`-----BEGIN PRIVATE KEY-----\n${line}\nshort\n-----END PRIVATE KEY-----`);
  expect(list.clean(`error near ${line}`)).toBe(`error near ${shown}`);
  expect(list.clean("-----BEGIN PRIVATE KEY-----")).toBe("-----BEGIN PRIVATE KEY-----");
});

test("of two secrets the longer one goes first, and each bears its own name", () => {
  const list = new SecretList();
  list.add("B", "hunter-2");
  list.add("A", "hunter-2-and-more");
  expect(list.clean("hunter-2-and-more, hunter-2")).toBe("[secret A], [secret B]");
});

describe("weak values cannot be found everywhere", () => {
  test.each<readonly [string, string, string, string]>([
    ["below four characters: nowhere", "abc", "password=abc", "password=abc"],
    ["short: as a whole word", "hunt2", "hunt2, hunt22, ahunt2", `${shown}, hunt22, ahunt2`],
    ["digits: as a number in a sentence", "123456", "pin 123456 refused", `pin ${shown} refused`],
    [
      "digits: not a number of a document",
      "123456",
      '{"requests":123456,"a":[123456]}',
      '{"requests":123456,"a":[123456]}',
    ],
    [
      "digits: not inside another number",
      "123456",
      "at 1123456.5, 123456.5",
      "at 1123456.5, 123456.5",
    ],
    ["digits: not in an identifier", "20261130", "20261130-0150-smoke", "20261130-0150-smoke"],
    [
      "two words: as a whole",
      "planted-token",
      "planted-token planted-tokens",
      `${shown} planted-tokens`,
    ],
    [
      "a name of ours: not in a document",
      "pre-production",
      '{"a":"pre-production"}',
      '{"a":"pre-production"}',
    ],
    [
      "a plain word: not in ordinary text",
      "staging",
      '{"environment":"staging"}',
      '{"environment":"staging"}',
    ],
    ["a plain word: as a password", "staging", '{"password":"staging"}', `{"password":"${shown}"}`],
    ["a plain word: in a URL", "staging", "postgres://me:staging@db", `postgres://me:${shown}@db`],
    [
      "a plain word: in basic authorization",
      "staging",
      `is ${base64("user:staging")}`,
      `is ${shown}`,
    ],
  ])("%s", (_, value, text, expected) => {
    const list = listOf(value);
    expect(list.clean(text)).toBe(expected);
  });
});

test("a value that may stay in the output gets a warning", () => {
  expect(listOf("abc").warnings.join()).toContain(`${source} has fewer than 4 characters`);
  expect(listOf("staging").warnings.join()).toContain(`${source} is a plain word`);
  expect(listOf("123456", "a-long-secret-1").warnings).toEqual([]);
});

test("a JSON document stays valid with any first and last character of the secret", () => {
  for (const value of [
    '"quoted-secret-1"',
    "\\back-slashed-1\\",
    "{brace-secret-1}",
    ",comma-secret-1,",
  ]) {
    const list = listOf(value);
    const document = { a: value, b: `x${value}`, c: [`${value}\n`], d: "fine" };
    const clean = list.clean(JSON.stringify(document));
    expect(JSON.parse(clean)).toMatchObject({ d: "fine" });
    expect(clean).not.toMatch(/secret-1|slashed-1/);
  }
});

test("what is recognised without a list: sessions and authorization headers", () => {
  const list = new SecretList();
  expect(list.clean("cookie: better-auth.session_token=abcdefghijk.lmn; other=1")).toBe(
    "cookie: better-auth.session_token=[secret session]; other=1",
  );
  expect(list.clean('"Authorization":"Bearer abcdefghijkl"')).toBe(
    '"Authorization":"Bearer [secret authorization]"',
  );
});

test("rows of samples: the same buffer where there is nothing to remove", () => {
  const list = listOf("sample-secret-1");
  const rows = Buffer.from("http_reqs,1,2\n");
  expect(list.cleanRows(rows)).toBe(rows);
  expect(list.cleanRows(Buffer.from("a,sample-secret-1\n")).toString()).toBe(`a,${shown}\n`);
});

import { describe, expect, test } from "vitest";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { fillTarget } from "./target-variables.ts";

const env = { KIT_KEY: "k/7 f3e&9a1c", TENANT: "acme", DOTS: "..", EMPTY: "" };

test("the value is encoded into one part of the path, and shown nowhere", () => {
  const filled = fillTarget("https://staging.example.com/{KIT_KEY}/kit", env);
  expect(filled).toEqual({ ok: true, value: "https://staging.example.com/k%2F7%20f3e%269a1c/kit" });
  expect(
    knownSecrets.clean('GET "https://staging.example.com/k%2F7%20f3e%269a1c/kit/api": 500'),
  ).toBe('GET "https://staging.example.com/{KIT_KEY}/kit/api": 500');
  expect(knownSecrets.clean("no key k/7 f3e&9a1c here")).toBe("no key {KIT_KEY} here");
});

test("a value that cannot be distinguished from a word hides in its address all the same", () => {
  fillTarget("https://dev.example.com/{TENANT}", env);
  expect(knownSecrets.clean("https://dev.example.com/acme/api")).toBe(
    "https://dev.example.com/{TENANT}/api",
  );
  expect(knownSecrets.clean("https://dev.example.com/other")).toBe("https://dev.example.com/other");
});

test("braces that a normalised address has encoded are braces", () => {
  const { href } = new URL("https://staging.example.com/{TENANT}/x");
  expect(fillTarget(href, env)).toEqual({ ok: true, value: "https://staging.example.com/acme/x" });
});

test("an address without variables stays as it is", () => {
  expect(fillTarget("https://a.example.com/x", env)).toEqual({
    ok: true,
    value: "https://a.example.com/x",
  });
});

describe("refused, with everything that is wrong", () => {
  test.each<readonly [string, string, string]>([
    ["a variable that is not set", "https://a.example.com/{UNSET}", "UNSET is not set"],
    ["an empty one", "https://a.example.com/{EMPTY}", "EMPTY is not set"],
    ["a reserved name", "https://a.example.com/{HEADROOM_PLAN}", "HEADROOM_PLAN is reserved"],
    ["k6's own", "https://a.example.com/{K6_VUS}", "K6_VUS is reserved"],
    ["no name", "https://a.example.com/{a-b}", "{a-b}"],
    ["in the host", "https://{TENANT}.example.com/", "after the host only"],
    ["in the port", "https://a.example.com:{TENANT}/", "after the host only"],
    ["a value that climbs", "https://a.example.com/{DOTS}/x", 'DOTS is ".."'],
  ])("%s", (_, template, problem) => {
    const filled = fillTarget(template, env);
    expect(filled.ok ? "" : filled.problem).toContain(problem);
  });
});

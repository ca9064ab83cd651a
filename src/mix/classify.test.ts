import { describe, expect, test } from "vitest";
import { classify } from "./classify.ts";
import { pathPattern } from "./path-pattern.ts";

const token = `0x${"aB".repeat(20)}`;
const factory = `0x${"12".repeat(20)}`;

describe("part of the mix", () => {
  test.each([
    ["/", "dashboard"],
    ["/?from=mail", "dashboard"],
    ["https://app.example.test/", "dashboard"],
    ["/auth/sign-in", "sign-in"],
    [`/token/${factory}`, "token-list"],
    [`/token/${factory}/${token}`, "token"],
    [`/token/${factory}/${token}/`, "token"],
    [`/token/${factory}/${token}/holders`, "holders"],
    ["/token/stats", "token-stats"],
    ["/docs", "docs"],
    ["/docs/user-guide/tokens", "docs"],
    ["/participants/users", "users"],
    ["/participants/users/4711", "/participants/users/{user}"],
    ["/auth/sign-up", "/auth/{view}"],
  ])("page %s is %s", (target, name) => {
    expect(classify({ method: "GET", target })).toEqual({ kind: "page", name });
  });

  test.each([
    ["POST", "/api/rpc/token/read", "token.read"],
    ["POST", "//api//rpc/system/stats/portfolioDetails?batch=1", "system.stats.portfolioDetails"],
    ["GET", "/api/user/me", "user.me"],
    ["GET", `/api/token/${token}`, "token.read"],
    ["GET", "/api/token/search?query=bond", "token.search"],
    ["GET", `/api/token/${token}/holders`, "token.holders"],
    ["POST", `/api/token/${token}/mint`, "token.mint"],
    ["GET", "/api/settings/BASE_CURRENCY", "settings.read"],
    ["GET", "/api/auth/get-session", "auth.get-session"],
    ["POST", "/api/auth/sign-in/email", "auth.sign-in"],
  ])("procedure %s %s is %s", (method, target, name) => {
    expect(classify({ method, target })).toEqual({ kind: "procedure", name });
  });

  test.each([
    [{ method: "POST", target: "/subgraphs/name/kit" }, undefined],
    [
      { method: "POST", target: "/subgraphs/id/Qm123", operation: "ListTokenQuery" },
      "ListTokenQuery",
    ],
    [{ method: "GET", target: "/subgraphs/name/kit?operationName=Meta&query=x" }, "Meta"],
    [
      { method: "POST", target: "/subgraphs/name/kit", operation: "an e-mail@example.test" },
      undefined,
    ],
  ])("operation %o", (request, name) => {
    expect(classify(request)).toEqual({ kind: "operation", name });
  });
});

test.each([
  ["assets", { method: "GET", target: "/assets/index-BlQ3.js" }],
  ["assets", { method: "GET", target: "/favicon.ico?v=2" }],
  ["assets", { method: "GET", target: "/api/theme.css" }],
  ["probes", { method: "GET", target: "/", userAgent: '"-" "kube-probe/1.31"' }],
  ["preflights", { method: "OPTIONS", target: "/api/rpc/token/read" }],
  ["redirects", { method: "GET", target: "/", status: 308 }],
] as const)("apart as %s: %o", (reason, request) => {
  expect(classify(request)).toEqual({ kind: "apart", reason });
});

test.each([
  { method: "POST", target: "/" },
  { method: "GET", target: "/wp-login.php" },
  { method: "GET", target: "/token/0x12" },
  { method: "POST", target: "/api/rpc/token/noSuchProcedure" },
  { method: "POST", target: "/api/rpc/constructor" },
  { method: "GET", target: "/api/auth/s3cr3t" },
  { method: "DELETE", target: "/api/user/me" },
  { method: "POST", target: "/v1/graphql" },
])("unknown: $method $target", (request) => {
  expect(classify(request)).toEqual({ kind: "unknown" });
});

describe("what is shown of an unknown path", () => {
  test.each([
    ["/v1/graphql?query=secret", "/v1/graphql"],
    [`/token/${token}/unknown`, "/token/{address}/unknown"],
    ["/user/4711/edit", "/user/{number}/edit"],
    ["/invite/ada@example.test", "/invite/{email}"],
    ["/invite/ada%40example.test", "/invite/{email}"],
    ["/from/192.168.1.17/x", "/from/{ip}/x"],
    ["/from/2001:db8::1", "/from/{ip}"],
    ["/reset/aGVsbG8gd29ybGQ", "/reset/{value}"],
    ["/reset/eyJhbGciOiJIUzI1NiJ9.e30.abc", "/reset/{value}"],
    ["/item/6f9619ff-8b86-d011-b42d-00cf4fc964ff", "/item/{id}"],
    ["/tx/0xabc", "/tx/{hash}"],
    ["http://user:pass@evil.test/login", "/login"],
    ["/_serverFn/abc123def", "/_serverFn/{value}"],
    ["/a/b/c/d/e/f", "/a/b/c/d/…"],
    ["*", "/{value}"],
  ])("%s: %s", (target, pattern) => {
    expect(pathPattern(target)).toBe(pattern);
  });
});

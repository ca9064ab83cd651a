import { describe, expect, test } from "vitest";
import { failureDetail, sanitised, transportOutcome } from "./outcome.ts";

describe("transportOutcome", () => {
  test.each([
    [200, 0, "", "ok"],
    [204, 0, "", "ok"],
    [302, 0, "", "redirected"],
    [401, 1401, "", "unauthorized"],
    [403, 1403, "", "http_403"],
    [429, 1429, "", "rate_limited"],
    [500, 1500, "", "http_500"],
    [0, 1050, "request timeout", "timeout"],
    [0, 1101, "lookup: no such host", "dns"],
    [0, 1110, "", "blocked"],
    [0, 1111, "", "blocked"],
    [0, 1211, "", "timeout"],
    [0, 1212, "dial: connection refused", "refused"],
    [0, 1220, "read: connection reset by peer", "reset"],
    [0, 1310, "x509: unknown authority", "tls"],
    [0, 1000, 'Get "https://a": x509: certificate has expired', "tls"],
    [0, 1000, "EOF", "reset"],
    [0, 1000, "something new", "network_1000"],
    [0, 0, "", "no_answer"],
    [0, 1631, "", "http2"],
    [200, 1050, "request timeout", "timeout"],
  ])("status %i, error code %i (%s) is %s", (status, code, error, outcome) => {
    expect(transportOutcome({ status, error_code: code, error }, "read")).toBe(outcome);
  });

  test("too many sign-ins have a name of their own", () => {
    const answer = { status: 429, error_code: 1429, error: "" };
    expect(transportOutcome(answer, "sign-in")).toBe("sign_in_limit");
  });
});

describe("failureDetail", () => {
  test("names request, status, outcome and the platform's own code", () => {
    expect(failureDetail("POST", "token.read", 403, "http_403", "NOT_ONBOARDED")).toBe(
      "POST token.read 403 http_403 NOT_ONBOARDED",
    );
  });

  test.each([
    { reason: "data instead of a code", code: "Bearer abc.def" },
    { reason: "a number", code: 7 },
    { reason: "a very long word", code: "A".repeat(60) },
  ])("leaves out $reason", ({ code }) => {
    expect(failureDetail("GET", "page.docs", 0, "timeout", code)).toBe("GET page.docs - timeout");
  });

  test("nothing in it can break a line of CSV or its tags", () => {
    expect(sanitised('a&b=c,"d"\n;e')).toBe("a_b_c__d___e");
    expect(sanitised("x".repeat(500))).toHaveLength(120);
  });
});

import { describe, expect, test } from "vitest";
import {
  fillPattern,
  signInOutcome,
  signInPauseSeconds,
  signInProblem,
  signInsTogether,
} from "./sign-in.ts";

const identities = {
  count: 6,
  emailPattern: "load-{n}@example.test",
  passwordVariable: "LOAD_PASSWORD",
  signInsPer10s: 3,
};

describe("pacing", () => {
  test.each([0.3, 1, 4])("never more than 3 start in any 10 s, when each takes %f s", (takes) => {
    const starts: number[] = [];
    let now = 0;
    for (let index = 0; index < 12; index++) {
      now += signInPauseSeconds(index, 3);
      starts.push(now);
      now += takes;
    }
    starts.forEach((start) => {
      expect(
        starts.filter((other) => other >= start && other < start + 10).length,
      ).toBeLessThanOrEqual(3);
    });
  });

  test("six identities wait once", () => {
    const pauses = Array.from({ length: 6 }, (_, index) => signInPauseSeconds(index, 3));
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThan(11);
  });

  test.each([0, -1])("a limit of %i is none", (limit) => {
    expect(signInPauseSeconds(3, limit)).toBe(0);
  });

  test.each([
    { reason: "as many as the limit allows", per10s: 3, mayFail: 3, groups: [3, 3, 1] },
    { reason: "no more than may fail", per10s: 0, mayFail: 3, groups: [3, 3, 1] },
    { reason: "groups end where a pause is due", per10s: 3, mayFail: 2, groups: [2, 1, 2, 1, 1] },
    { reason: "a limit below 1 is 1", per10s: 0.5, mayFail: 3, groups: [1, 1, 1, 1, 1, 1, 1] },
    { reason: "a generous limit", per10s: 100, mayFail: 9, groups: [7] },
  ])("side by side: $reason", ({ per10s, mayFail, groups }) => {
    const sizes: number[] = [];
    for (let index = 0; index < 7; index += sizes.at(-1) ?? 1)
      sizes.push(signInsTogether(index, { count: 7, per10s, mayFail }));
    expect(sizes).toEqual(groups);
  });
});

test("the pattern takes the number", () => {
  expect(fillPattern("load-{n}@example.test", 4)).toBe("load-4@example.test");
});

test("each kind of failure has its own sentence, which names the first request and no secret", () => {
  const outcomes = [
    "unauthorized",
    "sign_in_limit",
    "refused",
    "dns",
    "tls",
    "two_factor",
    "wrong_shape",
    "redirected",
    "http_500",
  ];
  const messages = outcomes.map((outcome) =>
    signInProblem({ status: 401, outcome }, { host: "api.example.test", failures: 3, identities }),
  );
  expect(new Set(messages.map((message) => message.split(". ").at(-1))).size).toBe(outcomes.length);
  for (const message of messages) {
    expect(message).toMatch(
      /^headroom: signing in failed 3 times; first failing request: POST auth\.sign-in at /,
    );
  }
});

test.each([
  ["a session", { "user.id": "u1" }, ["__Secure-better-auth.session_token"], "ok"],
  ["two-factor authentication", { twoFactorRedirect: true }, [], "two_factor"],
  ["no cookie", { "user.id": "u1" }, [], "wrong_shape"],
  ["another application", {}, ["session_token"], "wrong_shape"],
])("an answer with %s", (_case, body, cookies, outcome) => {
  const values = new Map<string, unknown>(Object.entries(body));
  expect(signInOutcome({ json: (selector) => values.get(selector) }, cookies)).toBe(outcome);
});

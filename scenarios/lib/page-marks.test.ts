import { describe, expect, test } from "vitest";
import { defaultPlan } from "./default-plan.ts";
import { pageMarks, privatePages } from "../../profiles/platform/page-marks.ts";
import { pageCalls } from "./page-calls.ts";
import { markOf, markProblem, type Served } from "./page-marks.ts";
import type { ScenarioPlan } from "./plan-shape.ts";

const email = "load-1@example.test";
const plan: ScenarioPlan = defaultPlan({});
const served = (html: string, status = 200): Served => ({ status, html });
const problemOf = (signedIn: Served, stranger: Served, on: ScenarioPlan = plan) =>
  markProblem({ page: "dashboard", path: "/", email, signedIn, stranger }, on);

test("exactly the pages that are opened with a session have a mark", () => {
  const withSession = Object.entries(pageCalls).filter(([, { signedIn }]) => signedIn);
  expect(Object.keys(pageMarks)).toEqual(withSession.map(([name]) => name));
  expect(privatePages).toEqual(Object.keys(pageMarks));
});

test("a mark is the platform's, or the environment's", () => {
  expect(markOf("dashboard", email, plan)).toBe(email);
  expect(markOf("docs", email, plan)).toBeUndefined();
  const own = { ...plan, pageMarks: { dashboard: 'data-user="{email}"' } };
  expect(markOf("dashboard", email, own)).toBe(`data-user="${email}"`);
  expect(markOf("token", email, own)).toBe(email);
});

describe("the mark distinguishes", () => {
  test.each([
    { reason: "strangers get an empty page", stranger: served("") },
    { reason: "strangers get an error of the loader", stranger: served("error", 500) },
    { reason: "strangers are redirected", stranger: served("", 302) },
  ])("$reason", ({ stranger }) => {
    expect(problemOf(served(email), stranger)).toBeUndefined();
  });

  test.each([500, 503, 429, 0])("a page that fails with %i is counted under load", (status) => {
    expect(problemOf(served("", status), served(""))).toBeUndefined();
  });
});

describe("the mark does not distinguish", () => {
  test.each([
    {
      reason: "absent for its user",
      signedIn: served("<html>"),
      stranger: served("<html>"),
      problem:
        /does not contain its mark "\{email\}" for the signed-in load-1@example\.test.*pageMarks\.dashboard/,
    },
    {
      reason: "present for strangers",
      signedIn: served(email),
      stranger: served(`an error of ${email}`, 500),
      problem: /contains its mark "\{email\}" without a session too.*pageMarks\.dashboard/,
    },
    {
      reason: "its user may not open the page",
      signedIn: served(email, 403),
      stranger: served(""),
      problem: /with status 403: check that this identity is onboarded/,
    },
    {
      reason: "its user is sent elsewhere",
      signedIn: served("", 302),
      stranger: served(""),
      problem: /with status 302/,
    },
    {
      reason: "strangers got no answer",
      signedIn: served(email),
      stranger: served("", 0),
      problem: /not proven/,
    },
  ])("$reason", ({ signedIn, stranger, problem }) => {
    const sentence = problemOf(signedIn, stranger);
    expect(sentence).toMatch(/^headroom: page dashboard \(GET \/\) /);
    expect(sentence).toMatch(problem);
  });
});

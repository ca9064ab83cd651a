import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { sideBySide } from "../../analysis/comparison/side-by-side.ts";
import { testRun, type TestRun } from "../../analysis/testdata/test-run.ts";
import { comparePage } from "../../reports/compare/page.ts";
import { storeRun } from "../store/testdata/store-run.ts";
import { compareCommand } from "./commands/compare.ts";
import { answerOf } from "./testdata/answer.ts";

const cwd = mkdtempSync(path.join(tmpdir(), "headroom-side-by-side-"));
const packageRoot = path.resolve(import.meta.dirname, "../..");
const compare = (...argv: string[]) => answerOf(compareCommand, argv, { cwd, packageRoot });

const named = (id: string, options: TestRun = {}) =>
  testRun({ ...options, run: { id, ...options.run } });
const before = named("before-a");
const slower = named("after-a", {
  p95Ms: { api: 300 },
  run: { versions: { headroom: "0.1.0", k6: "2.9.9" } },
});
const other = named("other-a", {
  holdSeconds: 30,
  perSecond: 20,
  plan: { profile: "other" },
  run: { hashes: { plan: "f".repeat(64), scenario: "e".repeat(64) } },
});
for (const data of [before, slower, other, named("invalid-a", { k6Cores: 100 })])
  storeRun(path.join(cwd, ".runs"), data);

test("Markdown on stdout: what differs, metrics with intervals, endpoints that make up the change", async () => {
  const { status, out } = await compare("before-a", "after-a");
  expect(status).toBe(0);
  const headings = [...out.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
  expect(headings).toEqual([
    "What differs",
    "Metrics",
    "Latency by surface",
    "Endpoints by what they add to the change",
  ]);
  expect(out).toMatch(/\| k6 +\| .* +\| 2\.9\.9 +\|/);
  expect(out).toMatch(/\| API response time.*\| higher +\| pass → fail +\|/);
  expect(out).toMatch(/\| Subgraph response time.*\| intervals overlap +\| pass +\|/);
});

test("the sum of what endpoints add is the change of the mean", () => {
  const { contributions: found } = sideBySide(before, slower);
  const sum = found.endpoints.reduce((total, { addsMs }) => total + addsMs, 0);
  expect(found.endpoints[0]?.surface).toBe("api");
  expect(sum).toBeGreaterThan(1);
  expect(sum).toBeCloseTo((found.after.meanMs ?? 0) - (found.before.meanMs ?? 0), 6);
});

test("--html writes a page, and nothing on stdout", async () => {
  const { status, out, err } = await compare("before-a", "after-a", "--html", "change.html");
  expect([status, out]).toEqual([0, ""]);
  expect(err).toContain("Wrote change.html");
  const page = readFileSync(path.join(cwd, "change.html"), "utf8");
  expect(page).toContain("Endpoints by what they add to the change");
  expect(page.indexOf("What differs")).toBeLessThan(page.indexOf(">Metrics<"));
});

test("runs of other plans are shown, with what cannot be compared", async () => {
  const { status, out } = await compare("before-a", "other-a");
  expect(status).toBe(0);
  expect(out).toContain("Not comparable without care");
  expect(out).toMatch(
    /Other plans: throughput, shares of endpoints .* Fields of the plan: .*profile/,
  );
  expect(out).toContain("They differ in plan-hash, scenario-hash.");
});

test("an invalid run is shown, and said to prove nothing", async () => {
  const { out } = await compare("before-a", "invalid-a", "--markdown", "-");
  expect(out).toContain("Run invalid-a is INVALID, its numbers are shown and prove nothing");
});

test("a run without any request leaves no number that is none", () => {
  const empty = { ...named("empty-a"), windows: [] };
  const page = comparePage(sideBySide(before, empty));
  expect(page).toContain("One of the runs has no request that was answered");
  expect(page).not.toMatch(/NaN|undefined/);
});

test.each([
  ["one run", ["before-a"], /name two runs, the earlier one first/],
  ["the same run", ["before-a", "before-a"], /named twice/],
  ["a run that is not there", ["before-a", "nowhere"], /no run "nowhere"/],
  ["a flag for a verdict", ["before-a", "after-a", "--margin", "5%"], /--margin is for a verdict/],
  ["a file without runs", ["--html", "x.html"], /--html is for two runs side by side/],
])("bad input: %s", async (_, argv, words) => {
  const { status, out, err } = await compare(...argv);
  expect([status, out]).toEqual([2, ""]);
  expect(err).toMatch(words);
});

/** The list of ids, the pages of docs/findings and what was taken in of them agree; so do the checks that exist. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { autoscalingChecks } from "../../analysis/autoscaling/checks/index.ts";
import { margins } from "../../analysis/autoscaling/checks/margins.ts";
import { lintRules } from "../../analysis/autoscaling/lint/index.ts";
import { findingRules } from "../../analysis/findings/index.ts";
import { resilienceChecks } from "../../analysis/resilience/checks.ts";
import { resourceNames } from "../../analysis/platform-metrics/utilisation.ts";
import { checks, observedChecks } from "../../analysis/verdicts/index.ts";
import { minimumProportionCount } from "../../analysis/statistics/proportion-interval.ts";
import { utilisationLimit } from "../../analysis/utilisation.ts";
import { minimumP95Count } from "../../analysis/verdicts/latency-check.ts";
import { objectives } from "../../profiles/platform/objectives.ts";
import {
  mostDataLostMs,
  mostDowntimeMs,
  mostUnavailableRatio,
} from "../../profiles/platform/resilience.ts";
import { formatCount, formatValue, percent } from "../../src/domain/number-text.ts";
import { formatDuration } from "../../src/domain/time-text.ts";
import { explainedIds, pageOf } from "../../src/domain/explained-ids.ts";
import { explanationOf } from "./index.ts";

const folder = path.resolve(import.meta.dirname, "../../docs/findings");
const pages = readdirSync(folder)
  .filter((name) => name.endsWith(".md") && name !== "README.md")
  .map((name) => name.slice(0, -".md".length));

test("every id has a page, and every page an id", () => {
  expect(pages.toSorted()).toEqual(explainedIds.toSorted());
});

test("the index, and what reports and explain read, are made from the pages: npm run finding-pages", async () => {
  const tool = "../../tools/finding-pages.mjs";
  // The tool is no TypeScript.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { findingPages } = (await import(tool)) as {
    findingPages: () => { readonly json: string; readonly index: string };
  };
  const { json, index } = findingPages();
  expect(readFileSync(path.join(import.meta.dirname, "pages.json"), "utf8")).toBe(json);
  expect(readFileSync(path.join(folder, "README.md"), "utf8")).toBe(index);
  for (const id of explainedIds) expect(index).toContain(`](${id}.md)`);
});

test.each(explainedIds)("the page of %s says something in each part", (id) => {
  const page = explanationOf(id);
  expect(page?.title.length).toBeGreaterThan(10);
  expect(page?.meaning.length).toBeGreaterThan(40);
  expect(page?.why.length).toBeGreaterThan(30);
  expect(page?.actions.length).toBeGreaterThan(0);
  expect(page?.example.length).toBeGreaterThan(20);
});

test.each([
  ["response.p95", formatValue(objectives.responseP95Ms.api, "ms")],
  ["response.p95", `it takes ${minimumP95Count} values`],
  ["web.page.p95", formatValue(objectives.pageP95Ms, "ms")],
  ["database.query.p95", formatValue(objectives.databaseP95Ms, "ms")],
  ["throughput", `${formatCount(objectives.requestsPerMinute)}/min`],
  ["errors", `at most ${percent(objectives.errorRatio)}`],
  ["errors", `${minimumProportionCount(objectives.errorRatio)} requests`],
  ["availability", `${formatCount(minimumProportionCount(0.001))} requests`],
  ["utilisation", percent(utilisationLimit.value)],
  ["platform.utilisation", percent(utilisationLimit.value)],
  ["resilience.unavailable", percent(mostUnavailableRatio)],
  ["resilience.data-lost", formatDuration(mostDataLostMs)],
  ["resilience.downtime", formatDuration(mostDowntimeMs["token-operations"])],
  ["resilience.downtime", formatDuration(mostDowntimeMs["sign-in"])],
  ["autoscaling.a2-reaction", `${margins.reactionMs / 1000} s`],
  ["autoscaling.a6-predicted", percent(margins.predictedRatio)],
  ["autoscaling.a9-pods-ready", `${margins.podReadyMs / 1000} s`],
  ["autoscaling.a13-nodes", formatDuration(margins.nodeProvisionMs)],
  ["autoscaling.a13-nodes", formatDuration(margins.pendingMs)],
])("the page of %s names the figure of the code, %s", (id, figure) => {
  const { meaning = "", actions = [] } = explanationOf(id) ?? {};
  expect([meaning, ...actions].join(" ")).toContain(figure);
});

const ofCheck = (id: string): string | undefined => explanationOf(id)?.kind.split(/[ ,]/)[0];

test("every check of a run has the page of a check", () => {
  const ids = [
    ...Object.keys(checks),
    ...observedChecks.map(({ id }) => id).filter((id) => id !== "autoscaling"),
    ...Object.values(autoscalingChecks).map(({ id }) => `web.${id}`),
    ...resilienceChecks.flatMap(({ id }) => [id, `${id}.2`]),
    ...resourceNames.map((name) => `platform.utilisation.${name}`),
    "dapp.utilisation.cpu",
    "nodes.utilisation.memory",
    "subgraph.capacity",
    "run.capacity",
  ];
  for (const id of ids) expect([id, ofCheck(id)]).toEqual([id, "check"]);
});

test("every rule has the page of a finding", () => {
  for (const id of Object.keys(findingRules)) expect(explanationOf(id)?.kind).toMatch(/^finding/);
  // Some rules have ids of their own.
  const several = new Set(["deployed", "maxima-unreachable"]);
  for (const id of Object.keys(lintRules).filter((each) => !several.has(each)))
    expect(explanationOf(`autoscaling.${id}`)?.kind).toMatch(/finding/);
});

test.each([
  ["api.response.p95", "response.p95"],
  ["resilience.recovery.2", "resilience.recovery"],
  ["platform.utilisation.cpu", "platform.utilisation"],
  ["dapp.utilisation.cpu", "utilisation"],
  ["dapp.autoscaling.a10-time-to-serve", "autoscaling.a10-time-to-serve"],
  ["autoscaling.demand-above-maximum", "demand-above-maximum"],
  ["generator-saturated", "generator-saturated"],
  ["api.response.p50", undefined],
  ["", undefined],
  ["constructor", undefined],
])("%s is explained by the page %s", (id, page) => expect(pageOf(id)).toBe(page));

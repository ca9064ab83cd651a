import { expect, test } from "vitest";
import { perMinute } from "../../src/domain/units.ts";
import { assetsProblem } from "./asset-costs.ts";
import { defaultPlan } from "./default-plan.ts";
import type { ScenarioPlan } from "./plan-shape.ts";

const plan = (ceiling: number, assetsPerPage: number): ScenarioPlan => ({
  ...defaultPlan({}),
  environment: "staging",
  requestsPerMinute: perMinute(60),
  requestsPerMinuteBySurface: { web: perMinute(60), api: perMinute(0), subgraph: perMinute(0) },
  phases: [{ fromFactor: 1, toFactor: 2 }] as never,
  ceilings: { requestsPerMinute: perMinute(ceiling), assetsPerPage },
});

test.each([
  [
    "pages of 400 assets, of which 60 are requested",
    7319,
    60,
    [400],
    "400 assets, of which at most 60 are requested: with 120 pages/min the load would be 7320 HTTP requests/min",
  ],
  ["the same, with room for them", 7320, 60, [400], "none"],
  ["the average of the pages", 1200, 60, [0, 18], "none"],
  [
    "one request more than that",
    1319,
    60,
    [0, 20],
    "1320 HTTP requests/min, and staging may be given 1319/min",
  ],
  ["a lower limit of assets", 240, 1, [400, 400], "none"],
  ["pages that did not answer: not known", 1, 60, [], "none"],
] as const)("%s", (_reason, ceiling, limit, assets, problem) => {
  const found = assetsProblem(plan(ceiling, limit), assets) ?? "none";
  expect(found).toMatch(/^(?:headroom\[ceiling\]: |none$)/);
  expect(found).toContain(problem);
});

test("a bundle without a plan of Headroom's has no ceiling", () => {
  expect(assetsProblem(defaultPlan({}), [400])).toBeUndefined();
});

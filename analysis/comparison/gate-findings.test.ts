import { describe, expect, test } from "vitest";
import { compareSamples } from "./compare-samples.ts";
import { gateFindings } from "./gate-findings.ts";
import { endpointOf } from "./gate-members.ts";
import { pairDrift } from "./pair-drift.ts";

const runs = (factor: number): number[] =>
  Array.from({ length: 10 }, (_, index) => factor * (100 + ((index * 0.618) % 1)));

const metric = (id: string, factor: number, required = false) => {
  const comparison = compareSamples({ baseline: runs(1), candidate: runs(factor) });
  const design = { design: "independent", reason: "" } as const;
  const { outcome, reason } = comparison;
  return { id, title: id, required, outcome, reason, comparison: { ...comparison, design } };
};
const idsOf = (...metrics: ReturnType<typeof metric>[]) =>
  gateFindings({ metrics }).map(({ id, sentence }) => `${id}: ${sentence}`);

const shape = (middle: number, tail: number) =>
  idsOf(metric("web.page.p50", middle), metric("web.page.p99", tail));

const values = (step: number) =>
  Array.from({ length: 12 }, (_, index) => 100 + step * index + ((index * 0.618) % 1));

describe("findings", () => {
  test("the endpoint that carries the change, the worst first", () => {
    const found = idsOf(
      metric("api/token.read.p95", 1.3),
      metric("api/token.read.p50", 1.2),
      metric("api/user.list.p95", 1.1),
      metric("api/user.me.p95", 1),
    );
    expect(found).toEqual([
      "slower-endpoint: The change of the API is carried by token.read, user.list (2 of 3 endpoints).",
    ]);
  });

  test("all endpoints of a surface", () => {
    const found = idsOf(metric("subgraph/a.p95", 1.2), metric("subgraph/b.p95", 1.3));
    expect(found).toEqual([
      "slower-endpoint: The change of the subgraph is carried by all 2 endpoints, most by b.",
    ]);
  });

  test("a changed shape, either way", () => {
    expect(shape(1, 1.3)[0]).toContain("p99 is beyond the margin, p50 is not");
    expect(shape(1.3, 1)[0]).toContain("p50 is beyond the margin, p99 is not");
    expect(shape(1.3, 1.3)).toEqual([]);
  });

  test("the database and the CPU a request takes", () => {
    expect(idsOf(metric("database.query.p95", 1.3), metric("cpu-per-request.dapp", 1.2))).toEqual([
      "platform-change: database.query.p95 is beyond the margin.",
      "platform-change: cpu-per-request.dapp is beyond the margin.",
    ]);
    expect(idsOf(metric("database.query.p95", 1), metric("cpu-per-request.dapp", 0.8))).toEqual([]);
  });

  test("a small regression that is certain", () => {
    expect(idsOf(metric("api.response.p95", 1.03, true))[0]).toContain("worse for certain");
    expect(idsOf(metric("api.response.p95", 1, true))).toEqual([]);
  });
});

test.each([
  ["api/token.read.p95", { surface: "api", endpoint: "token.read", quantile: "p95" }],
  ["web//assets/{id}.p50", { surface: "web", endpoint: "/assets/{id}", quantile: "p50" }],
  ["api.response.p95", undefined],
  ["other/x.p95", undefined],
])("the endpoint of %s", (id, expected) => {
  expect(endpointOf(id)).toEqual(expected);
});

describe("drift from pair to pair", () => {
  const head = { id: "a", title: "a", required: true, better: "lower" } as const;

  test("is seen, and needs 8 pairs", () => {
    expect(pairDrift({ ...head, baseline: values(1), candidate: values(1) })).toBeLessThan(0.01);
    expect(pairDrift({ ...head, baseline: values(0), candidate: values(0) })).toBeGreaterThan(0.1);
    expect(
      pairDrift({ ...head, baseline: values(1).slice(0, 7), candidate: values(1) }),
    ).toBeUndefined();
  });
});

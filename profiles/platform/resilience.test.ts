import { expect, test } from "vitest";
import { eventKinds } from "../../src/domain/resilience.ts";
import { breakers, mostUnavailableRatio, recoveryFigure } from "./resilience.ts";

test("the specification's figures", () => {
  expect(mostUnavailableRatio).toBe(0.25);
  expect(
    Object.fromEntries(eventKinds.map((kind) => [kind, recoveryFigure(kind).limitMs / 60_000])),
  ).toStrictEqual({
    "rolling-update": 60,
    rollback: 60,
    "pod-deletion": 60,
    "node-drain": 120,
    "node-loss": 120,
    "database-failover": 120,
    "replica-lag": 120,
    "cache-flush": 60,
    "subgraph-restart": 60,
    "external-outage": 30,
  });
  expect(breakers).toStrictEqual({
    internal: { failures: 5, openMs: 30_000 },
    database: { failures: 3, openMs: 60_000 },
    external: { failures: 10, openMs: 300_000 },
    cache: { failures: 5, openMs: 30_000 },
  });
});

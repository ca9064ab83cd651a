/** A run that the version before stored is judged as that version judged it; and no sentence of a gap decides. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { SealedFile } from "../src/domain/run.ts";
import type { Verdict } from "../src/domain/verdict.ts";
import { migrateLine } from "../src/store/migrations/run/index.ts";
import { readVersion1 } from "../src/store/testdata/version-1/observed/read.ts";
import { assess } from "./assess.ts";

const folder = path.resolve(import.meta.dirname, "../src/store/testdata/version-1/observed");
const data = readVersion1();

const decided = (verdicts: readonly Verdict[]): unknown =>
  JSON.parse(
    JSON.stringify(
      verdicts.map((verdict) => {
        const { checkId, outcome } = verdict;
        // Since decision 17 the mean of the judged time, not the 95th percentile of the scrapes.
        const isNewlyMeasured = /^(?!platform).*\.utilisation\./.test(checkId);
        if (outcome === "not-applicable" || isNewlyMeasured) return { checkId, outcome };
        const { point, low, high } = verdict.observed;
        return { checkId, outcome, observed: { point, low, high } };
      }),
      (_, value: unknown) => (value === Infinity ? "Infinity" : value),
    ),
  );

test("outcomes, points and intervals are those of the version that stored it", () => {
  expect(data.damage).toEqual([]);
  expect(decided(assess(data).verdicts)).toEqual(
    JSON.parse(readFileSync(path.join(folder, "judgement.json"), "utf8")),
  );
});

test("every gap of that version has its code, and what it is about", () => {
  const gaps = data.events.flatMap((event) =>
    event.type === "gap"
      ? [`${event.source} ${event.code} ${(event.subjects ?? []).slice(0, 2).join(" ")}`.trim()]
      : [],
  );
  expect(gaps.filter((gap) => gap.includes("unknown"))).toEqual([]);
  expect([...new Set(gaps)]).toMatchInlineSnapshot(`
    [
      "prometheus no-answer container.throttling",
      "prometheus no-answer node.memory.utilisation",
      "prometheus no-samples ingress.requests ingress.errors",
      "prometheus no-samples server.p95",
      "prometheus no-samples portal.mean portal.errors",
      "prometheus no-samples container.memory container.memory.utilisation",
      "prometheus no-samples pods.ready pods.pending",
      "prometheus no-samples node.disk.utilisation node.disk.busy",
      "prometheus no-samples volume.utilisation",
      "prometheus no-samples postgres.connections.utilisation postgres.cache.hit",
      "prometheus no-samples subgraph.pool.wait subgraph.pool.used",
      "prometheus no-samples chain.p95 chain.upstream.p95",
      "prometheus no-samples chain.height chain.waiting",
      "prometheus series-limit container.restarts",
      "prometheus series-limit container.oom",
      "prometheus nothing-to-divide container.cpu.utilisation container.cpu",
      "database unreachable",
      "browser browser-ended",
      "kubernetes no-answer events of nodes",
      "kubernetes no-such-workload subgraph",
      "kubernetes no-answer nodes.metrics.k8s.io",
      "kubernetes watch-broken pods",
      "generator no-answer",
      "push push-failed",
      "database counters-lost statements",
    ]
  `);
});

const migratedAgain = (lines: readonly object[], file: SealedFile) =>
  lines.map((line) => migrateLine({ ...line }, file));

test("run.json may be of a later version than the lines beside it: what is migrated stays as it is", () => {
  expect(migratedAgain(data.events, "events")).toEqual(data.events);
  expect(migratedAgain(data.observations, "observations")).toEqual(data.observations);
  expect(migratedAgain(data.cluster, "observations")).toEqual(data.cluster);
});

test("every record of the cluster has its type; of what was measured elsewhere nothing changes", () => {
  expect(data.observations.filter(({ source }) => source === "kubernetes")).toEqual([]);
  expect(data.cluster.find(({ type }) => type === "pod-restarts")).toMatchObject({
    workload: "api",
    reasons: ["Error"],
  });
  expect(data.cluster.find(({ type }) => type === "hpa-spec")).toMatchObject({
    spec: { scaleTargetRef: { kind: "Deployment" } },
  });
  expect(new Set(data.cluster.map(({ type }) => type)).size).toBeGreaterThan(25);
});

test("verdicts are the same whatever the sentences of the gaps are", () => {
  const events = data.events.map((event) =>
    event.type === "gap" ? { ...event, sentence: "X" } : event,
  );
  const before = assess(data);
  const after = assess({ ...data, events });
  expect(decided(after.verdicts)).toEqual(decided(before.verdicts));
  expect(after.outcome).toBe(before.outcome);
  expect(after.findings.map(({ id }) => id)).toEqual(before.findings.map(({ id }) => id));
});

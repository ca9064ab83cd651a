import { describe, expect, test } from "vitest";
import type { GapCode, GapEvent, Observation } from "../../src/domain/observation.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import { storeQueries } from "../../profiles/platform/store-queries.ts";
import { measure } from "../measurements/index.ts";
import { loadStart, testRun, type TestRun } from "../testdata/test-run.ts";
import { findingContext } from "../testdata/finding-context.ts";
import { platformFindings, platformRules } from "./index.ts";
import { platformSeries } from "./platform-series.ts";
import { platformUtilisationCheck } from "./utilisation.ts";
import { ingressLine, platformContext } from "./platform-context.ts";

/** One series of the store: a value every 15 s from a minute before the load to its end. */
function line(
  name: string,
  labels: Record<string, string>,
  valueAt: number | ((secondOfLoad: number) => number),
): Observation[] {
  const unit = storeQueries.find(({ id }) => id === name)?.unit;
  if (unit === undefined) throw new Error(`no query is called ${name}`);
  return Array.from({ length: 9 }, (_, index) => {
    const second = -60 + index * 15;
    const value = typeof valueAt === "number" ? valueAt : valueAt(second);
    return { source: "prometheus", name, labels, at: loadStart + second * 1000, value, unit };
  });
}

/** Two probes a second. */
const probes = (ms: number, count = 130): Observation[] =>
  Array.from({ length: count }, (_, index) => ({
    source: "database",
    name: "probe.latency",
    labels: {},
    at: loadStart + index * 500,
    value: ms + (index % 5),
    unit: "ms",
  }));

/** Rates look back so far, milliseconds. */
const lookBack = 5000;

function observed(observations: readonly Observation[], options: TestRun = {}) {
  const run = testRun({
    ...options,
    p95Ms: { web: 300, ...options.p95Ms },
    plan: { observers: ["prometheus"], ...options.plan },
  });
  const window: Observation = {
    source: "prometheus",
    name: "store.rate.window",
    labels: {},
    at: loadStart + 66_000,
    value: lookBack,
    unit: "ms",
  };
  const data = { ...run, observations: [...run.observations, ...observations, window] };
  const context = findingContext(data);
  return {
    verdicts: platformUtilisationCheck.run(context).map(({ verdict }) => verdict),
    findings: platformFindings(context),
    series: context.platform === undefined ? [] : platformSeries(context.platform),
  };
}

const findings = (observations: readonly Observation[], options?: TestRun): readonly Finding[] =>
  observed(observations, options).findings;

const slowApi: TestRun = { p95Ms: { api: 600 } };
const ingressOfApi = (ms: number): Observation[] => line("ingress.p95", { ingress: "api" }, ms);
const apiPod = { pod: "api-1", container: "api" };

test("without a store there is nothing to add", () => {
  const context = findingContext(testRun());
  expect(context.platform).toBeUndefined();
  expect(platformUtilisationCheck.run(context)).toEqual([]);
  expect(platformFindings(context)).toEqual([]);
});

test("a healthy platform has no finding", () => {
  const healthy = [
    ...ingressOfApi(140),
    ...line("container.throttling", apiPod, 0.1),
    ...line("container.restarts", apiPod, 4),
    ...line("container.oom", apiPod, 1),
    ...line("postgres.connections.utilisation", { instance: "db" }, 0.5),
    ...line("subgraph.pool.wait", { pool: "main" }, 12),
    ...line("subgraph.lag", { deployment: "kit" }, 3),
    ...line("chain.sending.failures", { network: "kit" }, 0.001),
    ...probes(20),
  ];
  expect(findings(healthy)).toEqual([]);
});

interface RuleCase {
  readonly found: readonly Observation[];
  readonly foundOptions?: TestRun;
  readonly words: RegExp;
  readonly severity: Finding["severity"];
  /** Near misses, each with what is missing. */
  readonly notFound: readonly (readonly [
    why: string,
    observations: readonly Observation[],
    options?: TestRun,
  ])[];
}

const cases: Readonly<Record<keyof typeof platformRules, RuleCase>> = {
  "client-slow-server-fast": {
    found: ingressOfApi(80),
    foundOptions: slowApi,
    words:
      /^API reads are slow at the client \(p95 5\d\d ms\) and fast at the ingress \(p95 80 ms\): the time is lost in the network between/,
    severity: "P2",
    notFound: [
      ["the client is fast", ingressOfApi(20)],
      ["the ingress is slow as well", ingressOfApi(400), slowApi],
      ["the ingress is beyond the limit", ingressOfApi(210), slowApi],
      ["two values of the ingress", ingressOfApi(80).slice(-2), slowApi],
      ["another ingress", line("ingress.p95", { ingress: "docs" }, 80), slowApi],
      [
        "the ingress is slow for a third of the time",
        line("ingress.p95", { ingress: "api" }, (at) => (at > 40 ? 600 : 80)),
        slowApi,
      ],
      [
        "one ingress for all",
        line("ingress.p95", { ingress: "dapp" }, 80),
        {
          ...slowApi,
          plan: {
            observers: ["prometheus"],
            workloads: { web: "dapp", api: "dapp", subgraph: "graph" },
          },
        },
      ],
      ["too few requests", ingressOfApi(80), { ...slowApi, perSecond: 2, holdSeconds: 40 }],
    ],
  },
  "pods-throttled": {
    found: [
      ...line("container.throttling", apiPod, 0.4),
      ...line("container.throttling", { pod: "api-2", container: "api" }, 0.62),
      ...line("container.throttling", { pod: "web-1", container: "web" }, 0.01),
    ],
    foundOptions: slowApi,
    words: /^2 containers of 3 .+ 25 % .+: api of pod api-2 \(62 %\), api of pod api-1 \(40 %\)\.$/,
    severity: "P2",
    notFound: [
      ["below a quarter", line("container.throttling", apiPod, 0.24), slowApi],
      [
        "before the load only",
        line("container.throttling", apiPod, (at) => (at < 0 ? 1 : 0)),
        slowApi,
      ],
    ],
  },
  "pool-exhausted": {
    found: line("subgraph.pool.wait", { pool: "main" }, (at) => (at > 10 ? 450 : 1)),
    words: /^Subgraph queries waited up to 450 ms for a connection of graph-node's pool \(main\)/,
    severity: "P2",
    notFound: [
      ["a busy pool", line("subgraph.pool.wait", { pool: "main" }, 60)],
      ["twice only", line("subgraph.pool.wait", { pool: "main" }, (at) => (at > 40 ? 450 : 1))],
      ["connections left", line("postgres.connections.utilisation", { instance: "db" }, 0.85)],
    ],
  },
  "database-bottleneck": {
    found: [...probes(120), ...ingressOfApi(550)],
    foundOptions: slowApi,
    words:
      /^API reads are slow \(p95 5\d\d ms\) while the database is: its probe's p95 was 124 ms, its objective 50 ms\.$/,
    severity: "P2",
    notFound: [
      ["the database is fast", [...probes(20), ...ingressOfApi(550)], slowApi],
      ["the API is fast", probes(120)],
      ["the platform is fast", [...probes(120), ...ingressOfApi(100)], slowApi],
      ["too few probes", probes(120, 40), slowApi],
    ],
  },
  restarts: {
    found: [
      ...line("container.restarts", apiPod, (at) => (at > 20 ? 2 : 1)),
      ...line("container.oom", apiPod, (at) => (at > 20 ? 1 : 0)),
    ],
    words:
      /^1 restart of 1 container during the run, 1 of them out of memory: api of pod api-1 \(1×, out of memory\)\.$/,
    severity: "P2",
    notFound: [
      [
        "old restarts",
        [...line("container.restarts", apiPod, 7), ...line("container.oom", apiPod, 1)],
      ],
    ],
  },
  "subgraph-lag": {
    found: line("subgraph.lag", { deployment: "kit" }, (at) => Math.max(0, at * 2)),
    words: /^The subgraph \(kit\) is 120 blocks behind/,
    severity: "P3",
    notFound: [
      ["a few blocks", line("subgraph.lag", { deployment: "kit" }, 19)],
      ["catching up", line("subgraph.lag", { deployment: "kit" }, (at) => 200 - 2 * at)],
    ],
  },
  "transactions-failed": {
    found: [
      ...line("chain.sending.failures", { network: "kit" }, 0.05),
      ...line("chain.failures", { network: "kit" }, 0.2),
    ],
    words: /^Transactions could not be sent: 5 % on the mean\.$/,
    severity: "P1",
    notFound: [["one in two hundred", line("chain.sending.failures", { network: "kit" }, 0.005)]],
  },
};

describe.each(Object.entries(cases))(
  "%s",
  (id, { found, foundOptions, words, severity, notFound }) => {
    test("is found, with its evidence", () => {
      const [finding, ...others] = findings(found, foundOptions).filter((each) => each.id === id);
      expect(others).toEqual([]);
      expect(finding?.sentence).toMatch(words);
      expect(finding?.severity).toBe(severity);
      expect(finding?.evidence).toMatch(/\d/);
    });

    test.each(notFound.map(([why, observations, options]) => ({ why, observations, options })))(
      "is not found: $why",
      ({ observations, options }) => {
        expect(findings(observations, options).map((each) => each.id)).not.toContain(id);
      },
    );
  },
);

test("throttled pods before a surface that is fast are for information, not an alarm", () => {
  const web = line("container.throttling", { pod: "web-1", container: "web" }, 1);
  const [finding] = findings(web, slowApi);
  expect(finding).toMatchObject({ id: "pods-throttled", severity: "info" });
  expect(finding?.evidence).not.toContain("meanwhile");
});

test("late starts make it the generator's time", () => {
  const [finding] = findings(ingressOfApi(80), { ...slowApi, lagMs: 300 });
  expect(finding?.sentence).toContain("in the load generator");
  expect(finding?.evidence).toContain("300 ms late");
});

test("the server whose connections run out is named, and the queue before graph-node's queries", () => {
  const found = findings([
    ...line("postgres.connections.utilisation", { instance: "db:9187" }, 0.97),
    ...line("subgraph.semaphore.wait", {}, 140),
  ]);
  expect(found.map(({ sentence }) => sentence)).toEqual([
    expect.stringContaining("for their turn in graph-node"),
    expect.stringContaining("PostgreSQL (db:9187) had up to 97 % of its connections in use"),
  ]);
});

test("more than 5 % failed requests are no slow client: the errors are the finding", () => {
  const failing = { surface: "api", ratio: 0.2, outcome: "http_500" } as const;
  expect(findings(ingressOfApi(80), { ...slowApi, failing })).toEqual([]);
});

const verdictOf = (resource: string, observations: readonly Observation[], options?: TestRun) =>
  observed(observations, options).verdicts.find(
    ({ checkId }) => checkId === `platform.utilisation.${resource}`,
  );

const gap = (code: GapCode, sentence: string, ...queries: readonly string[]): GapEvent => ({
  type: "gap",
  at: loadStart,
  source: "prometheus",
  code,
  subjects: queries.length === 0 ? undefined : queries,
  sentence,
});

/** At 8, 23 and 38 s: the first looks back to the warm-up. */
const early = (name: string): Observation[] =>
  line(name, {}, 0.5)
    .map((each) => ({ ...each, at: each.at - 7000 }))
    .filter(({ at }) => at < loadStart + 40_000);

test.each([
  ["graph-node-combined", true],
  ["graph-node", true],
  ["graphite", false],
])("the ingress graph-node leads to the workload %s: %s", (subgraph, expected) => {
  const plan = { observers: ["prometheus"], workloads: { web: "dapp", api: "dapp", subgraph } };
  const run = testRun({ plan });
  const observations = line("ingress.p95", { ingress: "graph-node" }, 80);
  const data = { ...run, observations: [...run.observations, ...observations] };
  const found = ingressLine(platformContext(data, measure(data)), "subgraph");
  expect(found !== undefined).toBe(expected);
});

describe("utilisation above 80 %", () => {
  test.each([
    ["cpu", "container.cpu.utilisation", 0.9, "fail"],
    ["cpu", "node.cpu.utilisation", 0.5, "pass"],
    ["memory", "container.memory.utilisation", 0.81, "fail"],
    ["disk", "volume.utilisation", 0.79, "pass"],
    ["disk", "node.disk.busy", 0.95, "fail"],
    ["network", "node.network.transmit", 0.1, "pass"],
  ])("%s by %s at %d is a %s", (resource, name, value, outcome) => {
    const near = line(name, { instance: "n1" }, (at) => value + (at % 30 === 0 ? 0.002 : -0.002));
    const verdict = verdictOf(resource, [...near, ...line(name, { instance: "n2" }, 0.05)]);
    expect(verdict).toMatchObject({ outcome, limit: { value: 0.8 }, minimumCount: 3 });
    expect(verdict?.reason).toContain("busiest of 2 (n1)");
  });

  test("as often above as below is inconclusive", () => {
    const swinging = line("node.cpu.utilisation", {}, (at) => (at % 30 === 0 ? 0.95 : 0.65));
    expect(verdictOf("cpu", swinging)?.outcome).toBe("inconclusive");
  });

  test("a burst before the load is not judged", () => {
    const burst = line("node.cpu.utilisation", {}, (at) => (at < 5 ? 1 : 0.3));
    expect(verdictOf("cpu", burst)?.outcome).toBe("pass");
  });

  test("a rate that looks back on idle time is not judged, a share of space is", () => {
    expect(verdictOf("cpu", early("node.cpu.utilisation"))).toMatchObject({
      cause: "not-testable",
      reason: expect.stringContaining("rates look back 5 s"),
    });
    expect(verdictOf("disk", early("volume.utilisation"))?.outcome).toBe("pass");
  });

  test("a store that goes silent, or leaves a question open, passes nothing", () => {
    const long = { holdSeconds: 600 };
    expect(verdictOf("cpu", line("node.cpu.utilisation", {}, 0.3), long)).toMatchObject({
      cause: "not-testable",
      reason: expect.stringMatching(
        /^The metrics store saw \d+(\.\d+)? of 595 s of the judged time/,
      ),
    });
    expect(verdictOf("cpu", line("node.cpu.utilisation", {}, 0.9), long)?.outcome).toBe("fail");
    const failed = "the metrics store at http://m answered 422";
    for (const code of ["no-answer", "partial-answer"] as const)
      expect(
        verdictOf("cpu", line("node.cpu.utilisation", {}, 0.3), {
          events: [gap(code, failed, "container.cpu.utilisation")],
        }),
      ).toMatchObject({ cause: "not-testable", reason: expect.stringContaining(failed) });
    const others = [
      gap("no-answer", failed, "container.cpu"),
      gap("series-limit", "too many", "node.cpu.utilisation"),
      gap("unreachable", "at first"),
    ];
    expect(
      verdictOf("cpu", line("node.cpu.utilisation", {}, 0.3), { events: others })?.outcome,
    ).toBe("pass");
  });

  test("a line that is too short to be judged, and hot, is no pass", () => {
    const hot = line("node.cpu.utilisation", { instance: "n2" }, 1).slice(-2);
    const verdict = verdictOf("cpu", [
      ...line("node.cpu.utilisation", { instance: "n1" }, 0.3),
      ...hot,
    ]);
    expect(verdict).toMatchObject({
      cause: "not-testable",
      reason: expect.stringMatching(/^CPU use of n2 was above the limit in 2 of 3 values/),
    });
  });

  test("web is seen by what its documents are called", () => {
    const found = findings(line("ingress.p95", { ingress: "web" }, 20), { p95Ms: { web: 900 } });
    expect(found.map(({ id, surface }) => [id, surface])).toContainEqual([
      "client-slow-server-fast",
      "web",
    ]);
  });

  test("values nearer than 15 s count once", () => {
    const [first] = line("node.cpu.utilisation", {}, 0.3);
    if (first === undefined) throw new Error("a line has values");
    const dense = Array.from({ length: 12 }, (_, index) => ({
      ...first,
      at: loadStart + 10_000 + index * 2000,
    }));
    expect(verdictOf("cpu", dense)).toMatchObject({ cause: "not-testable" });
  });

  test("silence is not testable, with the store's own reason", () => {
    const failed = "the metrics store at http://m failed (500)";
    const events = [
      gap("no-samples", "it has no samples of node-exporter", "node.network.receive"),
      gap("no-answer", failed, "ingress.p95", "node.network.receive"),
    ];
    expect(verdictOf("network", [], { events })).toMatchObject({
      outcome: "not-applicable",
      cause: "not-testable",
      reason: expect.stringContaining(failed),
    });
    expect(verdictOf("disk", [], { events })?.reason).toContain(
      "no samples for node.disk.utilisation, node.disk.busy, volume.utilisation",
    );
    for (const code of ["unreachable", "not-started"] as const) {
      const reason = "the metrics store at http://m could not be reached (ECONNREFUSED)";
      const alone = [gap(code, reason)];
      expect(verdictOf("disk", [], { events: alone })?.reason).toContain(reason);
    }
  });
});

const seriesOf = (observations: readonly Observation[], chart: string, options?: TestRun) =>
  observed(observations, options).series.filter((each) => each.chart === chart);

describe("series", () => {
  test("client, ingress and server stand on one axis, in milliseconds", () => {
    const all = seriesOf(
      [...ingressOfApi(80), ...line("server.p95", { job: "dapp" }, 60)],
      "correlation",
    );
    expect(all.map(({ label, unit, surface }) => [label, unit, surface])).toEqual([
      ["Web pages at the client, p95", "ms", "web"],
      ["API reads at the client, p95", "ms", "api"],
      ["Subgraph queries at the client, p95", "ms", "subgraph"],
      ["Ingress api, p95", "ms", "api"],
      ["Server dapp, p95", "ms", undefined],
    ]);
    expect(all.flatMap(({ points }) => points).every(([, value]) => Number.isFinite(value))).toBe(
      true,
    );
  });

  test("an ingress before two surfaces belongs to neither", () => {
    const dapp = line("ingress.p95", { ingress: "kit-dapp" }, 80);
    const workloads = { web: "dapp", api: "dapp", subgraph: "graph-node" };
    const all = seriesOf(dapp, "correlation", { plan: { observers: ["prometheus"], workloads } });
    expect(all.find(({ label }) => label.startsWith("Ingress"))?.surface).toBeUndefined();
  });

  test("flat lines at nothing are no picture, the busiest of each resource is", () => {
    const quiet = [
      ...line("container.throttling", apiPod, 0),
      ...line("container.cpu.utilisation", apiPod, 0.2),
      ...line("container.cpu.utilisation", { pod: "api-2", container: "api" }, 0.3),
    ];
    expect(seriesOf(quiet, "CPU throttling")).toEqual([]);
    expect(seriesOf(quiet, "utilisation").map(({ label }) => label)).toEqual([
      "Cpu: api of pod api-2",
    ]);
    expect(seriesOf(line("container.throttling", apiPod, 0.3), "CPU throttling")).toHaveLength(1);
  });
});

/** Every query's line, each at a value that nothing passes over. */
const linesBut = (left?: string): Observation[] =>
  storeQueries
    .filter(({ id }) => id !== left)
    .flatMap(({ id }) => line(id, apiPod, (at) => (at > 0 ? 100 + at : 1)));

test.each(storeQueries.map(({ id }) => id))("%s feeds a check, a finding or a chart", (id) => {
  expect(observed(linesBut(id))).not.toEqual(observed(linesBut()));
});

/**
 * The metrics store as it is: Prometheus scrapes the sandbox's cluster, a page with every other name that we ask for,
 * and a run's results; k6 pushes into it. The dashboard and the alerts are read by the same server.
 */
import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openmetrics } from "../reports/openmetrics.ts";
import { reports } from "../reports/testdata/fixtures.ts";
import type { Observation } from "../src/domain/observation.ts";
import { observePrometheus } from "../src/observe/prometheus/observe-prometheus.ts";
import { promql } from "../src/observe/prometheus/expression.ts";
import { readAvailability } from "../src/observe/prometheus/availability.ts";
import { storeQueries } from "../profiles/platform/store-queries.ts";
import { startSandbox, type Sandbox } from "../sandbox/src/sandbox.ts";
import { freePort, listening } from "../src/testdata/free-port.ts";
import { killed } from "./headroom.ts";

const storeCommand = "prometheus";
const isThere = [storeCommand, "promtool", "k6"].every(
  (name) => spawnSync(name, [name === "k6" ? "version" : "--version"]).status === 0,
);
const mustRun = process.env["CI"] !== undefined && process.env["CI"] !== "";
if (!isThere && !mustRun)
  process.stderr.write(
    "SKIPPED: the metrics store; prometheus, promtool or k6 is missing (apt install prometheus)\n",
  );

const root = path.resolve(import.meta.dirname, "..");
const run = promisify(execFile);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What the sandbox's cluster tells; every other query must say why it has no answer. */
const ofTheSandbox = [
  "subgraph.pool.wait",
  "ingress.p95",
  "ingress.errors",
  "container.cpu.utilisation",
  "container.memory.utilisation",
  "container.throttling",
  "container.restarts",
  "container.oom",
];

/** The names that only other exporters have, with numbers whose answers are known; `t`: seconds since the page began. */
const exportersPage = (t: number): string =>
  `
http_server_request_duration_seconds_bucket{job_="a",le="0.1"} ${t * 90}
http_server_request_duration_seconds_bucket{job_="a",le="0.2"} ${t * 100}
http_server_request_duration_seconds_bucket{job_="a",le="+Inf"} ${t * 100}
btp_scs_portal_http_request_duration_seconds_sum{status_code="200"} ${t * 3}
btp_scs_portal_http_request_duration_seconds_count{status_code="200"} ${t * 95}
btp_scs_portal_http_request_duration_seconds_sum{status_code="500"} 0
btp_scs_portal_http_request_duration_seconds_count{status_code="500"} ${t * 5}
node_cpu_seconds_total{mode="idle",cpu="0"} ${t * 0.25}
node_memory_MemAvailable_bytes 2e9
node_memory_MemTotal_bytes 8e9
node_filesystem_avail_bytes{fstype="ext4",mountpoint="/"} 1e9
node_filesystem_size_bytes{fstype="ext4",mountpoint="/"} 1e10
node_filesystem_avail_bytes{fstype="tmpfs",mountpoint="/run"} 0
node_filesystem_size_bytes{fstype="tmpfs",mountpoint="/run"} 1e10
node_disk_io_time_seconds_total{device="sda"} ${t * 0.6}
node_network_receive_bytes_total{device="eth0"} ${t * 1.25e7}
node_network_transmit_bytes_total{device="eth0"} ${t * 1e8}
node_network_transmit_bytes_total{device="lo"} ${t * 9e9}
node_network_speed_bytes{device="eth0"} 1.25e8
node_network_speed_bytes{device="veth1"} -1
kubelet_volume_stats_used_bytes{persistentvolumeclaim="data"} 9e9
kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="data"} 1e10
pg_stat_activity_count{state="active"} 40
pg_stat_activity_count{state="idle"} 50
pg_settings_max_connections 100
store_connection_wait_time_ms{pool="main",shard="primary"} 150
query_semaphore_wait_ms 3
ethereum_chain_head_number{network="kit"} 1000
deployment_head{network="kit",deployment="Qm1",shard="primary"} 958
erpc_network_request_duration_seconds_bucket{network="kit",category="eth_sendRawTransaction",le="0.5"} ${t * 10}
erpc_network_request_duration_seconds_bucket{network="kit",category="eth_sendRawTransaction",le="+Inf"} ${t * 10}
erpc_network_request_duration_seconds_count{network="kit",category="eth_sendRawTransaction"} ${t * 10}
erpc_network_failed_request_total{network="kit",category="eth_sendRawTransaction"} ${t}
`.trimStart();

/** Answers that follow from the numbers above; graph-node's lag is 1000 − 958 blocks. */
const knownAnswers = {
  "server.p95": 150,
  "portal.mean": 30,
  "portal.errors": 0.05,
  "node.cpu.utilisation": 0.75,
  "node.memory.utilisation": 0.75,
  "node.disk.utilisation": 0.9,
  "node.disk.busy": 0.6,
  "node.network.receive": 0.1,
  "node.network.transmit": 0.8,
  "volume.utilisation": 0.9,
  "postgres.connections.utilisation": 0.9,
  "subgraph.pool.wait": 150,
  "subgraph.lag": 42,
  "chain.failures": 0.1,
  "chain.sending.failures": 0.1,
} as const;

/** k6 with the outputs that a pushed run has: the samples for us, and the remote write. */
const scenario = `
import { Counter, Trend } from "k6/metrics";
import { sleep } from "k6";
const response = new Trend("response", true);
const page = new Trend("page", true);
const lag = new Trend("lag", true);
export const options = { systemTags: ["scenario", "name", "status"], scenarios: { hold_reads: { executor: "constant-vus", vus: 2, duration: "5s" } } };
export default function () {
  response.add(100 + 100 * Math.random(), { surface: "api", kind: "read", endpoint: "token.read", outcome: "ok" });
  page.add(900, { surface: "web", kind: "page", endpoint: "dashboard", outcome: "ok" });
  lag.add(1);
  sleep(0.05);
}`;

describe.skipIf(!isThere && !mustRun)("a real Prometheus", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "headroom-metrics-"));
  const began = Date.now();
  let sandbox: Sandbox | undefined;
  let pages: Server | undefined;
  let store: ChildProcess | undefined;
  let url: string;

  beforeAll(async () => {
    sandbox = await startSandbox({ cluster: { scale: 1 }, seed: 5, log: () => undefined });
    pages = createServer(({ url: asked }, response) => {
      const isResults = asked === "/results";
      const type = isResults
        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
        : "text/plain; version=0.0.4";
      response.setHeader("content-type", type);
      response.end(
        isResults ? openmetrics(reports.pass) : exportersPage((Date.now() - began) / 1000),
      );
    });
    const pagesPort = await listening(pages);
    const metricsUrl = new URL(sandbox.cluster?.metricsUrl ?? "");
    writeFileSync(
      path.join(folder, "prometheus.yml"),
      scrapeConfig({ sandbox: metricsUrl.host, pages: `127.0.0.1:${pagesPort}` }),
    );
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    store = spawn(
      storeCommand,
      [
        `--config.file=${path.join(folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${path.join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--web.enable-remote-write-receiver",
        "--enable-feature=native-histograms",
        "--log.level=error",
      ],
      { stdio: "ignore" },
    );
    await isReady(url);
    await Promise.all([loadFor(12_000, sandbox), pushed()]);
    // A rate looks back 6 s, from a step of 5 s.
    await eventually(async () => {
      const [scrapes] = await ask("count_over_time(node_cpu_seconds_total[14s])");
      return (scrapes?.value ?? 0) >= 13;
    });
  }, 50_000);

  afterAll(async () => {
    await killed(store);
    pages?.closeAllConnections();
    pages?.close();
    await sandbox?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** k6 writes into the store while the sandbox is loaded. @returns when it has ended */
  async function pushed(): Promise<void> {
    const file = path.join(folder, "scenario.js");
    writeFileSync(file, scenario);
    const { stdout, stderr } = await run(
      "k6",
      [
        "run",
        "--out=csv=-",
        "--out=experimental-prometheus-rw",
        "--quiet",
        "--summary-mode=disabled",
        "--no-usage-report",
        "--no-color",
        file,
      ],
      {
        env: {
          ...process.env,
          K6_PROMETHEUS_RW_SERVER_URL: `${url}/api/v1/write`,
          K6_PROMETHEUS_RW_PUSH_INTERVAL: "1s",
          K6_PROMETHEUS_RW_STALE_MARKERS: "false",
          K6_FEATURES: "native-histograms",
          XDG_CONFIG_HOME: folder,
        },
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    expect(stderr).not.toContain("Failed to send");
    expect(stdout.split("\n").filter((row) => row.startsWith("response,")).length).toBeGreaterThan(
      100,
    );
  }

  async function ask(query: string): Promise<{ metric: Record<string, string>; value: number }[]> {
    const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
    const answer = (await response.json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return answer.data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  async function observed(labels: Record<string, string>, rateWindowMs?: number) {
    const rateWindows: number[] = [];
    const observations: Observation[] = [];
    const gaps: string[] = [];
    const observer = await observePrometheus(
      {
        settings: { url, labels },
        rateWindowMs,
        from: () => Date.now() - 15_000,
      },
      {
        observation: (each) => {
          if (each.name === "store.rate.window") rateWindows.push(each.value);
          else observations.push(each);
        },
        gap: ({ sentence }) => gaps.push(sentence),
      },
    );
    const started = performance.now();
    await observer.stop();
    return { observations, gaps, rateWindows, tookMs: performance.now() - started };
  }

  test("the sandbox's cluster answers its queries, every other says why not", async () => {
    const { observations, gaps, rateWindows, tookMs } = await observed({
      job: "sandbox",
      namespace: "atk",
    });
    // Its scrapes of the last two minutes are those of the last half: the store is young.
    expect(rateWindows).toEqual([expect.toSatisfy((ms: number) => ms >= 20_000 && ms <= 60_000)]);
    expect(tookMs).toBeLessThan(10_000);
    const names = [...new Set(observations.map(({ name }) => name))];
    expect(names.toSorted()).toEqual(ofTheSandbox.toSorted());
    const silent = storeQueries.filter(({ id }) => !names.includes(id));
    const words = gaps.join("\n").split(/[^\w.]+/);
    expect(silent.filter(({ id }) => !words.includes(id))).toEqual([]);
    expect(gaps.length).toBeLessThanOrEqual(10);
    const of = (name: string): Observation[] => observations.filter((each) => each.name === name);
    expect(new Set(of("ingress.p95").map(({ labels }) => labels["ingress"]))).toEqual(
      new Set(["web", "api", "subgraph"]),
    );
    for (const { value, unit } of of("ingress.p95")) {
      expect(unit).toBe("ms");
      expect(value).toBeGreaterThan(1);
      expect(value).toBeLessThanOrEqual(10_000);
    }
    const used = of("container.cpu.utilisation");
    expect(used.every(({ value }) => value >= 0 && value <= 1.5)).toBe(true);
  });

  test("every query of the platform's and the exporters' names has the answer that follows from the numbers", async () => {
    // The page is younger than a minute: a rate over one would be too low.
    const { observations, gaps } = await observed({ job: "exporters" }, 6000);
    const names = new Set(observations.map(({ name }) => name));
    const elsewhere = new Set(ofTheSandbox);
    const silent = storeQueries.filter(({ id }) => !names.has(id) && !elsewhere.has(id));
    expect({ silent: silent.map(({ id }) => id), gaps }).toMatchObject({ silent: [] });
    for (const [name, expected] of Object.entries(knownAnswers)) {
      const last = observations.findLast((each) => each.name === name);
      expect([name, last?.value]).toEqual([name, expect.closeTo(expected, expected > 1 ? 0 : 2)]);
    }
    expect(
      observations
        .filter(({ name }) => name === "node.disk.utilisation")
        .map(({ labels }) => labels["mountpoint"]),
    ).not.toContain("/run");
  });

  test("requests good and all, for the error budget", async () => {
    const counts = await readAvailability({ url, labels: { job: "sandbox" } }, 1, {
      now: () => Date.now() + 300_000,
    });
    // The load may lie on both sides of a border between two stretches.
    const total = counts.reduce((sum, each) => sum + each.total, 0);
    const good = counts.reduce((sum, each) => sum + each.good, 0);
    expect(total).toBeGreaterThan(100);
    expect(good).toBeGreaterThan(0.9 * total);
    expect(good).toBeLessThanOrEqual(total);
  });

  test("a question that it cannot read is its 400, in its words", async () => {
    const observations: Observation[] = [];
    const gaps: string[] = [];
    const [first] = storeQueries;
    if (first === undefined) throw new Error("there are queries");
    const observer = await observePrometheus(
      {
        settings: { url, labels: {} },
        from: () => Date.now(),
        queries: [{ ...first, id: "broken", expression: "sum(((" }],
      },
      {
        observation: (each) => observations.push(each),
        gap: ({ sentence }) => gaps.push(sentence),
      },
    );
    await observer.stop();
    expect(gaps).toEqual([
      expect.stringMatching(/refused it \(400\): .*parse error.*: queries broken$/),
    ]);
  });

  test("it scrapes a run's results as OpenMetrics", async () => {
    expect(await ask('up{job="results"}')).toMatchObject([{ value: 1 }]);
    const outcomes = await ask('headroom_run_outcome{outcome="pass"}');
    expect(outcomes).toMatchObject([{ value: 1, metric: { profile: "nightly" } }]);
  });

  test("native histograms of k6 give a p95 over all of a surface's endpoints", async () => {
    const [p95] = await ask(
      "histogram_quantile(0.95, sum by (surface) (rate(k6_response_seconds[60s])))",
    );
    expect(p95).toMatchObject({ metric: { surface: "api" } });
    expect(p95?.value).toBeGreaterThan(0.18);
    expect(p95?.value).toBeLessThan(0.21);
  });

  describe("the dashboard", () => {
    const expressions = dashboardExpressions();

    test("has queries, each of which the server can read", async () => {
      expect(expressions.length).toBeGreaterThan(20);
      for (const { title, expression } of expressions) {
        const response = await fetch(
          `${url}/api/v1/format_query?${new URLSearchParams({ query: expression })}`,
        );
        expect([title, await response.json()]).toEqual([
          title,
          expect.objectContaining({ status: "success" }),
        ]);
      }
    });

    test("asks for nothing that nobody has", async () => {
      const response = await fetch(`${url}/api/v1/label/__name__/values`);
      const { data } = (await response.json()) as { data: string[] };
      const asked = expressions.flatMap(({ expression }) => [
        ...expression.matchAll(/\b((?:headroom|kube|container|nginx|k6)_[a-z0-9_]+)\b/g),
      ]);
      const unknown = asked.map(([, name = ""]) => name).filter((name) => !data.includes(name));
      // Statistics instead of native histograms, real requests and drops: this k6 had none of them.
      expect([...new Set(unknown)].toSorted()).toEqual([
        "k6_dropped_iterations_total",
        "k6_http_reqs_total",
        "k6_lag_p99",
        "k6_page_p95",
        "k6_response_p95",
      ]);
    });
  });

  test("promtool reads the alerts and the scrape configuration", async () => {
    expect((await promtool("rules", "headroom-alerts.yaml")).stdout).toContain("3 rules found");
    expect((await promtool("config", "sandbox.yaml")).stdout).toContain("SUCCESS");
  });

  test("every query is PromQL, with labels and without", async () => {
    for (const { id, expression, scope } of storeQueries) {
      for (const labels of [undefined, { namespace: 'k"it', cluster: "one" }]) {
        const query = promql(expression, { labels: labels ?? {}, scope, window: "60s" });
        const response = await fetch(
          `${url}/api/v1/format_query?${new URLSearchParams({ query })}`,
        );
        expect([id, response.status]).toEqual([id, 200]);
      }
    }
  });
});

const promtool = (what: string, file: string) =>
  run("promtool", ["check", what, path.join(root, "deploy", "prometheus", file)]);

/** Every expression of the dashboard, Grafana's variables filled in. */
function dashboardExpressions(): { title: string; expression: string }[] {
  const file = path.join(root, "deploy", "grafana", "headroom.json");
  const { panels } = JSON.parse(readFileSync(file, "utf8")) as {
    panels: { title: string; targets?: { expr: string }[] }[];
  };
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      title,
      expression: expr.replaceAll("$__rate_interval", "1m").replaceAll(/\$[a-z]+/g, ".*"),
    })),
  );
}

const scrapeConfig = ({ sandbox, pages }: { sandbox: string; pages: string }): string => `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - { job_name: sandbox, static_configs: [{ targets: ["${sandbox}"] }] }
  - { job_name: exporters, metrics_path: /exporters, static_configs: [{ targets: ["${pages}"] }] }
  - { job_name: results, metrics_path: /results, static_configs: [{ targets: ["${pages}"] }] }
`;

/** A few requests at a time to each surface; what they answer does not matter, that they are counted does. */
async function loadFor(ms: number, { urls }: Sandbox): Promise<void> {
  const until = Date.now() + ms;
  const json = { "content-type": "application/json" };
  const query = JSON.stringify({ query: "{ tokens(first: 3) { id } }" });
  const asks = [
    () => fetch(`${urls.web}/auth/sign-in`),
    () => fetch(`${urls.api}/api/rpc/token/list`, { method: "POST", headers: json, body: "{}" }),
    () => fetch(urls.subgraph, { method: "POST", headers: json, body: query }),
  ];
  const users = asks.map(async (ask) => {
    while (Date.now() < until) {
      const response = await ask();
      await response.arrayBuffer();
      await sleep(30);
    }
  });
  await Promise.all(users);
}

async function isReady(url: string): Promise<void> {
  await eventually(async () => {
    const response = await fetch(`${url}/-/ready`).catch(() => undefined);
    return response?.ok === true;
  });
}

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await isSo()) return;
    await sleep(200);
  }
  throw new Error("it did not come about within 20 s");
}

/**
 * Stores as they are: VictoriaMetrics and Prometheus 3, filled with series whose right answers are known, asked by
 * Headroom's own client and queries. Built by `.ci/run` from their Go modules into the cache; skipped loudly without.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Observation } from "../src/domain/observation.ts";
import { readAvailability } from "../src/observe/prometheus/availability.ts";
import { observePrometheus } from "../src/observe/prometheus/observe-prometheus.ts";
import { storeQueries } from "../profiles/platform/store-queries.ts";
import { killed } from "./headroom.ts";
import { freePort } from "../src/testdata/free-port.ts";

const cache = process.env["HEADROOM_CACHE"] ?? path.join(homedir(), ".cache", "headroom");
const binaryOf = (name: string): string => path.join(cache, "stores", name);
const names = ["victoria-metrics", "prometheus-3"] as const;
const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;
const isThere = (name: string): boolean =>
  existsSync(binaryOf(name)) && (name !== "prometheus-3" || hasPromtool);
for (const name of names)
  if (!isThere(name))
    process.stderr.write(
      `SKIPPED: ${name} is not in ${path.join(cache, "stores")} (.ci/run builds it with Go)\n`,
    );

const stepMs = 15_000;
const minuteMs = 60_000;
/** The series end now, on a whole stretch of five minutes. */
const end = Math.floor(Date.now() / (5 * minuteMs)) * 5 * minuteMs;
const start = end - 40 * minuteMs;

interface Line {
  readonly name: string;
  readonly labels: string;
  /** Absent: no sample. @param minute since the start */
  readonly value: (minute: number) => number | undefined;
}

const request = (status: string, value: Line["value"]): Line => ({
  name: "nginx_ingress_controller_requests",
  labels: `namespace="kit",ingress="api",status="${status}",controller_pod="a"`,
  value,
});
const cpu = (labels: string): Line => ({
  name: "container_cpu_usage_seconds_total",
  labels: `namespace="kit",pod="api-1",container="api",${labels}`,
  value: (minute) => minute * 30,
});
const gauge = (name: string, labels: string, value: number): Line => ({
  name,
  labels,
  value: () => value,
});

const lines: readonly Line[] = [
  request("200", (minute) => minute * 40),
  // Thirty failures at once, in a series that appears with them, 12 minutes before the end.
  request("500", (minute) => (minute < 28 ? undefined : 30)),
  cpu('id="/kubepods/x"'),
  cpu('id="/docker/y/kubepods/x"'),
  cpu('metrics_path="/metrics/resource"'),
  gauge("container_spec_cpu_quota", 'namespace="kit",pod="api-1",container="api"', 100_000),
  gauge("container_spec_cpu_period", 'namespace="kit",pod="api-1",container="api"', 100_000),
  ...(["root", "data"] as const).flatMap((name) => {
    const labels = `instance="n1",device="/dev/${name}",mountpoint="/${name}",fstype="ext4"`;
    return [
      gauge("node_filesystem_size_bytes", labels, 100),
      gauge("node_filesystem_avail_bytes", labels, name === "root" ? 0 : 90),
      gauge("node_filesystem_readonly", labels, name === "root" ? 1 : 0),
    ];
  }),
  // Nothing happened: nobody asked the portal anything.
  gauge("btp_scs_portal_http_request_duration_seconds_sum", 'namespace="kit"', 0),
  gauge("btp_scs_portal_http_request_duration_seconds_count", 'namespace="kit"', 0),
];

/** @param secondsOrMs OpenMetrics counts in seconds, the import of VictoriaMetrics in milliseconds */
function exposition(secondsOrMs: "seconds" | "ms"): string {
  const rows: string[] = [];
  for (const name of new Set(lines.map((line) => line.name))) {
    if (secondsOrMs === "seconds") rows.push(`# TYPE ${name} gauge`);
    for (const line of lines.filter((each) => each.name === name))
      for (let at = start; at <= end; at += stepMs) {
        const known = line.value((at - start) / minuteMs);
        if (known === undefined) continue;
        const stamp = secondsOrMs === "seconds" ? at / 1000 : at;
        rows.push(`${name}{${line.labels}} ${known} ${stamp}`);
      }
  }
  return `${rows.join("\n")}\n${secondsOrMs === "seconds" ? "# EOF\n" : ""}`;
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await isTrue().catch(() => false))) {
    if (Date.now() > deadline) throw new Error("the store did not become ready within 30 s");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** @returns the process and its address, its series in it */
async function started(
  name: (typeof names)[number],
  folder: string,
): Promise<{ readonly store: ChildProcess; readonly url: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const data = path.join(folder, "data");
  if (name === "victoria-metrics") {
    const flags = [`-storageDataPath=${data}`, `-httpListenAddr=127.0.0.1:${port}`];
    const store = spawn(binaryOf(name), flags, { stdio: "ignore" });
    await until(async () => (await fetch(`${url}/health`)).ok);
    const body = exposition("ms");
    await fetch(`${url}/api/v1/import/prometheus`, { method: "POST", body });
    await until(async () => (await (await fetch(`${url}/internal/force_flush`)).text()) === "");
    return { store, url };
  }
  const file = path.join(folder, "series.txt");
  writeFileSync(file, exposition("seconds"));
  writeFileSync(path.join(folder, "prometheus.yml"), "");
  spawnSync("promtool", ["tsdb", "create-blocks-from", "openmetrics", file, data]);
  const flags = [
    `--config.file=${path.join(folder, "prometheus.yml")}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--log.level=error",
  ];
  const store = spawn(binaryOf(name), flags, { stdio: "ignore" });
  await until(async () => (await fetch(`${url}/-/ready`)).ok);
  return { store, url };
}

describe.each(names.filter(isThere))("%s", (name) => {
  const folder = mkdtempSync(path.join(tmpdir(), "headroom-store-"));
  let store: ChildProcess | undefined;
  let url: string;

  beforeAll(async () => {
    ({ store, url } = await started(name, folder));
  }, 60_000);

  afterAll(async () => {
    await killed(store);
    rmSync(folder, { recursive: true, force: true });
  });

  async function observed(ids: readonly string[]) {
    const observations: Observation[] = [];
    const gaps: string[] = [];
    const running = await observePrometheus(
      {
        settings: { url, labels: { namespace: "kit" } },
        from: () => end - 15 * minuteMs,
        rateWindowMs: minuteMs,
        queries: storeQueries.filter(({ id }) => ids.includes(id)),
      },
      {
        observation: (each) => void observations.push(each),
        gap: ({ sentence }) => void gaps.push(sentence),
      },
    );
    await running.stop();
    const valuesOf = (id: string): number[] =>
      observations.filter(({ name: each }) => each === id).map(({ value }) => value);
    return { valuesOf, gaps };
  }

  test("a burst in a new series takes from the error budget, once", async () => {
    const stretches = await readAvailability({ url, labels: { namespace: "kit" } }, 30 / 1440, {
      now: () => end,
    });
    const failed = stretches.map(({ total, good }) => total - good);
    expect(failed.reduce((sum, each) => sum + each, 0)).toBeCloseTo(30, 0);
    expect(failed.filter((each) => each > 1)).toHaveLength(1);
    expect(stretches.at(-1)?.total).toBeGreaterThan(190);
    expect(stretches.at(-1)?.total).toBeLessThan(210);
  });

  test("and is a share of the ingress' requests while it lasts", async () => {
    const { valuesOf } = await observed(["ingress.errors"]);
    expect(Math.max(...valuesOf("ingress.errors"))).toBeGreaterThan(0.35);
    expect(Math.max(...valuesOf("ingress.errors"))).toBeLessThan(0.5);
    expect(valuesOf("ingress.errors").at(-1)).toBe(0);
  });

  test("what exists three times counts once; read-only file systems do not count", async () => {
    const { valuesOf } = await observed(["container.cpu.utilisation", "node.disk.utilisation"]);
    expect(Math.max(...valuesOf("container.cpu.utilisation"))).toBeCloseTo(0.5, 2);
    expect(new Set(valuesOf("node.disk.utilisation").map((each) => each.toFixed(3)))).toEqual(
      new Set(["0.100"]),
    );
  });

  test("a quotient without anything to divide by is a gap that says so", async () => {
    const { valuesOf, gaps } = await observed(["portal.mean"]);
    expect(valuesOf("portal.mean")).toEqual([]);
    expect(gaps.join("\n")).toMatch(/nothing (?:happened )?to divide by/);
  });
});

test.skipIf(names.some(isThere))("no store in the cache", () => {
  expect(names.filter(isThere)).toEqual([]);
});

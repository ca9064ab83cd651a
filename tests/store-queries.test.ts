/**
 * Every figure that Headroom asks a store for, computed by Prometheus' own engine from series whose right answer is
 * known: bursts in new series, series that exist twice, file systems that are full by design.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { usageQueries } from "../profiles/platform/usage-queries.ts";
import { promql } from "../src/observe/prometheus/expression.ts";
import { availabilityQueries, storeQueries } from "../profiles/platform/store-queries.ts";

const isThere = spawnSync("promtool", ["--version"]).status === 0;
const mustRun = process.env["CI"] !== undefined && process.env["CI"] !== "";
if (!isThere && !mustRun)
  process.stderr.write(
    "SKIPPED: queries against promtool, which is missing (apt install prometheus)\n",
  );

const folder = mkdtempSync(path.join(tmpdir(), "headroom-promtool-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Series = Readonly<Record<string, string>>;
interface Expected {
  readonly value: number;
  readonly labels?: string;
}

const inNamespace = (template: string, window: string): string =>
  promql(template, { labels: { namespace: "kit" }, window, scope: "namespace" });

function query(id: string): string {
  const found = storeQueries.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no query ${id}`);
  const { expression, scope } = found;
  return promql(expression, { labels: { namespace: "kit" }, window: "60s", scope });
}

/** Series in promtool's notation, a value every 15 s. @returns what the engine answers instead; empty: as expected */
function mismatch(
  series: Series,
  expression: string,
  at: string,
  expected: readonly Expected[],
): string {
  const file = path.join(folder, "test.yml");
  const content = {
    evaluation_interval: "15s",
    tests: [
      {
        interval: "15s",
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: [
          {
            // promtool compares exactly; the figures are sums of fractions.
            expr: `round(${expression}, 0.001)`,
            eval_time: at,
            exp_samples: expected.map(({ value, labels = "{}" }) => ({ labels, value })),
          },
        ],
      },
    ],
  };
  writeFileSync(file, JSON.stringify(content));
  const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", file], {
    encoding: "utf8",
  });
  return status === 0 ? "" : `${stdout}${stderr}`;
}

const requests = (status: string, pod = "a"): string =>
  `nginx_ingress_controller_requests{namespace="kit",ingress="api",status="${status}",controller_pod="${pod}"}`;

/** Of 40 requests a minute: `rate` lets a new series begin so much before its first value. */
const halfAnInterval = 5;

/** 40 good requests a minute; 30 failures in a series that appears with them. */
const burst: Series = { [requests("200")]: "0+10x80", [requests("500")]: "_x22 30+0x60" };

const inTwoReplicas = (name: string, values: string, labels = ""): Series => ({
  [`${name}{namespace="kit",instance="db",${labels}replica="0"}`]: values,
  [`${name}{namespace="kit",instance="db",${labels}replica="1"}`]: values,
});

const databaseSize = (instance: string): string =>
  `pg_database_size_bytes{namespace="kit",datname="kit",instance="${instance}"}`;

const disk = (metric: string, mountpoint: string): string =>
  `node_filesystem_${metric}{instance="n1",device="/dev/${mountpoint}",mountpoint="/${mountpoint}",fstype="ext4"}`;

const fileSystem = (mountpoint: string, available: string, readonly: string): Series => ({
  [disk("size_bytes", mountpoint)]: "100+0x40",
  [disk("avail_bytes", mountpoint)]: available,
  [disk("readonly", mountpoint)]: readonly,
});

describe.runIf(isThere || mustRun)("a burst of failures in a series that is new", () => {
  test("is a share of the ingress' requests", () => {
    expect(
      mismatch(burst, query("ingress.errors"), "6m15s", [
        { value: 0.429, labels: '{ingress="api"}' },
      ]),
    ).toBe("");
  });

  test("takes from the error budget", () => {
    expect(
      mismatch(burst, inNamespace(availabilityQueries.total, "300s"), "10m", [{ value: 230 }]),
    ).toBe("");
    expect(
      mismatch(burst, inNamespace(availabilityQueries.good, "300s"), "10m", [{ value: 200 }]),
    ).toBe("");
  });

  test("counts once, in the stretch in which it came", () => {
    expect(
      mismatch(burst, inNamespace(availabilityQueries.total, "300s"), "15m", [{ value: 200 }]),
    ).toBe("");
  });

  test("a restarted ingress begins anew: its first requests count", () => {
    const restarted: Series = {
      [requests("200", "a")]: "0+10x20 _x60",
      [requests("200", "b")]: "_x24 50+10x56",
      [requests("502", "b")]: "_x24 6+0x56",
    };
    expect(
      mismatch(restarted, inNamespace(availabilityQueries.good, "300s"), "10m", [
        { value: 210 + halfAnInterval },
      ]),
    ).toBe("");
  });

  test("an ingress that was not scraped before adds nothing that it counted then", () => {
    const old: Series = { [requests("200")]: "_x24 1000000+10x56" };
    expect(
      mismatch(old, inNamespace(availabilityQueries.total, "300s"), "10m", [
        { value: 160 + halfAnInterval },
      ]),
    ).toBe("");
  });
});

const cpu = (labels: string): string =>
  `container_cpu_usage_seconds_total{namespace="kit",pod="api-1",container="api",${labels}}`;
const limit = {
  [`container_spec_cpu_quota{namespace="kit",pod="api-1",container="api"}`]: "100000+0x40",
  [`container_spec_cpu_period{namespace="kit",pod="api-1",container="api"}`]: "100000+0x40",
};
/** Half a core. */
const half = "0+7.5x40";

describe.runIf(isThere || mustRun)("what exists twice counts once", () => {
  test.each<[string, Series]>([
    ["scraped once", { [cpu('id="/kubepods/x"')]: half }],
    [
      "both endpoints of the kubelet",
      { [cpu('id="/kubepods/x"')]: half, [cpu('metrics_path="/metrics/resource"')]: half },
    ],
    [
      "nested control groups",
      { [cpu('id="/kubepods/x"')]: half, [cpu('id="/docker/y/kubepods/x"')]: half },
    ],
    [
      "two replicas of the store",
      { [cpu('prometheus_replica="0"')]: half, [cpu('prometheus_replica="1"')]: half },
    ],
  ])("CPU of a container, %s", (_reason, series) => {
    expect(
      mismatch({ ...series, ...limit }, query("container.cpu.utilisation"), "5m", [
        { value: 0.5, labels: '{container="api",pod="api-1"}' },
      ]),
    ).toBe("");
  });

  test("connections of PostgreSQL, two replicas of the store", () => {
    const series = {
      ...inTwoReplicas("pg_stat_activity_count", "20+0x40", 'datname="kit",state="active",'),
      ...inTwoReplicas("pg_stat_activity_count", "10+0x40", 'datname="kit",state="idle",'),
      ...inTwoReplicas("pg_settings_max_connections", "100+0x40"),
    };
    expect(
      mismatch(series, query("postgres.connections.utilisation"), "5m", [
        { value: 0.3, labels: '{instance="db"}' },
      ]),
    ).toBe("");
  });

  test("use of compute for a plan", () => {
    const series: Series = {
      [cpu('id="/kubepods/x"')]: "0+7.5x5760",
      [cpu('metrics_path="/metrics/resource"')]: "0+7.5x5760",
      'kube_node_status_allocatable{node="n1",resource="cpu"}': "2+0x5760",
      'kube_node_status_allocatable{node="n1",resource="cpu",replica="1"}': "2+0x5760",
    };
    expect(mismatch(series, usageQueries.compute, "24h", [{ value: 0.25 }])).toBe("");
  });

  test("a database with two replicas is stored once", () => {
    expect(
      mismatch(
        { [databaseSize("primary")]: "500+0x40", [databaseSize("standby")]: "500+0x40" },
        usageQueries.database,
        "5m",
        [{ value: 500 }],
      ),
    ).toBe("");
  });
});

test.runIf(isThere || mustRun)("a read-only file system is full by design", () => {
  expect(
    mismatch(
      { ...fileSystem("root", "0+0x40", "1+0x40"), ...fileSystem("data", "90+0x40", "0+0x40") },
      query("node.disk.utilisation"),
      "5m",
      [{ value: 0.1, labels: '{instance="n1",mountpoint="/data"}' }],
    ),
  ).toBe("");
});

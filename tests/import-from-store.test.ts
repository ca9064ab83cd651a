/**
 * A run of two k6 processes that push into real stores with native histograms and write CSV beside: what is imported from a
 * store is what the samples say, as far as a store can say it.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { realK6 } from "../src/engine/testdata/real-k6.ts";
import { importFromStore, type StoreImportRequest } from "../src/store/import-store.ts";
import { freePort, listening } from "../src/testdata/free-port.ts";
import { killed } from "./headroom.ts";

const cache = process.env["HEADROOM_CACHE"] ?? path.join(homedir(), ".cache", "headroom");
const binaryOf = (name: string): string => path.join(cache, "stores", name);
const stores = ["victoria-metrics", "prometheus-3"] as const;
const isThere = (name: string): boolean => existsSync(binaryOf(name));
for (const name of stores)
  if (!isThere(name))
    process.stderr.write(`SKIPPED: ${name} is not in ${path.join(cache, "stores")}\n`);

const k6Path = await realK6();
const folder = mkdtempSync(path.join(tmpdir(), "headroom-import-store-"));
const running: ChildProcess[] = [];
let target: Server;
let targetUrl = "";

const script = `
import http from "k6/http";
export const options = {
  scenarios: { steady: { executor: "constant-arrival-rate", rate: 30, timeUnit: "1s", duration: "6s", preAllocatedVUs: 20 } },
};
export default function () {
  http.get(__ENV.TARGET, { tags: { surface: "api", name: "read" } });
}
`;

/** Every 18th answer is a 500, every 40th none. */
function answering(): Server {
  let count = 0;
  return createServer((_, response) => {
    const index = count++;
    setTimeout(
      () => {
        response.statusCode = index % 18 === 17 ? 500 : 200;
        if (index % 40 === 39) response.socket?.destroy();
        else response.end("x");
      },
      20 + (index % 30) * 4,
    );
  });
}

async function startStore(name: (typeof stores)[number]): Promise<string> {
  const port = await freePort();
  const data = path.join(folder, name);
  const configuration = path.join(folder, "prometheus.yml");
  writeFileSync(configuration, "");
  const flags = {
    // By default it shows the last 30 s late: the import waits for them, this test does not.
    "victoria-metrics": [
      `-storageDataPath=${data}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      "-search.latencyOffset=0s",
    ],
    "prometheus-3": [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--web.enable-remote-write-receiver",
      "--log.level=error",
    ],
  };
  running.push(spawn(binaryOf(name), flags[name], { stdio: "ignore" }));
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(
    async () => expect((await fetch(`${url}/api/v1/query?query=1`)).status).toBe(200),
    { timeout: 20_000, interval: 200 },
  );
  return url;
}

async function load(
  url: string,
  testrun: string,
  instance: number,
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const csv = path.join(folder, `${testrun}-${instance}-${new URL(url).port}.csv`);
  const file = path.join(folder, "script.js");
  writeFileSync(file, script);
  const tags = ["--tag", `instance_id=${instance}`, "--tag", `testrun_name=${testrun}`];
  const outputs = ["-o", `csv=${csv}`, "-o", "experimental-prometheus-rw"];
  const k6 = spawn(
    k6Path ?? "",
    ["run", "-q", "--summary-mode=disabled", ...tags, ...outputs, file],
    {
      stdio: "ignore",
      env: {
        ...process.env,
        TARGET: targetUrl,
        K6_PROMETHEUS_RW_SERVER_URL: `${url}/api/v1/write`,
        K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM: "true",
        K6_PROMETHEUS_RW_PUSH_INTERVAL: "1s",
        ...variables,
      },
    },
  );
  running.push(k6);
  await once(k6, "exit");
  return csv;
}

interface Sample {
  readonly ms: number;
  readonly status: string;
}
function samplesOf(csv: string): readonly Sample[] {
  const [header = "", ...rows] = readFileSync(csv, "utf8").split("\n");
  const status = header.split(",").indexOf("status");
  return rows
    .filter((row) => row.startsWith("http_req_duration,"))
    .map((row) => row.split(","))
    .map((fields) => ({ ms: Number(fields[2]), status: fields[status] ?? "" }));
}

beforeAll(async () => {
  target = answering();
  targetUrl = `http://127.0.0.1:${await listening(target)}/`;
});
afterAll(async () => {
  for (const each of running) await killed(each);
  target.closeAllConnections();
  target.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(k6Path === undefined).each(stores.filter(isThere))("%s", (name) => {
  let url = "";
  let samples: readonly Sample[] = [];
  const imported = (changes: Partial<StoreImportRequest> = {}) =>
    importFromStore({
      store: { url, labels: {} },
      labels: { testrun_name: "load" },
      profile: "nightly",
      environment: "staging",
      runners: 2,
      // As if a minute later.
      now: Date.now() + 61_000,
      ...changes,
    });

  beforeAll(async () => {
    url = await startStore(name);
    const csv = await Promise.all([
      load(url, "load", 1),
      load(url, "load", 2),
      load(url, "statistics", 1, { K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM: "false" }),
    ]);
    samples = csv.slice(0, 2).flatMap(samplesOf);
    // VictoriaMetrics shows what it was sent after a moment.
    await new Promise((resolve) => setTimeout(resolve, 6000));
  }, 60_000);

  test("its counts are those of the samples, their quantiles within its buckets", async () => {
    const { entry, warnings } = await imported();
    expect(entry.outcome).toBe("inconclusive");
    const valueOf = (metric: string) => entry.values.find((each) => each.metric === metric);
    const failed = samples.filter(({ status }) => status !== "200").length;
    expect(valueOf("errors.ratio")?.value).toBeCloseTo(failed / samples.length, 10);
    const sorted = samples
      .map(({ ms, status }) => (status === "0" ? Infinity : ms))
      .toSorted((a, b) => a - b);
    for (const percent of [50, 95, 99]) {
      const exact = sorted[Math.ceil((percent / 100) * sorted.length - 1e-9) - 1] ?? 0;
      const { value = 0, low = value, high = value } = valueOf(`api.response.p${percent}`) ?? {};
      expect([percent, low <= exact && exact <= high && value === high]).toEqual([percent, true]);
      expect(Number.isFinite(high) ? high / low : 1).toBeLessThan(1.093);
    }
    const perMinute = valueOf("throughput")?.value ?? 0;
    // Five pushes or so, each up to a second off on a busy machine.
    expect(perMinute).toBeGreaterThan(2 * 30 * 60 * 0.7);
    expect(perMinute).toBeLessThan(2 * 30 * 60 * 1.3);
    expect(warnings).toEqual([expect.stringMatching(/^from a store: quantiles are upper edges/)]);
  });

  test("a runner that never pushed makes it partial", async () => {
    const { entry, warnings } = await imported({ runners: 3 });
    expect([entry.outcome, warnings[0]]).toEqual([
      "incomplete",
      "partial: 1 of 3 runners never pushed: 3",
    ]);
  });

  test.each<[reason: string, changes: Partial<StoreImportRequest>, refusal: RegExp]>([
    ["a run that may go on", { now: Date.now() + 20_000 }, /the last push of the run \d+ s ago/],
    [
      "an unknown run",
      { labels: { testrun_name: "x" } },
      /has no k6_http_reqs_total with testrun_name="x"/,
    ],
    [
      "no native histograms",
      { labels: { testrun_name: "statistics" } },
      /no native histograms of http_req_duration$/,
    ],
    [
      "no store",
      { store: { url: "http://127.0.0.1:2", labels: {} } },
      /could not be reached \(ECONNREFUSED\)/,
    ],
    [
      "not a store",
      { store: { url: "TARGET", labels: {} } },
      /answered something \(no content type\) instead of JSON/,
    ],
  ])("%s is one sentence", async (_, changes, refusal) => {
    const store = changes.store?.url === "TARGET" ? { url: targetUrl, labels: {} } : changes.store;
    await expect(
      imported({ ...changes, ...(store === undefined ? {} : { store }) }),
    ).rejects.toThrow(refusal);
  });
});

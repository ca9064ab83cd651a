/**
 * One short run of real k6, written in every format that k6 has at once, imported from each: the same percentiles,
 * throughput and error ratio, within what the format keeps.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { locateK6 } from "../src/engine/locate-k6.ts";
import { importK6 } from "../src/store/import-k6.ts";

const timeFormats = ["unix", "unix_milli", "unix_micro", "unix_nano", "rfc3339", "rfc3339_nano"];
const requests = 90;

/** Every 18th answer is a 500; the tags have what needs quotes; nothing carries the tag of the second threshold. */
const script = (url: string): string => `
import http from "k6/http";
export const options = {
  scenarios: {
    steady: { executor: "constant-arrival-rate", rate: 30, timeUnit: "1s", duration: "3s", preAllocatedVUs: 20 },
  },
  summaryTrendStats: ["min", "avg", "med", "max", "p(95)", "p(99)"],
  thresholds: {
    "http_req_duration{surface: api}": ["p(95)<5000"],
    "http_req_duration{surface:web}": ["p(95)<5000"],
    "http_req_duration{surface:api,endpoint:read}": ["p(95)<5000"],
  },
};
export default function () {
  http.get("${url}?ids=1,2&surface=web", {
    tags: { surface: "api", endpoint: "read", note: 'two\\nlines, with "quotes"' },
  });
}
export function handleSummary(data) {
  return { "handle.json": JSON.stringify(data, null, 1) };
}
`;

async function startServer(): Promise<{ readonly url: string; readonly close: () => void }> {
  let count = 0;
  const server = createServer((_, response) => {
    const index = count++;
    setTimeout(
      () => {
        response.statusCode = index % 18 === 17 ? 500 : 200;
        response.end("x");
      },
      20 + (index % 30) * 4,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function cachedK6(): Promise<string | undefined> {
  try {
    const { path: found } = await locateK6({
      cacheDirectory: path.join(homedir(), ".cache", "headroom"),
      path: process.env["PATH"] ?? "",
      install: false,
      progress: () => undefined,
    });
    return found;
  } catch (error) {
    if (process.env["CI"]) throw error;
    process.stderr.write("SKIPPED: no k6 of the pinned version, its results are not imported\n");
    return undefined;
  }
}

const k6 = await cachedK6();

async function valuesOf(file: string, surface?: string) {
  const { entry } = await importK6({
    file,
    profile: "p",
    environment: "local",
    surface,
    at: undefined,
  });
  return {
    at: entry.at,
    values: Object.fromEntries(entry.values.map(({ metric, value }) => [metric, value])),
  };
}

describe.skipIf(k6 === undefined).each([
  ["the usual summary", []],
  ["the compact summary", ["--summary-mode=compact"]],
  ["the full summary", ["--summary-mode=full"]],
  ["the machine-readable summary", ["--new-machine-readable-summary"]],
])("real k6 with %s", (_name, flags) => {
  const directory = mkdtempSync(path.join(tmpdir(), "headroom-import-"));
  const file = (name: string): string => path.join(directory, name);
  let reference: Awaited<ReturnType<typeof valuesOf>>;

  beforeAll(async () => {
    const server = await startServer();
    await writeFile(file("script.js"), script(server.url));
    const csv = timeFormats.map(
      (format) => `--out=csv=fileName=${format}.csv,timeFormat=${format}`,
    );
    await promisify(execFile)(
      k6 ?? "",
      [
        "run",
        "-q",
        ...csv,
        "--out=json=out.json",
        "--summary-export=export.json",
        ...flags,
        "script.js",
      ],
      { cwd: directory, env: { ...process.env, K6_NO_USAGE_REPORT: "true" } },
    ).finally(server.close);
    reference = await valuesOf(file("out.json"));
  }, 60_000);

  test("the JSON output holds what was sent", () => {
    const sent = readFileSync(file("out.json"), "utf8").match(
      /"metric":"http_reqs","type":"Point"/g,
    );
    const { values } = reference;
    expect(sent?.length).toBeGreaterThanOrEqual(requests);
    expect(Object.keys(values).toSorted()).toEqual([
      "api.response.p50",
      "api.response.p95",
      "api.response.p99",
      "errors.ratio",
      "throughput",
    ]);
    expect(values["errors.ratio"]).toBeCloseTo(1 / 18, 2);
    expect(Math.abs((values["throughput"] ?? 0) / 1800 - 1)).toBeLessThan(0.1);
  });

  test.each(timeFormats)("CSV with times as %s", async (format) => {
    const { values, at } = await valuesOf(file(`${format}.csv`));
    const isWholeSeconds = format === "unix" || format === "rfc3339";
    const { throughput = 0, ...others } = values;
    const { throughput: exact = 0, ...exactOthers } = reference.values;
    // k6 writes six decimals.
    for (const [metric, value] of Object.entries(exactOthers))
      expect(Math.abs((others[metric] ?? 0) - value)).toBeLessThan(1e-5);
    expect(Object.keys(others)).toEqual(Object.keys(exactOthers));
    expect(Math.abs(throughput / exact - 1)).toBeLessThan(isWholeSeconds ? 0.15 : 0.002);
    expect(Math.abs(at - reference.at)).toBeLessThan(isWholeSeconds ? 1000 : 2);
  });

  test.each(["export.json", "handle.json"])("%s", async (name) => {
    const { values } = await valuesOf(file(name));
    // The summary interpolates between two of 90 values, a histogram takes one of them.
    for (const metric of ["api.response.p50", "api.response.p95", "api.read.p95", "response.p95"]) {
      const expected =
        reference.values[metric.replace("read", "response").replace(/^response/, "api.response")] ??
        0;
      expect(Math.abs((values[metric] ?? 0) / expected - 1)).toBeLessThan(0.1);
    }
    expect(Object.keys(values).filter((metric) => metric.startsWith("web."))).toEqual([]);
    expect(values["errors.ratio"]).toBe(reference.values["errors.ratio"]);
    // Over the whole run, its start and end included.
    expect((values["throughput"] ?? 0) / (reference.values["throughput"] ?? 1)).toBeGreaterThan(
      0.8,
    );
    expect((values["throughput"] ?? 0) / (reference.values["throughput"] ?? 1)).toBeLessThan(1.1);
  });
});

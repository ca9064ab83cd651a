import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { calibrate, compare } from "./calibrate.ts";
import { k6Version } from "./k6-version.ts";
import { realK6, startServer, writeScenario } from "./testdata/real-k6.ts";

const path = await realK6();

describe.skipIf(path === undefined)("with real k6 and autocannon", () => {
  const binary = { path: path ?? "", version: k6Version, source: "path" as const };
  let work: Awaited<ReturnType<typeof writeScenario>>;
  beforeAll(async () => {
    work = await writeScenario("");
  });
  afterAll(() => work.remove());

  test("a ceiling of both, and the same latency by both", async () => {
    const server = await startServer();
    const lines: string[] = [];
    const result = await calibrate({
      binary,
      url: server.url,
      durationMs: 2000,
      workDirectory: work.directory,
      progress: (line) => lines.push(line),
    });
    server.close();
    expect(lines).toHaveLength(3);
    expect(result).toMatchObject({ schemaVersion: 1, k6Version });
    expect(result.requestsPerSecond).toBeGreaterThan(100);
    expect(result.cpuCores).toBeGreaterThan(0.1);
    expect(result.cpuCores).toBeLessThan(result.fingerprint.cpuCores + 0.5);
    expect(result.autocannon.requestsPerSecond).toBeGreaterThan(100);
    expect(result.crossCheck.k6.count).toBeGreaterThan(150);
    expect(result.crossCheck.autocannon.count).toBeGreaterThan(100);
    expect(result.crossCheck.sentence).toMatch(/p50 .* ms \(k6\) and .* ms \(autocannon\)/);
  });

  test("an endpoint that refuses is no endpoint to calibrate against", async () => {
    const server = createServer((_, response) => response.writeHead(503).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has an AddressInfo
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const failing = calibrate({
      binary,
      url,
      durationMs: 1000,
      workDirectory: work.directory,
      progress: () => undefined,
    });
    await expect(failing).rejects.toMatchObject({
      code: "calibration-failed",
      message: expect.stringContaining("requests failed"),
    });
    server.closeAllConnections();
    server.close();
  });
});

test("k6 that is gone at once is one error, and leaves none behind", async () => {
  const fake = fileURLToPath(new URL("testdata/fake-k6.mjs", import.meta.url));
  const work = await writeScenario("");
  const failing = calibrate({
    binary: { path: fake, version: k6Version, source: "path" },
    url: "http://127.0.0.1:1/",
    durationMs: 100,
    workDirectory: work.directory,
    progress: () => undefined,
  });
  await expect(failing).rejects.toMatchObject({ code: "unknown-csv" });
  // An unhandled rejection would end the process, and this file, while k6 is observed.
  await sleep(300);
  await work.remove();
});

test.each([
  [{ p50Ms: 1.2, p90Ms: 2.5 }, { p50Ms: 0.4, p90Ms: 1.6 }, true],
  [{ p50Ms: 1.5, p90Ms: 1.6 }, { p50Ms: 0.4, p90Ms: 1.6 }, false],
  [{ p50Ms: 110, p90Ms: 220 }, { p50Ms: 100, p90Ms: 200 }, true],
  [{ p50Ms: 100, p90Ms: 250 }, { p50Ms: 100, p90Ms: 200 }, false],
])("%o against %o: agree %s", (k6, reference, agrees) => {
  const result = compare({ count: 200, ...k6 }, { count: 200, ...reference });
  expect(result.agrees).toBe(agrees);
  expect(result.sentence).toContain(agrees ? "they agree" : "they differ");
});

/**
 * Prometheus 3 scrapes results.prom by each content type that it may be served with, and answers every panel of the
 * nightly trend. Built by `.ci/run` from its Go module into the cache; skipped loudly without.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { openmetrics } from "../reports/openmetrics.ts";
import { reports } from "../reports/testdata/fixtures.ts";
import { freePort, listening } from "../src/testdata/free-port.ts";
import { killed } from "./headroom.ts";

const cache = process.env["HEADROOM_CACHE"] ?? path.join(homedir(), ".cache", "headroom");
const binary = path.join(cache, "stores", "prometheus-3");
const isThere = existsSync(binary);
if (!isThere) process.stderr.write(`SKIPPED: ${binary} is not there (.ci/run builds it with Go)\n`);

const root = path.resolve(import.meta.dirname, "..");

/** By the job's name. */
const contentTypes = {
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  text: "text/plain; version=0.0.4",
} as const;

const answerShape = z.object({
  status: z.literal("success"),
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        value: z.tuple([z.number(), z.string()]),
      }),
    ),
  }),
});

const dashboardShape = z.object({
  panels: z.array(
    z.object({
      title: z.string(),
      targets: z.array(z.object({ expr: z.string() })).exactOptional(),
    }),
  ),
});

const expressions = dashboardShape
  .parse(JSON.parse(readFileSync(path.join(root, "deploy/grafana/headroom.json"), "utf8")))
  .panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => [title, expr.replaceAll(/\$[a-z]+/g, ".*")] as const),
  )
  .filter(([, expression]) => expression.includes("headroom_"));

/** The fixture's check of failed requests, by the id that a surface's has. */
const results = openmetrics(reports.pass).replaceAll('check="errors.ratio"', 'check="api.errors"');

describe.skipIf(!isThere)("Prometheus 3", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "headroom-dashboard-"));
  let pages: Server | undefined;
  let store: ChildProcess | undefined;
  let url = "";

  const ask = async (query: string) => {
    const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
    return answerShape.parse(await response.json()).data.result;
  };

  beforeAll(async () => {
    pages = createServer(({ url: asked = "" }, response) => {
      const type = asked === "/text" ? contentTypes.text : contentTypes.openmetrics;
      response.setHeader("content-type", type);
      response.end(results);
    });
    const target = `127.0.0.1:${await listening(pages)}`;
    const jobs = Object.keys(contentTypes).map(
      (job) =>
        `  - { job_name: ${job}, metrics_path: /${job}, static_configs: [{ targets: ["${target}"] }] }`,
    );
    const config = path.join(folder, "prometheus.yml");
    writeFileSync(
      config,
      [
        "global: { scrape_interval: 1s, scrape_timeout: 1s }",
        `rule_files: ["${path.join(root, "deploy/prometheus/headroom-alerts.yaml")}"]`,
        "scrape_configs:",
        ...jobs,
      ].join("\n"),
    );
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    store = spawn(
      binary,
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${path.join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--log.level=error",
      ],
      { stdio: "ignore" },
    );
    await vi.waitFor(
      async () => {
        const scraped = await ask("headroom_run_info");
        if (scraped.length < 2) throw new Error("not scraped yet");
      },
      { timeout: 30_000, interval: 200 },
    );
  }, 40_000);

  afterAll(async () => {
    await killed(store);
    pages?.closeAllConnections();
    pages?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(Object.keys(contentTypes))("scrapes it as %s", async (job) => {
    expect(await ask(`up{job="${job}"}`)).toMatchObject([{ value: [expect.any(Number), "1"] }]);
    const dropped = await ask(
      `scrape_samples_scraped{job="${job}"} - scrape_samples_post_metric_relabeling{job="${job}"}`,
    );
    expect(dropped).toMatchObject([{ value: [expect.any(Number), "0"] }]);
  });

  test("both ways give the same samples", async () => {
    const counts = await ask('count by (job) ({__name__=~"headroom_.+"})');
    const [first, second] = counts.map(({ value }) => Number(value[1]));
    expect(first).toBe(second);
    expect(first).toBe(results.match(/^headroom_/gm)?.length);
  });

  test.each(expressions)("%s has data: %s", async (_title, expression) => {
    const [first] = await ask(expression);
    expect(Number(first?.value[1])).not.toBeNaN();
  });

  test("loads the alerts without an error", async () => {
    const response = await fetch(`${url}/api/v1/rules`);
    const rules = z.object({
      data: z.object({
        groups: z.array(
          z.object({
            rules: z.array(z.object({ name: z.string(), lastError: z.string().exactOptional() })),
          }),
        ),
      }),
    });
    const { data } = rules.parse(await response.json());
    expect(
      data.groups.flatMap(({ rules: all }) =>
        all.map(({ name, lastError }) => [name, lastError ?? ""]),
      ),
    ).toEqual([
      ["HeadroomNightMissing", ""],
      ["HeadroomNightFailed", ""],
      ["HeadroomNightInvalid", ""],
    ]);
  });
});

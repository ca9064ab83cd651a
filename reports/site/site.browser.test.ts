import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { sitePages } from "./site.ts";
import { site } from "./testdata/document.ts";
import { sparkline } from "./trend-words.ts";
import { withoutScript } from "../testdata/without-script.ts";

test("every page of a history, and of an empty one, is made without nonsense numbers", () => {
  const pages = sitePages(site);
  expect([...pages.keys()]).toEqual([
    "index.html",
    "metric-api.response.p95.html",
    "metric-throughput.html",
  ]);
  const empty = sitePages({ ...site, nightlyRuns: [], trends: [], marks: [] });
  for (const text of [...pages.values(), ...empty.values()]) {
    expect(withoutScript(text)).not.toMatch(/NaN|undefined|<script|<b>51/);
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  }
  expect(pages.get("metric-throughput.html")).toContain("never answered");
  expect(pages.get("metric-throughput.html")).toMatch(
    /Release gate of 2026-06-10: fail, release &lt;b&gt;2[\s\S]*href="\.\.\/runs\/gate-a\/gate\.html"/,
  );
});

test("the pages of a year of three runs a night stay small, whatever the number of metrics", () => {
  const nightlyRuns = site.nightlyRuns.map((night) => ({
    ...night,
    runs: ["a", "b", "c"].map((name) => ({
      id: `20260101-020000-nightly-${night.id}-${name}`,
      outcome: "pass" as const,
      report: `../runs/20260101-020000-nightly-${night.id}-${name}/report.html`,
    })),
  }));
  const trends = Array.from({ length: 60 }, (_, index) =>
    site.trends.slice(0, 1).map((trend) => ({
      ...trend,
      metric: `metric.${index}`,
      isObjective: index < 12,
    })),
  ).flat();
  const pages = sitePages({ ...site, nightlyRuns, trends });
  expect(pages.size).toBe(61);
  for (const text of pages.values()) expect(Buffer.byteLength(text)).toBeLessThan(400_000);
});

test("a sparkline leaves gaps", () => {
  expect(sparkline([1, undefined, 8, Infinity, 4], 5)).toBe("▁ █ ▄");
  expect(sparkline([3, 3], 5)).toBe("▄▄");
  expect(sparkline([], 5)).toBe("");
});

const executable = [process.env["CHROMIUM"] ?? ""]
  .concat((process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "chromium")))
  .find((file) => file !== "" && existsSync(file));
if (executable === undefined) {
  if ((process.env["CI"] ?? "") !== "") throw new Error("no Chromium on PATH: CI installs it");
  process.stderr.write("SKIPPED: the site in a browser. No Chromium.\n");
}

test.skipIf(executable === undefined)(
  "from a file: quiet, alone, no wider than the window, by keyboard",
  async () => {
    if (executable === undefined) throw new Error("no Chromium");
    const folder = mkdtempSync(join(tmpdir(), "headroom-site-"));
    for (const [name, text] of sitePages(site)) writeFileSync(join(folder, name), text);
    const browser = await chromium.launch({
      executablePath: executable,
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    });
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      const troubles: string[] = [];
      page.on("console", (message) => troubles.push(message.text()));
      page.on("request", (request) => {
        if (!request.url().startsWith(pathToFileURL(folder).href)) troubles.push(request.url());
      });
      for (const name of ["index.html", "metric-api.response.p95.html"]) {
        await page.goto(pathToFileURL(join(folder, name)).href);
        for (const width of [1280, 360]) {
          await page.setViewportSize({ width, height: 900 });
          const needed = await page.evaluate<number>("document.documentElement.scrollWidth");
          expect(needed).toBeLessThanOrEqual(width);
        }
        expect(await page.locator("h1").count()).toBe(1);
        const unnamed =
          "[...document.querySelectorAll('svg:not([aria-hidden]):not(svg svg)')].filter((each) => each.querySelector('title') === null).length";
        expect(await page.evaluate<number>(unnamed)).toBe(0);
      }
      await page.goto(pathToFileURL(join(folder, "index.html")).href);
      await page.keyboard.press("Tab");
      expect(await page.evaluate<string>("document.activeElement.textContent")).toBe(
        "Skip to the results",
      );
      await page.locator("a", { hasText: "api.response.p95" }).first().press("Enter");
      await page.waitForURL(/metric-api/);
      expect(troubles).toEqual([]);
    } finally {
      await browser.close();
    }
  },
);

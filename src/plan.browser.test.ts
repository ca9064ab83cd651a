import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium, type Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plans } from "./testdata/plans.ts";

const executable = findChromium();
const mustRun = (process.env["CI"] ?? "") !== "";
if (executable === undefined && !mustRun)
  process.stderr.write("SKIPPED: plans in a browser. No Chromium in CHROMIUM or PATH.\n");

describe.skipIf(executable === undefined && !mustRun)("a plan in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    if (executable === undefined) throw new Error("no Chromium in CHROMIUM or PATH, and CI is set");
    browser = await chromium.launch({
      executablePath: executable,
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    });
  });
  afterAll(async () => browser?.close());

  test.each(Object.entries(plans))(
    "%s: quiet, alone, no wider than the window, every picture with a title and words",
    async (_, make) => {
      const { directory } = make(mkdtempSync(path.join(tmpdir(), "headroom-plan-")));
      const troubles: string[] = [];
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      page.on("console", (message) => troubles.push(message.text()));
      page.on("pageerror", (error) => troubles.push(error.message));
      page.on("request", (request) => troubles.push(request.url()));
      await page.setContent(readFileSync(path.join(directory, "report.html"), "utf8"));
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 900 });
        const needed = await page.evaluate<number>("document.documentElement.scrollWidth");
        expect(needed).toBeLessThanOrEqual(width);
      }
      expect(await page.locator("script, img, iframe, object").count()).toBe(0);
      const pictures = page.locator('svg[role="img"]');
      expect(await pictures.count()).toBeGreaterThan(10);
      const silent = await page.evaluate<number>(
        `[...document.querySelectorAll('svg[role="img"]')].filter((each) => !each.querySelector("title")?.textContent || !each.querySelector("desc")?.textContent).length`,
      );
      expect(silent).toBe(0);
      expect(troubles).toEqual([]);
      await page.close();
    },
  );
});

function findChromium(): string | undefined {
  const named = process.env["CHROMIUM"];
  if (named !== undefined && named !== "") return named;
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  const commands = ["chromium", "chromium-browser", "google-chrome"];
  return folders
    .flatMap((folder) => commands.map((command) => path.join(folder, command)))
    .find((each) => existsSync(each));
}

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { html } from "./html.ts";
import { reports } from "./testdata/fixtures.ts";

const executable = findChromium();
const mustRun = process.env["CI"] !== undefined && process.env["CI"] !== "";
if (executable === undefined && !mustRun)
  process.stderr.write("SKIPPED: reports in a browser. No Chromium in CHROMIUM or PATH.\n");

describe.skipIf(executable === undefined && !mustRun)("a report in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    if (executable === undefined) throw new Error("no Chromium in CHROMIUM or PATH, and CI is set");
    browser = await chromium.launch({
      executablePath: executable,
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    });
  });
  afterAll(async () => browser?.close());

  test.each(Object.entries(reports))(
    "%s: quiet, alone, no wider than the window",
    async (_, report) => {
      const { page, troubles } = await open(browser, html(report), 1280);
      expect(await page.locator("h1").innerText()).toContain(report.outcome.toUpperCase());
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 900 });
        const needed = await page.evaluate<number>("document.documentElement.scrollWidth");
        expect(needed).toBeLessThanOrEqual(width);
      }
      expect(troubles).toEqual([]);
      await page.close();
    },
  );

  test("nothing of a hostile target runs or becomes an element", async () => {
    const { page } = await open(browser, html(reports.hostile), 1280);
    expect(await page.locator("script, img, iframe, object, a[href*=':']").count()).toBe(0);
    await page.close();
  });

  test("the tables of a desktop page show all their columns", async () => {
    const { page } = await open(browser, html(reports.fail), 1280);
    const hidden = await page.evaluate<number>(
      "[...document.querySelectorAll('.scroll')].filter((each) => each.scrollWidth > each.clientWidth).length",
    );
    expect(hidden).toBe(0);
    await page.close();
  });
});

/** Shows the page as a file would be shown; collects what it complains about and what it asks the network for. */
async function open(
  browser: Browser,
  text: string,
  width: number,
): Promise<{ page: Page; troubles: readonly string[] }> {
  const troubles: string[] = [];
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  page.on("console", (message) => troubles.push(message.text()));
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("request", (request) => troubles.push(request.url()));
  await page.setContent(text);
  return { page, troubles };
}

function findChromium(): string | undefined {
  const named = process.env["CHROMIUM"];
  if (named !== undefined && named !== "") return named;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const commands = ["chromium", "chromium-browser", "google-chrome"];
  return folders
    .flatMap((folder) => commands.map((command) => join(folder, command)))
    .find((path) => existsSync(path));
}

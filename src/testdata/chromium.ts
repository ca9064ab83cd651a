import { existsSync } from "node:fs";
import path from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe } from "vitest";

const executable = findChromium();
const mustRun = (process.env["CI"] ?? "") !== "";

/** Tests of pages in a real browser; skipped with a notice where there is none, but not in CI. */
export function describeInBrowser(what: string, tests: (open: Open, browser: () => Browser) => void): void {
  if (executable === undefined && !mustRun)
    process.stderr.write(`SKIPPED: ${what} in a browser. No Chromium in CHROMIUM or PATH.\n`);
  describe.skipIf(executable === undefined && !mustRun)(`${what} in a browser`, () => {
    let browser: Browser;
    beforeAll(async () => {
      if (executable === undefined)
        throw new Error("no Chromium in CHROMIUM or PATH, and CI is set");
      browser = await chromium.launch({
        executablePath: executable,
        args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
      });
    });
    afterAll(async () => browser?.close());
    tests(
      (text, width) => open(browser, text, width),
      () => browser,
    );
  });
}

interface OpenPage {
  readonly page: Page;
  /** What it complains about, and what it asks the network for. */
  readonly troubles: readonly string[];
}

/** Shows a page as a file would be shown. */
type Open = (text: string, width: number) => Promise<OpenPage>;

async function open(browser: Browser, text: string, width: number): Promise<OpenPage> {
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
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  const commands = ["chromium", "chromium-browser", "google-chrome"];
  return folders
    .flatMap((folder) => commands.map((command) => path.join(folder, command)))
    .find((each) => existsSync(each));
}

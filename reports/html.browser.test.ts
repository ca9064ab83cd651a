import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { html } from "./html.ts";
import { reports } from "./testdata/fixtures.ts";
import { describeInBrowser } from "../src/testdata/chromium.ts";

describeInBrowser("a report", (open, browser) => {
  test.each(Object.entries(reports))(
    "%s: quiet, alone, no wider than the window",
    async (_, report) => {
      const { page, troubles } = await open(html(report), 1280);
      expect(await page.locator("h1").innerText()).toContain(report.outcome.toUpperCase());
      for (const width of [1280, 390, 360]) {
        await page.setViewportSize({ width, height: 900 });
        const needed = await page.evaluate<number>("document.documentElement.scrollWidth");
        expect(needed).toBeLessThanOrEqual(width);
      }
      const beside = report.browser?.screenshots.length ?? 0;
      expect(troubles.filter((each) => !(beside > 0 && each.includes("screenshots/")))).toEqual([]);
      await page.close();
    },
  );

  test("nothing of a hostile target runs or becomes an element", async () => {
    const { page } = await open(html(reports.hostile), 1280);
    expect(
      await page
        .locator("script:not(body > script:last-child), img, iframe, object, a[href*=':']")
        .count(),
    ).toBe(0);
    await page.close();
  });

  test.each(["fail", "scaling"] as const)(
    "the tables of a desktop page show all their columns: %s",
    async (kind) => {
      const { page } = await open(html(reports[kind]), 1280);
      const hidden = await page.evaluate<number>(
        "[...document.querySelectorAll('.scroll')].filter((each) => each.scrollWidth > each.clientWidth).length",
      );
      expect(hidden).toBe(0);
      await page.close();
    },
  );

  describe("with everything that observers add", () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "headroom-report-"));
      mkdirSync(join(folder, "screenshots"));
      for (const { file } of reports.scaling.browser?.screenshots ?? [])
        writeFileSync(join(folder, file), onePixel);
      writeFileSync(join(folder, "report.html"), html(reports.scaling));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const address = () => pathToFileURL(join(folder, "report.html")).href;

    test.each(["light", "dark"] as const)(
      "on a phone, %s: no wider than the window, the screenshots of its folder and nothing else",
      async (colorScheme) => {
        const page = await browser().newPage({
          viewport: { width: 390, height: 900 },
          colorScheme,
        });
        const asked: string[] = [];
        const troubles: string[] = [];
        page.on("request", (request) => asked.push(request.url()));
        page.on("console", (message) => troubles.push(message.text()));
        await page.goto(address());
        const shown = await page.evaluate<readonly number[]>(
          "Promise.all([...document.images].map(async (each) => { each.loading = 'eager'; await each.decode(); return each.naturalWidth; }))",
        );
        expect(shown).toEqual([1, 1, 1]);
        expect(asked.every((url) => url.startsWith(pathToFileURL(folder).href))).toBe(true);
        expect(troubles).toEqual([]);
        expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBe(390);
        await page.close();
      },
    );

    test("a picture from elsewhere is refused by the page's own policy", async () => {
      const page = await browser().newPage();
      const refused: string[] = [];
      page.on("console", (message) => refused.push(message.text()));
      await page.goto(address());
      await page.evaluate(
        "new Promise((done) => { const image = new Image(); image.onerror = done; image.onload = done; image.src = 'http://127.0.0.1:9/a.png'; })",
      );
      expect(refused.join()).toMatch(/violates.*img-src/s);
      await page.close();
    });

    test("every picture, chart, table and link has a name that tells it from its neighbours", async () => {
      const { page } = await open(html(reports.scaling), 1280);
      const nameless = await page.evaluate<readonly string[]>(`[
        ...[...document.querySelectorAll('svg[role=img]')].filter((each) => !each.querySelector(':scope > title')?.textContent),
        ...[...document.querySelectorAll('img')].filter((each) => !each.alt || !each.width || !each.height),
        ...[...document.querySelectorAll('a')].filter((each) => !each.textContent?.trim() && !each.querySelector('img[alt]')),
        ...[...document.querySelectorAll('[role=region], ul.tally')].filter((each) => !each.getAttribute('aria-label')),
        ...[...document.querySelectorAll('[aria-labelledby]')].filter((each) => !document.getElementById(each.getAttribute('aria-labelledby'))?.textContent?.trim()),
      ].map((each) => each.outerHTML.slice(0, 80))`);
      expect(nameless).toEqual([]);
      const levels = await page.evaluate<readonly number[]>(
        "[...document.querySelectorAll('h1, h2, h3, h4, h5')].map((each) => Number(each.tagName[1]))",
      );
      const jumps = levels.filter((level, index) => level > (levels[index - 1] ?? 1) + 1);
      expect(jumps).toEqual([]);
      const ids = await page.evaluate<readonly string[]>(
        "[...document.querySelectorAll('[id]')].map((each) => each.id)",
      );
      expect(new Set(ids).size).toBe(ids.length);
      await page.close();
    });

    test.each(["light", "dark"] as const)(
      "words can be read on their ground, %s",
      async (colorScheme) => {
        const page = await browser().newPage({
          viewport: { width: 1280, height: 900 },
          colorScheme,
        });
        await page.setContent(html(reports.scaling));
        const faint = await page.evaluate<readonly string[]>(contrastProbe);
        expect(faint).toEqual([]);
        await page.close();
      },
    );
  });
});

/** A transparent picture of one pixel. */
const onePixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** Words with a contrast under 4.5 : 1 (WCAG 2.2, 1.4.3) against the nearest ground that is not transparent. */
const contrastProbe = `(() => {
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const linear = (value) => { const share = value / 255; return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const groundOf = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const color = parse(getComputedStyle(each).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const isInChart = (element) => element.closest('svg') !== null;
  const words = [...document.querySelectorAll('main *, header *, nav *')].filter((element) =>
    !isInChart(element) && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''));
  return [...new Set(words.flatMap((element) => {
    const [one, other] = [light(parse(getComputedStyle(element).color)), light(groundOf(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    return ratio < 4.5 ? [element.className + ' ' + ratio.toFixed(2) + ' ' + element.textContent.slice(0, 30)] : [];
  }))];
})()`;

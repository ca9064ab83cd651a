import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { plans } from "./testdata/plans.ts";
import { describeInBrowser } from "./testdata/chromium.ts";

describeInBrowser("a plan", (open) => {
  test.each(Object.entries(plans))(
    "%s: quiet, alone, no wider than the window, every picture with a title and words",
    async (_, make) => {
      const { directory } = make(mkdtempSync(path.join(tmpdir(), "headroom-plan-")));
      const text = readFileSync(path.join(directory, "report.html"), "utf8");
      const { page, troubles } = await open(text, 1280);
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 900 });
        const needed = await page.evaluate<number>("document.documentElement.scrollWidth");
        expect(needed).toBeLessThanOrEqual(width);
      }
      const others = "script:not(body > script:last-child), img, iframe, object";
      expect(await page.locator(others).count()).toBe(0);
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

/** axe-core on every kind of page, light and dark, wide and on a phone, with everything unfolded. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { sideBySide } from "../analysis/comparison/side-by-side.ts";
import { testRun } from "../analysis/testdata/test-run.ts";
import { comparePage } from "../reports/compare/page.ts";
import { gatePage } from "../reports/gate/page.ts";
import { document as gate } from "../reports/gate/testdata/document.ts";
import { html } from "../reports/html.ts";
import { LiveGateState } from "../reports/live/gate.ts";
import { livePage } from "../reports/live/page.ts";
import { LiveRunState } from "../reports/live/run-state.ts";
import { simulationPage } from "../reports/simulation/page.ts";
import { small } from "../reports/simulation/testdata/document.ts";
import { sitePages } from "../reports/site/site.ts";
import { site } from "../reports/site/testdata/document.ts";
import { reports } from "../reports/testdata/fixtures.ts";
import { describeInBrowser } from "./testdata/chromium.ts";
import { plans } from "./testdata/plans.ts";

const planPage = (make: (typeof plans)[keyof typeof plans]): string => {
  const { directory } = make(mkdtempSync(path.join(tmpdir(), "headroom-plan-")));
  return readFileSync(path.join(directory, "report.html"), "utf8");
};

/** Of a gate in the middle of a load, without its script: nobody serves it here. */
function live(): string {
  const at = Date.parse("2026-11-23T12:00:00Z");
  const run = new LiveRunState(reports.pass.run.plan);
  run.event({ type: "load-start", at });
  const quantiles = { p50Ms: 90, p95Ms: 250, p99Ms: Infinity };
  const api = { surface: "api", requests: 900, failures: { http_503: 9, timeout: 1 } } as const;
  for (let second = 1; second < 30; second++)
    run.second(at + second * 1000, {
      phase: "hold",
      leftMs: 60_000,
      offeredPerMinute: 6000,
      achievedPerMinute: 5990,
      surfaces: [{ ...api, recent: quantiles, judged: quantiles }],
      errors: 10,
      dropped: 0,
    });
  const pairs = new LiveGateState();
  pairs.pair(gate);
  const state = { command: "headroom gate --live", headroom: "1.0.0", stage: "loading gate", run };
  const analyses = { state: pairs, analyses: [6, 8, 11] };
  const whole = { ...state, finished: [], isStopping: false, gate: analyses };
  return livePage(whole, at + 30_000, { text: "", hash: "sha256-none" });
}

const pages: Readonly<Record<string, () => string>> = {
  ...Object.fromEntries(
    Object.entries(reports).map(([name, report]) => [name, () => html(report)]),
  ),
  gate: () => gatePage(gate),
  "two runs": () => comparePage(sideBySide(testRun(), testRun({ p95Ms: { api: 300 } }))),
  "live view": live,
  simulation: () => simulationPage(small),
  "plan on the specification alone": () => planPage(plans.alone),
  "plan with a history": () => planPage(plans.measured),
  "plan with runs": () => planPage(plans.fromRuns),
  ...Object.fromEntries(
    ["index.html", "metric-api.response.p95.html"].map((name) => [
      `history ${name}`,
      () => sitePages(site).get(name) ?? "",
    ]),
  ),
};

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

const violationsOf = async (page: Page): Promise<readonly string[]> => {
  const found = await page.evaluate<readonly Violation[]>(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
  );
};

/** Tables that are wider than their place, but for numbers under charts and the field of all nights, which shows the newest first. */
const wideTables =
  "[...document.querySelectorAll('.scroll:not([data-table=numbers], .newest-first)')].filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.dataset.table + ' ' + each.scrollWidth)";

describeInBrowser("every kind of page", (_, browser) => {
  describe.each(Object.entries(pages))("%s", (__, textOf) => {
    const text = textOf();
    test.each([
      ["light", 1440],
      ["dark", 1440],
      ["light", 360],
      ["dark", 360],
    ] as const)("has no violation that axe finds: %s, %i px", async (colorScheme, width) => {
      const page = await browser().newPage({ viewport: { width, height: 900 }, colorScheme });
      await page.setContent(text);
      await page.evaluate(
        "document.querySelectorAll('details').forEach((each) => (each.open = true))",
      );
      await page.evaluate(axe.source);
      expect(await violationsOf(page)).toEqual([]);
      const tooWide = width < 600 ? await page.evaluate<readonly string[]>(wideTables) : [];
      expect(tooWide).toEqual([]);
      const needed = await page.evaluate<number>("document.documentElement.scrollWidth");
      expect(needed).toBeLessThanOrEqual(width);
      await page.close();
    });
  });
});

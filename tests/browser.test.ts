/** Pages in a real Chromium beside the protocol load. Certain in CI; elsewhere skipped where there is no Chromium. */
import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../src/domain/report.ts";
import { locateChromium } from "../src/observe/browser/locate-chromium.ts";
import {
  childrenOf,
  commandOf,
  insidePhase,
  newWorkplace,
  onlyRun,
  startHeadroom,
} from "./headroom.ts";

const hasChromium = ((): boolean => {
  try {
    return locateChromium(process.env) !== "";
  } catch {
    return false;
  }
})();
const isCertain = process.env["CI"] !== undefined;
if (!hasChromium && !isCertain) process.stderr.write("SKIPPED, no Chromium: pages in a browser\n");

const slowTest = { timeout: 180_000 } as const;
const smoke = ["run", "smoke", "--rate", "1200/min", "--json"] as const;

interface Run {
  readonly report: Report;
  readonly directory: string;
}

async function hybrid(
  more: readonly string[],
  {
    env = {},
    meanwhile = async () => undefined,
  }: {
    env?: NodeJS.ProcessEnv;
    meanwhile?: (workplace: string, pid: number) => Promise<void>;
  } = {},
): Promise<Run> {
  const workplace = newWorkplace();
  const { child, finished } = startHeadroom(workplace, [...smoke, ...more], env);
  const [{ out }] = await Promise.all([finished, meanwhile(workplace, child.pid ?? 0)]);
  return { report: JSON.parse(out) as Report, directory: onlyRun(workplace) };
}

const pageLoad = ({ verdicts }: Report) =>
  verdicts.find(({ checkId }) => checkId === "web.page-load.p95");

describe.runIf(hasChromium || isCertain)("with Chromium", () => {
  let slow: Run;
  beforeAll(async () => {
    const fault = ["--fault", "slow-asset=800ms"];
    slow = await hybrid(["--browser-users", "3", "--duration", "75s", ...fault]);
  }, slowTest.timeout);

  test("pages are opened, signed in, and measured", () => {
    const pages = slow.report.browser?.pages ?? [];
    expect(pages.map(({ page }) => page).toSorted()).toEqual([
      "dashboard",
      "sign-in",
      "token",
      "token-list",
    ]);
    expect(pages.map(({ failed }) => failed)).toEqual([0, 0, 0, 0]);
    for (const { vitals } of pages) {
      expect(vitals.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["LCP", "CLS", "TTFB"]),
      );
    }
    const withInp = pages.filter(({ vitals }) => vitals.some(({ name }) => name === "INP"));
    expect(withInp.map(({ page }) => page)).toEqual(["sign-in"]);
  });

  test("the planted asset is named", () => {
    const found = slow.report.findings.find(({ id }) => id === "slow-asset");
    expect(found?.sentence).toContain("/assets/app.css");
    for (const { loadP50Ms } of slow.report.browser?.pages ?? [])
      expect(loadP50Ms).toBeGreaterThan(800);
  });

  test("the objective is judged with its interval, or says how many views it lacked", () => {
    const verdict = pageLoad(slow.report);
    const views = (slow.report.browser?.pages ?? []).reduce((sum, { loads }) => sum + loads, 0);
    const judged = { observed: { sampleCount: views } };
    const lacking = {
      reason: `${views} page views in judged phases, 59 are needed.`,
      cause: "not-testable",
    };
    expect(verdict).toMatchObject(views >= 59 ? judged : lacking);
  });

  test("screenshots of the slowest views lie beside the report", () => {
    const { report, directory } = slow;
    const files = report.browser?.screenshots.map(({ file }) => file) ?? [];
    expect(files).toHaveLength(4);
    for (const file of files) expect(existsSync(path.join(directory, file))).toBe(true);
    expect(existsSync(path.join(directory, "browser", "chromium"))).toBe(false);
  });

  test("a Chromium that is killed is a gap; the load goes on and is judged", slowTest, async () => {
    const { report } = await hybrid(["--browser-users", "1", "--duration", "40s"], {
      meanwhile: async (workplace, pid) => {
        await insidePhase(workplace, "hold", 3);
        // Between two views there is no browser to kill: for ten seconds each that comes is killed.
        const killing = setInterval(() => killChromiums(pid), 300);
        await wait(10_000);
        clearInterval(killing);
      },
    });
    expect(report.browser?.gaps.join()).toMatch(
      // k6 ends where a browser does not even come up, or waits for it until the load is over.
      /the browser failed|the browsers' k6 was ended|completed no page view|opened no page/,
    );
    expect(report.verdicts.find(({ checkId }) => checkId === "api.response.p95")?.outcome).not.toBe(
      "not-applicable",
    );
  });
});

const descendantsOf = (pid: number): number[] =>
  childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);

const killChromiums = (pid: number): void =>
  descendantsOf(pid)
    .filter((each) => commandOf(each).includes("chromium"))
    .forEach(kill);

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

/** What ends before its time: a kill, a stop, a stop file. Real command, real k6; several at once, none judges a time that a neighbour would change. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "vitest";
import type { ExpectStatic } from "vitest";
import {
  asReport,
  childrenOf,
  commandOf,
  headroom,
  insidePhase,
  isAlive,
  newWorkplace,
  onlyRun,
  runFile,
  startHeadroom,
} from "./headroom.ts";

describe.concurrent("what ends early", () => {
  test(
    "kill -9 of Headroom stops the load within 2 s and leaves a PARTIAL report",
    { timeout: 120_000 },
    async ({ expect }) => {
      const { workplace, child, finished, k6 } = await loading(expect);
      await insidePhase(workplace, "hold", 6);
      child.kill("SIGKILL");
      await finished;
      await expect.poll(() => isAlive(k6), { timeout: 2000 }).toBe(false);

      const { out } = await headroom(workplace, ["report", "latest", "--format", "json"]);
      const report = asReport(out);
      expect(report.outcome).toBe("incomplete");
      expect(report.coverage.partial).toBe(true);
      expect(report.coverage.achievedMs).toBeGreaterThan(5000);
      expect(report.coverage.judgedTo).toBeDefined();
      expect((await headroom(workplace, ["report", "latest", "--format", "markdown"])).out).toMatch(
        /PARTIAL/,
      );
      const analysed = await headroom(workplace, ["analyse", "latest"]);
      expect(analysed.status).toBe(3);
      expect(readFileSync(path.join(onlyRun(workplace), "report.html"), "utf8")).toMatch(/PARTIAL/);
    },
  );

  test(
    "kill -9 of k6 ends with 3; what survived is reported",
    { timeout: 120_000 },
    async ({ expect }) => {
      const { workplace, finished, k6 } = await loading(expect);
      await insidePhase(workplace, "hold", 5);
      process.kill(k6, "SIGKILL");
      const { status, err } = await finished;
      expect(status).toBe(3);
      expect(err).toMatch(/killed/);
      expect(asReport(runFile(workplace, "verdicts.json")).latency.length).toBeGreaterThan(0);
    },
  );

  test(
    "a Headroom that is stopped for 11 s: the load ends within 10 s, and the run is incomplete",
    { timeout: 120_000 },
    async ({ expect }) => {
      const { workplace, child, finished, k6 } = await loading(expect);
      await insidePhase(workplace, "hold", 1);
      child.kill("SIGSTOP");
      await expect.poll(() => isAlive(k6), { timeout: 10_000 }).toBe(false);
      child.kill("SIGCONT");
      const { status } = await finished;
      expect(status).toBe(3);
      expect(asReport(runFile(workplace, "verdicts.json"))).toMatchObject({
        outcome: "incomplete",
        run: { interruption: { cause: "engine", message: expect.stringMatching(/watchdog/) } },
      });
    },
  );

  test(
    "a stop file ends as Ctrl-C does, and is named",
    { timeout: 120_000 },
    async ({ expect }) => {
      const { workplace, finished } = await loading(expect);
      await insidePhase(workplace, "warm-up", 2);
      writeFileSync(path.join(onlyRun(workplace), "stop"), "");
      const { status } = await finished;
      expect(status).toBe(130);
      expect(asReport(runFile(workplace, "verdicts.json"))).toMatchObject({
        outcome: "incomplete",
        run: {
          interruption: { cause: "user", message: expect.stringMatching(/stop file .*stop/) },
        },
      });
    },
  );

  test(
    "Ctrl-C stops k6 gently, reports and ends with 130",
    { timeout: 120_000 },
    async ({ expect }) => {
      const { workplace, child, finished } = await loading(expect);
      await insidePhase(workplace, "warm-up", 2);
      child.kill("SIGINT");
      const { status } = await finished;
      expect(status).toBe(130);
      expect(asReport(runFile(workplace, "verdicts.json"))).toMatchObject({
        outcome: "incomplete",
        coverage: { partial: true },
      });
    },
  );
});

/** A run whose k6 has started. */
async function loading(expect: ExpectStatic) {
  const workplace = newWorkplace();
  const { child, finished } = startHeadroom(workplace, ["run", "smoke", "--rate", "2400/min"]);
  return { workplace, child, finished, k6: await k6Of(expect, child.pid ?? 0) };
}

/** k6 as a child of Headroom, once it runs the load: a k6 of PATH is first asked to run a probe with the same options. */
async function k6Of(expect: ExpectStatic, pid: number): Promise<number> {
  let found: number | undefined;
  await expect
    .poll(() => (found = childrenOf(pid).find((child) => isLoad(commandOf(child)))), {
      timeout: 30_000,
      interval: 100,
    })
    .toBeDefined();
  return found ?? 0;
}

const isLoad = (command: string): boolean =>
  command.includes("--out=csv") && !command.includes("headroom-probe-");

/** Several runners are one run: real command, real k6. Their runs judge what they measure: alone. */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { fromJson } from "../src/domain/json.ts";
import type { WindowRecord } from "../src/domain/window.ts";
import {
  asReport,
  childrenOf,
  commandOf,
  headroom,
  insidePhase,
  judgedRun,
  newWorkplace,
  onlyRun,
  runFile,
  startHeadroom,
} from "./headroom.ts";

const windowsOf = (workplace: string): readonly WindowRecord[] =>
  runFile(workplace, "windows.ndjson")
    .split("\n")
    .filter((line) => line !== "")
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what Headroom wrote
    .map((line) => fromJson(line) as WindowRecord);

const requests = (all: readonly WindowRecord[]): number =>
  all.reduce((sum, each) => sum + (each.type === "flow" ? each.requests : 0), 0);

const load = ["--scenario", "api", "--rate", "1200/min", "--warm-up", "2s"] as const;

test(
  "two runners: one setup, equal shares, one verdict, and the same windows from their samples",
  { timeout: 150_000 },
  async () => {
    const argv = ["run", "smoke", "--runners", "2", ...load, "--duration", "12s"];
    const { workplace, report } = await judgedRun(argv);
    expect(report.run).toMatchObject({ state: "complete", k6ExitCode: 0, plan: { runners: 2 } });
    expect(["pass", "inconclusive"]).toContain(report.outcome);
    const [first, second] = report.generator.runners ?? [];
    expect(first?.plannedIterations).toBeGreaterThan(100);
    // k6 may start one more or less in each of its scenarios.
    for (const each of [first, second]) {
      const { startedIterations = 0, droppedIterations = 0, plannedIterations = 0 } = each ?? {};
      expect(Math.abs(startedIterations + droppedIterations - plannedIterations)).toBeLessThan(5);
      expect(each?.startDelayMs).toBeLessThan(1000);
      expect(each?.cpuCoresP95).toBeGreaterThan(0);
    }
    const windows = windowsOf(workplace);
    expect(new Set(windows.map(({ generator }) => generator))).toEqual(new Set(["1", "2"]));
    const signedIn = windows.filter(({ type, phase }) => type === "flow" && phase === "setup");
    expect(new Set(signedIn.map(({ generator }) => generator))).toEqual(new Set(["1"]));

    const samples = readdirSync(onlyRun(workplace)).filter((name) => name.startsWith("samples"));
    expect(samples).toEqual(["samples-1.csv.gz", "samples-2.csv.gz"]);
    await headroom(workplace, ["analyse", "latest"]);
    expect(requests(windowsOf(workplace))).toBe(requests(windows));
    expect(windowsOf(workplace)).toHaveLength(windows.length);
  },
);

test(
  "one of four is killed half way: the others go on, the run is partial and names it",
  { timeout: 90_000 },
  async () => {
    const workplace = newWorkplace();
    const argv = ["run", "smoke", "--runners", "4", ...load, "--duration", "10s"];
    const { child, finished } = startHeadroom(workplace, argv);
    await insidePhase(workplace, "hold", 4);
    const third = childrenOf(child.pid ?? 0).find((pid) =>
      commandOf(pid).includes("--execution-segment=2/4:3/4"),
    );
    process.kill(third ?? 0, "SIGKILL");
    const { status, err } = await finished;
    expect(status).toBe(3);
    expect(err).toMatch(/runner 3 of 4 was killed by SIGKILL .* after [67] s of 12 s/);
    const report = asReport(runFile(workplace, "verdicts.json"));
    expect(report.outcome).toBe("incomplete");
    expect(report.run.interruption?.cause).toBe("engine");
    expect(report.run.runners?.map(({ signal, k6ExitCode }) => signal ?? k6ExitCode)).toEqual([
      0,
      0,
      "SIGKILL",
      0,
    ]);
    const [, , killed, last] = report.generator.runners ?? [];
    expect(killed?.startedIterations).toBeLessThan(0.8 * (last?.startedIterations ?? 0));
    expect(report.latency.length).toBeGreaterThan(0);
    expect(report.coverage.partial).toBe(true);
  },
);

test.each([
  ["--runners=0", /--runners/],
  ["--runners=1.5", /--runners/],
  ["--runners=65", /--runners/],
])("%s is refused", async (flag, message) => {
  const { status, err } = await headroom(newWorkplace(), ["run", "smoke", flag, "--dry-run"]);
  expect(status).toBe(2);
  expect(err).toMatch(message);
});

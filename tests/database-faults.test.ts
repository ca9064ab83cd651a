/** What was planted in the sandbox is named by a finding: observer and analysis together, with plain requests as load. */
import { afterEach, expect, test } from "vitest";
import { assess } from "../analysis/assess.ts";
import { testRun } from "../analysis/testdata/test-run.ts";
import type { Report } from "../src/domain/report.ts";
import { SANDBOX_PASSWORD } from "../src/domain/sandbox.ts";
import { startSandbox, type Sandbox } from "../sandbox/src/sandbox.ts";
import { call, signIn } from "../sandbox/src/testdata/client.ts";
import { observeDatabase } from "../src/observe/database/observe-database.ts";
import { recordingSink } from "../src/observe/database/testdata/recording-sink.ts";

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.stop();
});

const warmUpMs = 5000;

/** Requests from four users, as fast as they are answered. @returns the report over that time */
async function reportUnder(fault: string | undefined, seconds: number): Promise<Report> {
  const running = (sandbox = await startSandbox({ log: () => undefined }));
  const base = running.urls.api;
  const cookie = await signIn(base, "load-1@sandbox.test", SANDBOX_PASSWORD);
  if (fault !== undefined) await call(`${base}/control/faults`, { body: { fault } });
  const sink = recordingSink();
  const observer = await observeDatabase(
    { url: running.databaseObserverUrl ?? "", probePerSecond: 10, intervalMs: 1000 },
    sink,
  );
  const startedAt = Date.now();
  const user = async (): Promise<void> => {
    while (Date.now() < startedAt + 1000 * seconds) {
      for (const path of ["user/me", "token/search", "settings/read"]) {
        const json = { key: "BASE_CURRENCY", query: "bond", limit: 10 };
        await call(`${base}/api/rpc/${path}`, { body: { json }, headers: { cookie } });
      }
    }
  };
  await Promise.all([user(), user(), user(), user()]);
  await observer.stop();
  const run = testRun({ holdSeconds: seconds, run: { loadStartedAt: startedAt - warmUpMs } });
  return assess({
    ...run,
    observations: sink.observations,
    events: sink.gaps.map((gap) => ({ type: "gap", ...gap })),
  });
}

const findingOf = (report: Report, id: string) => report.findings.find((each) => each.id === id);
const verdictOf = ({ verdicts }: Report) =>
  verdicts.find(({ checkId }) => checkId === "database.query.p95");

test("a healthy sandbox: no finding, and nothing that it could not see", async () => {
  const report = await reportUnder(undefined, 10);
  expect(report.findings.filter(({ id }) => id.startsWith("database"))).toEqual([]);
  expect(report.database?.gaps).toEqual([]);
  const p95 = report.database?.probe?.p95;
  // 30 ms in the table; whatever else runs on this machine adds to it.
  expect(p95?.low).toBeLessThan(50);
  expect(p95?.high).toBeGreaterThan(25);
  expect(report.series.map(({ label }) => label)).toEqual(
    expect.arrayContaining(["Database probe, p95", "Open on the server", "Running a statement"]),
  );
  expect(report.database?.statements[0]?.calls).toBeGreaterThan(10);
  expect(report.database?.connections?.limit).toBe(57);
}, 40_000);

test("slow queries: the objective fails, and the finding names the statement", async () => {
  const report = await reportUnder("database=x3", 12);
  expect(verdictOf(report)).toMatchObject({
    outcome: "fail",
    reason: expect.stringContaining("Headroom's probe"),
  });
  const finding = findingOf(report, "database-slow");
  expect(finding?.sentence).toContain(report.database?.statements[0]?.query.slice(0, 60));
  expect(finding?.sentence).toMatch(
    /objective is 50 ms; most of its time went to `select .*of all statements' time/,
  );
}, 40_000);

test("an exhausted pool is named with whose it is", async () => {
  const report = await reportUnder("pool=exhausted", 11);
  expect(findingOf(report, "database-pool-exhausted")).toMatchObject({
    severity: "P1",
    sentence: expect.stringMatching(
      /pool of sandbox (?:subgraph and sandbox web and API|web and API and sandbox subgraph) is exhausted: 10 of 10 \(100 %\)/,
    ),
  });
  // The database itself is well, and the probe has its own connection.
  expect(verdictOf(report)?.outcome).not.toBe("fail");
}, 40_000);

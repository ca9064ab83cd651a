/**
 * The main job from end to end: the real command, real k6, real PostgreSQL. Runs alone, one after
 * another: a busy machine makes a run INVALID, which is right and would tell nothing here.
 */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { asReport, headroom, judgedRun, onlyRun, runFile } from "./headroom.ts";

/** Enough samples for a verdict on the API, few enough to leave the machine idle. */
const shortRun = "run smoke --rate 6000/min --warm-up 3s --duration 10s".split(" ");
const slowTest = { timeout: 240_000 };

describe("a healthy platform", () => {
  test(
    "passes, every file of the run says so, and judging again says the same",
    slowTest,
    async () => {
      const { workplace, status, report } = await judgedRun(shortRun);
      expect(report.validity).toEqual({ state: "valid", notes: expect.any(Array) });
      expect(["pass", "inconclusive"]).toContain(report.outcome);
      expect(status).toBe(report.exitStatus);
      expect(report.verdicts.find(({ checkId }) => checkId === "api.errors")?.outcome).toBe("pass");
      expect(readdirSync(onlyRun(workplace)).toSorted()).toEqual([
        "events.ndjson",
        "junit.xml",
        "observations.ndjson",
        "report.html",
        "report.md",
        "results.csv",
        "results.prom",
        "run.json",
        "samples.csv.gz",
        "scenario.js",
        "scenario.js.map",
        "verdicts.json",
        "windows.ndjson",
      ]);

      const again = await headroom(workplace, ["analyse", "latest", "--json"]);
      expect(again.err).toMatch(/from [\d,]+ rows of raw samples/);
      expect(asReport(again.out).verdicts).toEqual(report.verdicts);
    },
  );
});

describe("known faults", () => {
  test(
    "an API 1.6 times as slow FAILs, and the API and its endpoints are named",
    slowTest,
    async () => {
      const fault = ["--fault", "latency=api:x1.6"];
      const { workplace, status, report } = await judgedRun([...shortRun, ...fault]);
      const outcomeOf = (id: string) =>
        report.verdicts.find(({ checkId }) => checkId === id)?.outcome;
      expect(report.outcome).toBe("fail");
      expect(status).toBe(1);
      expect(outcomeOf("api.response.p95")).toBe("fail");
      expect(outcomeOf("subgraph.response.p95")).not.toBe("fail");
      expect(JSON.stringify(report.findings)).toMatch(/API reads are slow/);
      expect(runFile(workplace, "report.md")).toContain("API response time, p95 of reads");
    },
  );

  test("a target five times too slow FAILs: the generator is not to blame", slowTest, async () => {
    const slow = ["--scenario", "api", "--fault", "latency=api:x5"];
    const { status, report } = await judgedRun([...shortRun, ...slow]);
    expect(report.validity.state).toBe("valid");
    expect(report.outcome).toBe("fail");
    expect(status).toBe(1);
  });

  test("a rule of the platform ends the run, which FAILs", slowTest, async () => {
    const load =
      "run nightly --repeat 1 --scenario api --rate 1200/min --warm-up 2s --duration 60s";
    const { status, report } = await judgedRun([...load.split(" "), "--fault", "latency=api:x6"]);
    expect(report.run.interruption).toMatchObject({ cause: "platform-rule" });
    expect(report.outcome).toBe("fail");
    expect(status).toBe(1);
  });
});

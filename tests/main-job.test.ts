/**
 * The main job from end to end: the real command, real k6, real PostgreSQL, real Chromium. Runs alone, one after
 * another: a busy machine makes a run INVALID, which is right and would tell nothing here.
 */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { bundleScenarios } from "../src/engine/bundle.ts";
import { locateK6 } from "../src/engine/locate-k6.ts";
import {
  asReport,
  childrenOf,
  commandOf,
  headroom,
  insidePhase,
  isAlive,
  judgedRun,
  newWorkplace,
  onlyRun,
  runFile,
  startHeadroom,
} from "./headroom.ts";

/** Enough samples for a verdict on the API, few enough to leave the machine idle. */
const shortRun = "run smoke --rate 3000/min --warm-up 3s --duration 20s".split(" ");
const slowTest = { timeout: 240_000 };

describe("a healthy platform", () => {
  test(
    "passes, every file of the run says so, and judging again says the same",
    slowTest,
    async () => {
      const { workplace, status, report } = await judgedRun(shortRun);
      expect(report.validity).toMatchObject({ state: "valid" });
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

  test("a run that measured nothing is INVALID", { timeout: 120_000 }, async () => {
    const { status, out } = await headroom(newWorkplace(), [
      "run",
      "smoke",
      "--rate",
      "0.001/min",
      "--scenario",
      "api",
      "--warm-up",
      "1s",
      "--duration",
      "5s",
      "--json",
    ]);
    const report = asReport(out);
    expect(report.outcome).toBe("invalid");
    expect(status).toBe(3);
    expect(JSON.stringify(report.validity)).toMatch(/nothing-measured|too-few-samples/);
  });

  test(
    "a rate far above the generator's own ceiling is INVALID and says so",
    { timeout: 120_000 },
    async () => {
      const { status, out } = await headroom(newWorkplace(), [
        "run",
        "smoke",
        "--scenario",
        "noop",
        "--rate",
        "20000/s",
        "--warm-up",
        "2s",
        "--duration",
        "10s",
        "--json",
      ]);
      const report = asReport(out);
      expect(status).toBe(3);
      expect(JSON.stringify(report.validity)).toContain("generator-saturated");
    },
  );
});

describe("what ends early", () => {
  test(
    "kill -9 of Headroom stops the load within 2 s and leaves a PARTIAL report",
    { timeout: 120_000 },
    async () => {
      const workplace = newWorkplace();
      const { child, finished } = startHeadroom(workplace, ["run", "smoke", "--rate", "2400/min"]);
      const k6 = await k6Of(child.pid ?? 0);
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

  test("kill -9 of k6 ends with 3; what survived is reported", { timeout: 120_000 }, async () => {
    const workplace = newWorkplace();
    const { child, finished } = startHeadroom(workplace, ["run", "smoke", "--rate", "2400/min"]);
    const k6 = await k6Of(child.pid ?? 0);
    await insidePhase(workplace, "hold", 5);
    process.kill(k6, "SIGKILL");
    const { status, err } = await finished;
    expect(status).toBe(3);
    expect(err).toMatch(/killed/);
    expect(asReport(runFile(workplace, "verdicts.json")).latency.length).toBeGreaterThan(0);
  });

  test(
    "a Headroom that is stopped for 11 s: the load ends within 10 s, and the run is incomplete",
    { timeout: 120_000 },
    async () => {
      const workplace = newWorkplace();
      const { child, finished } = startHeadroom(workplace, ["run", "smoke", "--rate", "2400/min"]);
      const k6 = await k6Of(child.pid ?? 0);
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

  test("a stop file ends as Ctrl-C does, and is named", { timeout: 120_000 }, async () => {
    const workplace = newWorkplace();
    const { child, finished } = startHeadroom(workplace, ["run", "smoke", "--rate", "2400/min"]);
    await k6Of(child.pid ?? 0);
    await insidePhase(workplace, "warm-up", 2);
    writeFileSync(path.join(onlyRun(workplace), "stop"), "");
    const { status } = await finished;
    expect(status).toBe(130);
    expect(asReport(runFile(workplace, "verdicts.json"))).toMatchObject({
      outcome: "incomplete",
      run: { interruption: { cause: "user", message: expect.stringMatching(/stop file .*stop/) } },
    });
  });

  test("Ctrl-C stops k6 gently, reports and ends with 130", { timeout: 120_000 }, async () => {
    const workplace = newWorkplace();
    const { child, finished } = startHeadroom(workplace, ["run", "smoke", "--rate", "2400/min"]);
    await k6Of(child.pid ?? 0);
    await insidePhase(workplace, "warm-up", 2);
    child.kill("SIGINT");
    const { status } = await finished;
    expect(status).toBe(130);
    expect(asReport(runFile(workplace, "verdicts.json"))).toMatchObject({
      outcome: "incomplete",
      coverage: { partial: true },
    });
  });
});

const shortApiRun = "run smoke --scenario api --rate 600/min --warm-up 1s --duration 3s".split(" ");
const against = (url: string): string[] =>
  shortApiRun.concat("--target", `api=${url}`, "--target", `subgraph=${url}/subgraphs/name/kit`);

describe("a target that does not play along ends with 3 and the first failing request", () => {
  const password = "planted-Secret-1234";

  test.each([
    ["down", undefined, /auth\.sign-in.*refused/s],
    [
      "with another password",
      { status: 401, body: '{"code":"INVALID_EMAIL_OR_PASSWORD"}' },
      /auth\.sign-in.*401/s,
    ],
    [
      "that limits sign-ins",
      { status: 429, body: '{"message":"Too many requests."}' },
      /auth\.sign-in.*429/s,
    ],
    [
      "of another shape",
      { status: 200, body: '{"hello":"world"}' },
      /auth\.sign-in.*(shape|cookie)/s,
    ],
  ])("%s", { timeout: 60_000 }, async (_reason, answer, message) => {
    const server = createServer((_request, response) => {
      response
        .writeHead(answer?.status ?? 500, { "content-type": "application/json" })
        .end(answer?.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    if (answer === undefined) await new Promise((resolve) => server.close(resolve));
    const workplace = newWorkplace();
    const { status, err } = await headroom(workplace, against(`http://127.0.0.1:${port}`), {
      HEADROOM_PASSWORD: password,
    });
    server.close();
    expect(err).toMatch(message);
    expect(status).toBe(3);
    for (const file of readdirSync(onlyRun(workplace))) {
      expect(runFile(workplace, file), `${file} must not hold the password`).not.toContain(
        password,
      );
    }
  });

  test("without a password", { timeout: 60_000 }, async () => {
    const { status, err } = await headroom(newWorkplace(), against("http://127.0.0.1:9"));
    expect(err).toMatch(/HEADROOM_PASSWORD is not set/);
    expect(status).toBe(2);
  });

  test("that speaks no TLS", { timeout: 60_000 }, async () => {
    const server = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const { status, err } = await headroom(newWorkplace(), against(`https://127.0.0.1:${port}`), {
      HEADROOM_PASSWORD: password,
    });
    server.close();
    expect(err).toMatch(/auth\.sign-in.*tls/s);
    expect(status).toBe(3);
  });

  test("whose name does not resolve", { timeout: 60_000 }, async () => {
    const workplace = newWorkplace();
    mkdirSync(path.join(workplace, "environments"));
    const facts = {
      allowedHosts: ["api.headroom.invalid"],
      targets: { api: "http://api.headroom.invalid:1" },
    };
    writeFileSync(path.join(workplace, "environments", "local.json"), JSON.stringify(facts));
    const { status, err } = await headroom(workplace, ["run", "smoke", "--scenario", "api"]);
    expect(err).toMatch(/the name api\.headroom\.invalid does not resolve/);
    expect(status).toBe(3);
  });
});

describe("the bundle without Headroom", () => {
  test("runs under plain k6 against a sandbox", { timeout: 120_000 }, async () => {
    const workplace = newWorkplace();
    const { child } = startHeadroom(workplace, [
      "sandbox",
      "--port",
      "4710",
      "--subgraph-port",
      "4711",
    ]);
    try {
      const k6 = await locateK6({
        cacheDirectory: path.join(homedir(), ".cache", "headroom"),
        path: process.env["PATH"] ?? "",
        progress: () => undefined,
      });
      const { file } = await bundleScenarios({
        packageRoot: path.resolve(import.meta.dirname, ".."),
        outDirectory: workplace,
      });
      await expect
        .poll(
          () =>
            fetch("http://127.0.0.1:4710/api/auth/ok")
              .then((answer) => answer.status)
              .catch(() => 0),
          { timeout: 30_000 },
        )
        .toBe(200);
      const { stdout } = await promisify(execFile)(
        k6.path,
        ["run", "--quiet", "--summary-mode=disabled", "--out=csv=-", file],
        {
          env: {
            ...process.env,
            HEADROOM_WEB_URL: "http://127.0.0.1:4710",
            HEADROOM_API_URL: "http://127.0.0.1:4710",
            HEADROOM_SUBGRAPH_URL: "http://127.0.0.1:4711/subgraphs/name/kit",
            K6_NO_USAGE_REPORT: "true",
          },
          maxBuffer: 1e9,
        },
      );
      const responses = stdout.split("\n").filter((line) => line.startsWith("response,"));
      expect(responses.length).toBeGreaterThan(50);
      expect(responses.filter((line) => !line.includes("outcome=ok"))).toEqual([]);
    } finally {
      child.kill("SIGINT");
    }
  });
});

/** k6 as a child of Headroom, once it runs the load: a k6 of PATH is first asked to run a probe with the same options. */
async function k6Of(pid: number): Promise<number> {
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

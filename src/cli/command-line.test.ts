import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "./commands.ts";
import { commandHelp } from "./command.ts";
import { runCommandLine } from "./main.ts";
import { progressLine } from "./progress.ts";
import { testIo } from "./testdata/io.ts";

const packageRoot = path.resolve(import.meta.dirname, "../..");
const cwd = mkdtempSync(path.join(tmpdir(), "headroom-cli-"));
const foreign = path.join(cwd, "foreign.json");
writeFileSync(foreign, "{}");

async function headroom(...argv: string[]): Promise<{ status: number; out: string; err: string }> {
  const { io, out, err } = testIo({ packageRoot, cwd, commandLine: argv });
  return { status: await runCommandLine(argv, io), out: out(), err: err() };
}

test("a stop by hand while k6 is fetched is no bug", async () => {
  const stopper = new AbortController();
  stopper.abort();
  const { io, err } = testIo({
    packageRoot,
    cwd,
    interrupted: stopper.signal,
    env: { HEADROOM_CACHE: mkdtempSync(path.join(tmpdir(), "headroom-empty-cache-")), PATH: "" },
  });
  expect(await runCommandLine(["doctor", "--install"], io)).toBe(130);
  expect(err()).toContain("Stopped by hand.");
});

describe("help", () => {
  test("without a command, all commands are shown with the exit statuses", async () => {
    const { status, out } = await headroom();
    expect(status).toBe(0);
    for (const { name, summary } of commands)
      expect(out).toMatch(new RegExp(`^  ${name} +${summary.slice(0, 20)}`, "m"));
    expect(out).toContain("2  usage or configuration");
  });

  test.each(commands.map((command) => [command.name, command] as const))(
    "%s has examples and a line per flag",
    async (name, { load, summary }) => {
      const { status, out } = await headroom(name, "--help");
      const command = await load();
      expect(command.name).toBe(name);
      expect(status).toBe(0);
      expect(out).toBe(commandHelp(command, summary));
      expect(command.examples.length).toBeGreaterThan(0);
      for (const flag of Object.keys(command.options)) expect(out).toContain(`--${flag}`);
    },
  );

  test("the version is the package's", async () => {
    expect((await headroom("--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("bad input ends with 2, every problem at once, with what to do", () => {
  test.each([
    ["an unknown command", ["rum"], [/unknown command "rum": did you mean "run"\?/]],
    [
      "an unknown flag",
      ["run", "smoke", "--rat", "5/s"],
      [/unknown flag --rat: did you mean "--rate"\?/],
    ],
    [
      "a profile that is not there",
      ["run", "nightli"],
      [/unknown profile "nightli": did you mean "nightly"\?/],
    ],
    ["a missing profile", ["run"], [/<profile> is missing/, /headroom run --help/]],
    ["a flag without its value", ["run", "smoke", "--rate"], [/--rate needs a value: --rate RATE/]],
    ["a switch with a value", ["run", "smoke", "--json=yes"], [/--json takes no value/]],
    [
      "a flag given twice",
      ["run", "smoke", "--env", "local", "--env", "staging"],
      [/--env is given twice/],
    ],
    ["surplus words", ["run", "smoke", "soak"], [/unexpected "soak"/]],
    [
      "a port that stands alone",
      ["run", "smoke", "--live", "8090"],
      [/unexpected "8090": a value of --live stands after an equals sign: --live=8090/],
    ],
    [
      "a port that is none",
      ["run", "smoke", "--live=http"],
      [/--live: "http" is not a whole number/],
    ],
    ["a port beyond the last", ["run", "smoke", "--live=70000"], [/--live: .*70000.*65,?535/]],
    ["an empty port", ["run", "smoke", "--live="], [/--live: /]],
    [
      "a live view of nothing",
      ["gate", "--baseline", "a", "--candidate", "b", "--live"],
      [/--live is for live gates/],
    ],
    [
      "many problems",
      [
        "run",
        "nightli",
        "--env",
        "stagin",
        "--rate",
        "fast",
        "--target",
        "apy=http://x",
        "--seed",
        "x",
      ],
      [
        /5 problems/,
        /--rate: "fast" is not a rate/,
        /unknown environment "stagin": did you mean "staging"/,
        /unknown surface "apy"/,
        /--seed: "x"/,
      ],
    ],
    [
      "shares that do not add up",
      ["run", "smoke", "--share", "api=0.5"],
      [/shares add up to 0.5, expected 1/],
    ],
    [
      "a share of nothing known",
      ["run", "smoke", "--scenario", "apy"],
      [/unknown scenario "apy": did you mean "api"/],
    ],
    [
      "a host that is not allowed",
      ["run", "smoke", "--target", "api=http://example.com", "--scenario", "api"],
      [/host "example.com" is not in allowedHosts of local/],
    ],
    [
      "a warm-up where the profile has none",
      ["run", "autoscale", "--warm-up", "10m"],
      [/--warm-up: autoscale has no warm-up/],
    ],
    [
      "an environment without targets",
      ["run", "nightly", "--env", "staging"],
      [/staging has no target for web/, /no target for api/],
    ],
    [
      "production without approval",
      ["run", "nightly", "--env", "production"],
      [/never loaded without a recorded approval/],
    ],
    [
      "a fault without a sandbox",
      ["run", "smoke", "--target", "api=http://127.0.0.1:1", "--fault", "latency=api:x2"],
      [/--fault works on the sandbox only/],
    ],
    ["an unknown fault", ["demo", "--fault", "latancy=api:x2"], [/no fault is called "latancy"/]],
    [
      "a prune that is none",
      ["history", "--apply", "--keep-samples", "1"],
      [/--keep-samples is for headroom history prune/, /--apply is for headroom history prune/],
    ],
    [
      "what a prune does not look at",
      ["history", "prune", "--site", "pub", "--accept", "x@y"],
      [/--site has no effect on history prune/, /--accept has no effect on history prune/],
    ],
    [
      "a reason for no decision",
      ["history", "--reason", "agreed"],
      [/--reason is for --accept and --pin/],
    ],
    [
      "a site of a decision",
      ["history", "--accept", "x@y", "--reason", "agreed", "--site", "pub"],
      [/--site has no effect with --accept and --pin/],
    ],
    ["an import of a folder", ["import", "."], [/\. is no file: name one result of k6/]],
    ["an import of something else", ["import", foreign], [/is no result of k6/]],
    ["an unknown format", ["report", "latest", "--format", "pdf"], [/unknown format "pdf"/]],
    ["an unknown list", ["list", "profile"], [/did you mean "profiles"/]],
    ["an unknown schema", ["schema", "rapport"], [/no schema of "rapport"/]],
    ["a port that is none", ["sandbox", "--port", "99999"], [/--port: "99999"/]],
    ["no repetition", ["run", "smoke", "--repeat", "0"], [/--repeat: "0"/]],
  ])("%s", async (_reason, argv, messages) => {
    const { status, out, err } = await headroom(...argv);
    expect(status).toBe(2);
    expect(out).toBe("");
    for (const message of messages) expect(err).toMatch(message);
  });

  const gate = ["gate", "--candidate-target", "api=http://127.0.0.1:1", "--baseline-target"];
  test.each([
    ["run", "api=https://ada:hunter2@api.test", /holds a user or a password/],
    ["gate", "api=https://ada:hunter2@api.test", /holds a user or a password/],
    ["run", "api=ftp://ada:hunter2@api.test", /is not an http\(s\) URL/],
    ["run", "https://ada:hunter2@api.test", /is not SURFACE=URL/],
    ["run", "https://ada:hunter2@api.test/?a=b", /unknown surface/],
  ])("a target's password is neither taken nor repeated: %s %s", async (name, target, message) => {
    const words = name === "gate" ? gate : ["run", "smoke", "--target"];
    const { status, out, err } = await headroom(...words, target);
    expect(status).toBe(2);
    expect(err).toMatch(message);
    expect(out + err).not.toContain("hunter2");
  });

  test("a run that is not there is not the command line's fault", async () => {
    const { status, err } = await headroom("analyse", "latest");
    expect(status).toBe(3);
    expect(err).toMatch(/there is no run "latest".*\n.*hint: /);
  });
});

describe("answers for programs", () => {
  test("the resolved plan is printed and nothing is sent", async () => {
    const { status, out } = await headroom("run", "nightly", "--dry-run");
    expect(status).toBe(0);
    await expect(out).toMatchFileSnapshot("./testdata/dry-run.golden.txt");
  });

  test("the plan as JSON carries overrides", async () => {
    const { out } = await headroom(
      "run",
      "smoke",
      "--dry-run",
      "--json",
      "--rate",
      "10/s",
      "--duration",
      "50s",
      "--share",
      "api=60%",
      "--share",
      "web=0.4",
    );
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      requestsPerMinute: 600,
      durationMs: 55_000,
      requestsPerMinuteBySurface: { web: 240, subgraph: 0 },
    });
  });

  test("lists and schemas are JSON", async () => {
    expect(Object.keys(JSON.parse((await headroom("list", "--json")).out))).toEqual([
      "schemaVersion",
      "profiles",
      "scenarios",
      "environments",
    ]);
    expect((await headroom("list")).out).toContain("nightly");
    expect(JSON.parse((await headroom("schema", "environment")).out)).toMatchObject({
      type: "object",
    });
    expect(JSON.parse((await headroom("schema")).out)).toHaveProperty("$schema");
  });
});

test("a progress line tells phase, time left, rates, quantiles, errors and drops", () => {
  const line = progressLine({
    phase: "hold",
    leftMs: 84_000,
    offeredPerMinute: 10_500,
    achievedPerMinute: 10_489,
    surfaces: [
      { surface: "web", requests: 900, failures: {}, recent: { p95Ms: 1420 }, judged: {} },
      { surface: "api", requests: 900, failures: {}, recent: { p95Ms: 148.4 }, judged: {} },
      { surface: "subgraph", requests: 900, failures: {}, recent: { p95Ms: Infinity }, judged: {} },
    ],
    errors: 3,
    dropped: 0,
  });
  expect(line).toBe(
    "hold · 1:24 left · offered 10,500/min, achieved 10,489/min · p95 web 1.42 s, api 148 ms, subgraph never answered · 3 errors · 0 dropped",
  );
});

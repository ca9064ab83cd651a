import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { testRun, type TestRun } from "../../../analysis/testdata/test-run.ts";
import { publishedSchema } from "../../domain/documents/schemas.ts";
import type { GateDocument } from "../../../reports/gate/document.ts";
import { fromJson } from "../../domain/json.ts";
import { type Command } from "../command.ts";
import { baselineCommand } from "./baseline.ts";
import { gateCommand } from "./gate.ts";
import { answerOf, type Answer } from "../testdata/answer.ts";
import { storeRun } from "../../store/testdata/store-run.ts";

const cwd = mkdtempSync(path.join(tmpdir(), "headroom-gate-"));
const root = path.join(cwd, ".runs");
const packageRoot = path.resolve(import.meta.dirname, "../../..");
const day = 86_400_000;
const today = Date.parse("2026-11-23T12:00:00Z");

const call = (command: Command, argv: readonly string[], now = today): Promise<Answer> =>
  answerOf(command, argv, { cwd, packageRoot, now: () => now });
const gate = (...argv: string[]): Promise<Answer> => call(gateCommand, argv);
const baseline = (...argv: string[]): Promise<Answer> => call(baselineCommand, argv);

/** A stored run of an arm, started n minutes after the first; levels vary by a few percent. */
function store(arm: string, index: number, factor = 1, changes: TestRun = {}): string {
  const id = `${arm}-${index}`;
  const level = 1 + 0.02 * (((index * 0.618_034) % 1) - 0.5);
  const startedAt = today - day + index * 120_000 + (arm === "base" ? 0 : 60_000);
  const data = testRun({
    holdSeconds: 20,
    perSecond: 24,
    p95Ms: { web: 1500 * level, api: 120 * level * factor, subgraph: 120 * level },
    ...changes,
    run: { id, startedAt, endedAt: startedAt + 50_000, ...changes.run },
  });
  storeRun(root, data);
  return id;
}
const many = (arm: string, factor = 1, changes: TestRun = {}, count = 8): string =>
  Array.from({ length: count }, (_, index) => store(arm, index, factor, changes)).join(",");

const base = many("base");
const same = many("same");
const slow = many("slow", 1.25);

const documentOf = ({ out }: Answer): GateDocument => fromJson(out) as GateDocument;
const compare = (a: string, b: string, ...more: string[]): Promise<Answer> =>
  gate("--baseline", a, "--candidate", b, ...more);

describe("two sets of stored runs", () => {
  test("the same build passes, and a directory of its own says so", async () => {
    const answer = await compare(base, same, "--json");
    expect(answer.err).toContain("PASS: All 7 required metrics pass.");
    expect(answer.status).toBe(0);
    const document = documentOf(answer);
    expect(document).toMatchObject({ kind: "gate", outcome: "pass", exitStatus: 0, pairs: 8 });
    const fits = new Ajv2020({ allErrors: true }).compile(publishedSchema("gate"));
    fits(JSON.parse(answer.out));
    expect(fits.errors).toBeNull();
    expect(readdirSync(path.join(root, document.id)).toSorted()).toEqual([
      "gate.html",
      "gate.json",
      "gate.md",
      "junit.xml",
      "run.json",
    ]);
    const record = readFileSync(path.join(root, document.id, "run.json"), "utf8");
    expect(JSON.parse(record)).toMatchObject({ kind: "gate", state: "complete" });
    expect((JSON.parse(record) as { members: string[] }).members).toHaveLength(16);
  });

  test("25 % slower API fails, and its endpoints are named", async () => {
    const answer = await compare(base, slow);
    expect(answer.status).toBe(1);
    expect(answer.out).toMatch(/required +p95 of API reads .* FAIL/);
    expect(answer.err).toContain("finding: The change of the API is carried by");
    expect(answer.err).toContain("read.list");
    expect(answer.err).not.toContain("The change of the web front end");
  });

  test("a gate is judged again from its directory, with the same hash", async () => {
    const first = documentOf(await compare(base, slow, "--json"));
    const second = documentOf(await compare(first.id, first.id, "--json"));
    expect(second).toMatchObject({ hash: first.hash, outcome: "fail" });
  });

  test("a candidate that answers 500 fast fails on its errors", async () => {
    const failing = { surface: "api", ratio: 0.03, outcome: "http_500" } as const;
    const answer = await compare(base, many("fast", 0.5, { failing }, 8));
    expect(answer.status).toBe(1);
    expect(answer.err).toContain("FAIL: Failed or dropped requests, api");
  });

  test("too few runs are inconclusive with the number needed", async () => {
    const answer = await compare("base-0,base-1", "slow-0,slow-1");
    expect(answer.status).toBe(4);
    expect(answer.err).toContain("needs at least 5");
  });

  test("sets of unlike size, not interleaved, are judged as two samples", async () => {
    const answer = await compare(base, "slow-0,slow-1,slow-2,slow-3,slow-4,slow-5", "--json");
    const document = documentOf(answer);
    expect(document.warnings.map(({ code }) => code)).toContain("not-interleaved");
    expect(document.metrics[0]?.comparison?.design.design).toBe("independent");
    expect(answer.status).toBe(1);
  });

  test("unlike runs are refused with the reason, unless allowed by name", async () => {
    const other = many(
      "other",
      1,
      { plan: { profile: "smoke" }, run: { hashes: { plan: "q", scenario: "s" } } },
      5,
    );
    const refused = await compare(base, other);
    expect(refused.status).toBe(2);
    expect(refused.err).toContain("differs: plan-hash: test p against smoke q");
    expect((await compare(base, other, "--allow", "plan-hash")).status).toBe(0);
    expect((await compare(base, other, "--allow", "plan")).err).toContain("unknown difference");
  });

  test("runs of clocks that are apart make no pairs, and say why", async () => {
    const generator = { ...testRun().run.generator, cpuModel: "another" };
    const elsewhere = many("elsewhere", 1, { run: { generator } });
    const answer = await compare(base, elsewhere, "--allow", "generator", "--json");
    const document = documentOf(answer);
    const codes = document.warnings.map(({ code }) => code);
    expect(codes.slice(0, 2)).toEqual(["clocks-apart", "not-interleaved"]);
    expect(document.metrics[0]?.comparison?.design.design).toBe("independent");
    expect(answer.err).toContain("their clocks may be apart, so they make no pairs");
  });

  test("an invalid run is refused, a run named twice too", async () => {
    const saturated = store("saturated", 1, 1, { k6Cores: 3.9 });
    expect(await compare(base, saturated)).toMatchObject({ status: 3 });
    expect((await compare(base, saturated)).err).toContain("run saturated-1 is invalid");
    expect((await compare("base-0", "base-0")).err).toContain("named twice");
    expect((await compare("base-0", "nobody")).status).toBe(2);
  });

  test.each([
    [[], "a gate needs two sides"],
    [["--baseline", "a", "--sandbox"], "choose one"],
    [["--baseline", "a", "--candidate", "b", "--pairs", "5"], "--pairs is for live gates"],
    [["--baseline-target", "api=http://a"], "needs its counterpart"],
    [["--plan"], "--plan needs --history"],
    [["--sandbox", "--pairs", "0"], "not a whole number"],
    [["--sandbox", "--pairs", "5", "--quick"], "exclude each other"],
  ])("%j ends with 2", async (argv, message) => {
    const answer = await gate(...argv);
    expect(answer).toMatchObject({ status: 2 });
    expect(answer.err).toContain(message);
  });
});

describe("baselines", () => {
  test("are promoted with who, when, why and until when; listed and shown", async () => {
    const promoted = await baseline(
      "promote",
      "release-41",
      base,
      "--reason",
      "live",
      "--by",
      "Ada",
      "--expires",
      "14d",
    );
    expect(promoted).toMatchObject({ status: 0 });
    const stored: unknown = JSON.parse(
      readFileSync(path.join(root, "baselines", "release-41.json"), "utf8"),
    );
    expect(stored).toMatchObject({
      current: { by: "Ada", reason: "live", expires: "2026-12-07T12:00:00.000Z" },
    });
    expect((await baseline("list")).out).toContain(
      "release-41  8 runs of test, 0 days old, until 2026-12-07",
    );
    expect((await baseline("show", "release-41")).out).toContain("by        Ada");
    expect((await compare("baseline:release-41", slow)).status).toBe(1);
  });

  test("runs may be words of their own, or have commas between them", async () => {
    const words = ["base-0", "base-1,base-2", "base-3"];
    const promoted = await baseline("promote", "words", ...words, "--reason", "x", "--by", "Ada");
    expect(promoted.err).toContain("Promoted 4 runs to words");
    expect((await baseline("show", "words")).out).toContain("run       base-2");
    expect((await baseline("show", "words", "more")).err).toContain('unexpected "more"');
    expect((await baseline("list", "words")).status).toBe(2);
    expect((await gate("surplus")).err).toContain('unexpected "surplus"');
  });

  test("one whose expiry is no instant is unreadable, not eternal", async () => {
    await baseline("promote", "repaired", base, "--reason", "x", "--by", "Ada");
    const file = path.join(root, "baselines", "repaired.json");
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace(/"expires": "[^"]*"/, '"expires": "soon"'),
    );
    const answer = await compare("baseline:repaired", same);
    expect(answer.status).toBe(3);
    expect(answer.err).toContain("cannot be read as a baseline");
    rmSync(file);
  });

  test("an expired one is refused by the gate with the reason, and still serves as a reference", async () => {
    await baseline("promote", "old", base, "--reason", "x", "--by", "Ada", "--expires", "1d");
    const later = await call(
      gateCommand,
      ["--baseline", "baseline:old", "--candidate", same],
      today + 2 * day,
    );
    expect(later.status).toBe(2);
    expect(later.err).toContain("the baseline old expired at 2026-11-24");
    expect((await call(baselineCommand, ["list"], today + 2 * day)).out).toContain("EXPIRED");
    const argv = ["--baseline", same, "--candidate", slow, "--reference", "baseline:old"];
    const reference = await call(gateCommand, argv, today + 2 * day);
    expect(reference.err).toContain(
      "Gradual regression: p95 of API reads is beyond the margin against the reference",
    );
  });

  test("a run that failed, or is invalid, never becomes one", async () => {
    const failing = store("failing", 3, 3);
    const refused = await baseline("promote", "bad", failing, "--reason", "x");
    expect(refused.status).toBe(3);
    expect(refused.err).toContain("run failing-3 is fail");
    const nameless = await baseline("promote", "No Name", "--expires", "soon");
    expect(nameless.status).toBe(2);
    expect(nameless.err).toContain("4 problems");
    const for300Years = await baseline("promote", "x", base, "--reason", "x", "--expires", "9999d");
    expect(for300Years).toMatchObject({ status: 2 });
    expect(for300Years.err).toContain('--expires: "9999d" is not a duration of at most 3650 days');
    const elsewhere = mkdtempSync(path.join(tmpdir(), "headroom-elsewhere-"));
    const outside = path.join(root, "base-0");
    const argv = ["promote", "x", outside, "--reason", "x", "--runs", elsewhere];
    expect((await baseline(...argv)).err).toContain("lies outside");
    expect((await baseline("show", "nobody")).status).toBe(2);
    expect((await baseline("promot")).err).toContain('did you mean "promote"');
  });
});

const write = (record: object): string => {
  writeFileSync(path.join(cwd, "bypass.json"), JSON.stringify(record));
  return "bypass.json";
};

describe("bypass", () => {
  const valid = {
    who: "Ada",
    why: "known, fixed tomorrow",
    until: "2026-11-30T00:00:00Z",
    team: "performance",
  };

  test("a valid one stands on top beside the unchanged verdict, and turns the status to 0", async () => {
    const { hash } = documentOf(await compare(base, slow, "--json"));
    const answer = await compare(base, slow, "--json", "--bypass", write({ ...valid, gate: hash }));
    expect(answer.status).toBe(0);
    const document = documentOf(answer);
    expect(document).toMatchObject({ outcome: "fail", exitStatus: 0, bypass: { who: "Ada" } });
    const page = readFileSync(path.join(root, document.id, "gate.html"), "utf8");
    expect(page.indexOf("BYPASSED")).toBeLessThan(page.indexOf("<h1>"));
    expect(page).toContain("stays FAIL");
    expect(readFileSync(path.join(root, document.id, "junit.xml"), "utf8")).toContain('failures="');
  });

  test.each([
    ["expired", { ...valid, gate: "12345678", until: "2026-11-22T00:00:00Z" }, "expired at"],
    ["for another gate", { ...valid, gate: "12345678" }, "it is for gate 12345678"],
    [
      "for another candidate",
      { ...valid, candidate: "release-9" },
      "it is for candidate release-9",
    ],
    [
      "for another metric",
      { ...valid, metrics: ["web.page.p95"] },
      "api.response.p95 did not pass",
    ],
    ["for nothing", valid, "at least one of"],
    ["of another team", { ...valid, team: "sales", gate: "12345678" }, "no other team"],
  ])("%s is refused with one sentence", async (_reason, record, message) => {
    const answer = await compare(base, slow, "--bypass", write(record));
    expect(answer.status).toBe(2);
    expect(answer.err).toContain(message);
  });

  test("by metric, and not needed where the gate passes", async () => {
    const record = write({ ...valid, metrics: ["api.response.p95"] });
    expect((await compare(base, slow, "--bypass", record)).status).toBe(0);
    expect((await compare(base, same, "--bypass", record)).err).toContain("not needed");
  });
});

describe("flags that would say nothing", () => {
  const blue = "api=https://blue.example.test";
  test.each([
    [
      ["--baseline-target", blue, "--candidate-target", blue],
      "a release compared with itself proves nothing",
    ],
    [
      [
        "--baseline-target",
        blue,
        "--baseline-target",
        "web=https://b.example.test",
        "--candidate-target",
        "api=https://green.example.test",
      ],
      "web has a target in one arm only",
    ],
    [["--sandbox", "--allow", "plan-hash"], "--allow is for stored runs"],
    [["--baseline", "a", "--candidate", "b", "--env", "staging"], "--env is for live gates"],
    [["--plan", "--history", "a", "--bypass", "x.json"], "--plan sends nothing: --bypass"],
    [["--plan", "--history", "a", "--quick", "--pairs", "8"], "exclude each other"],
  ])("%j", async (argv, message) => {
    const answer = await gate(...argv);
    expect(answer.status).toBe(2);
    expect(answer.err).toContain(message);
  });

  test("a reference that is not there is reported before any run", async () => {
    const answer = await compare(base, same, "--reference", "baseline:typo");
    expect(answer.status).toBe(2);
    expect(answer.err).not.toContain("PASS");
    expect(answer.err).toContain('there is no baseline "typo"');
  });
});

describe("planning", () => {
  test("so few pairs that none can answer see no change of any size", async () => {
    const answer = await gate("--plan", "--history", base, "--pairs", "1");
    expect(answer.status).toBe(0);
    expect(answer.out).toContain("smallest detectable ratio ∞");
  });

  test("says pairs and minutes from the noise of a history", async () => {
    const answer = await gate("--plan", "--history", base);
    expect(answer.status).toBe(0);
    expect(answer.err).toMatch(
      /noise from run to run \(.*\) a 5 % answer needs \d+ pairs \(\d+ min\)/,
    );
    const json: unknown = JSON.parse((await gate("--plan", "--history", base, "--json")).out);
    expect(json).toMatchObject({ schemaVersion: 2, kind: "gate-plan", runs: 8 });
    expect((await gate("--plan", "--history", "base-0,base-1")).status).toBe(3);
  });
});

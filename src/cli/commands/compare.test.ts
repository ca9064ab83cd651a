import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { testRun, type TestRun } from "../../../analysis/testdata/test-run.ts";
import { type Command } from "../command.ts";
import { baselineCommand } from "./baseline.ts";
import { schemaProblems } from "../testdata/schema-problems.ts";
import { compareCommand } from "./compare.ts";
import { gateCommand } from "./gate.ts";
import { answerOf, type Answer } from "../testdata/answer.ts";
import { storeRun } from "../../store/testdata/store-run.ts";

const cwd = mkdtempSync(path.join(tmpdir(), "headroom-compare-"));
const packageRoot = path.resolve(import.meta.dirname, "../../..");

const run = (command: Command, ...argv: string[]): Promise<Answer> =>
  answerOf(command, argv, { cwd, packageRoot });
const compare = (...argv: string[]): Promise<Answer> => run(compareCommand, ...argv);

function file(name: string, content: readonly (number | string)[] | string): string {
  const text = typeof content === "string" ? content : `${content.join("\n")}\n`;
  writeFileSync(path.join(cwd, name), text);
  return name;
}

const values = [100, 101, 103, 99, 98, 102, 100.5, 97.5, 101.5, 99.5];
const slower = values.map((value) => value * 1.2);
file("a.csv", values);
file("same.csv", values);
file("slower.csv", slower);

const files = (a: string, b: string): string[] => ["--baseline", a, "--candidate", b];

describe("two files of values", () => {
  test("the JSON document has exactly its public fields", async () => {
    const { status, out } = await compare(...files("a.csv", "slower.csv"), "--json");
    expect(status).toBe(1);
    const document: unknown = JSON.parse(out);
    expect(Object.keys(document as object)).toEqual([
      "schemaVersion",
      "outcome",
      "ratio",
      "low",
      "high",
      "confidence",
      "nBaseline",
      "nCandidate",
      "minimumDetectableRatio",
      "warnings",
    ]);
    expect(schemaProblems("compare", document)).toEqual([]);
    expect(document).toMatchObject({
      schemaVersion: 1,
      outcome: "fail",
      confidence: 0.9,
      nBaseline: 10,
      nCandidate: 10,
      warnings: [],
    });
  });

  test("for people: the outcome on stdout, how it was made on stderr", async () => {
    const { status, out, err } = await compare(...files("a.csv", "same.csv"));
    expect(status).toBe(0);
    expect(out).toMatch(/^PASS: 1\.000 times the baseline \(90 % interval .* n = 10\); within/);
    expect(err).toContain("Smallest ratio that this comparison calls a FAIL in 4 of 5 cases: 1.0");
    expect(err).toContain("exact Mann–Whitney interval");
    expect(err).toContain("warning: both sides hold the same values");
  });

  test.each([1, 2, 3, 4])("%d values are inconclusive, never a pass", async (n) => {
    const few = file(`few-${n}.csv`, values.slice(0, n));
    for (const candidate of [few, file(`worse-${n}.csv`, slower.slice(0, n))])
      for (const paired of [[], ["--paired"]]) {
        const { status, out } = await compare(...files(few, candidate), "--json", ...paired);
        expect(status).toBe(4);
        expect(JSON.parse(out)).toMatchObject({
          outcome: "inconclusive",
          low: 0,
          high: "Infinity",
          minimumDetectableRatio: "Infinity",
        });
        expect(out).toContain("needs at least 5");
      }
  });

  test("5 of each decide", async () => {
    const few = files(file("b5.csv", values.slice(0, 5)), file("c5.csv", slower.slice(0, 5)));
    expect((await compare(...few)).status).toBe(1);
    expect((await compare(...few, "--paired")).status).toBe(1);
  });

  test("lengths may differ, unless rows belong together", async () => {
    const short = file("short.csv", slower.slice(2));
    expect((await compare(...files("a.csv", short))).status).toBe(1);
    const { status, err } = await compare(...files("a.csv", short), "--paired");
    expect(status).toBe(2);
    expect(err).toContain("10 rows against 8 rows make no pairs");
  });

  test("missing values are left out and counted; in pairs, the whole pair", async () => {
    const gaps = file("gaps.csv", ["", ...slower.slice(1)]);
    const alone = await compare(...files("a.csv", gaps), "--json");
    expect(JSON.parse(alone.out)).toMatchObject({ nBaseline: 10, nCandidate: 9 });
    expect(alone.out).toContain("1 row without a value left out");
    const paired = await compare(...files("a.csv", gaps), "--json", "--paired");
    expect(JSON.parse(paired.out)).toMatchObject({ nBaseline: 9, nCandidate: 9 });
    const never = [file("left.csv", "1\n\n2\n"), file("right.csv", "x\n\n1\n\n")] as const;
    expect((await compare(...files(...never), "--paired")).status).toBe(2);
  });

  test("columns, JSON, direction, margin and confidence", async () => {
    const rows = (factor: number): string =>
      ["run,rps", ...values.map((value, index) => `${index},${value * factor}`)].join("\n");
    file("rps-a.csv", rows(1));
    file("rps-b.csv", rows(0.9));
    const both = [...files("rps-a.csv", "rps-b.csv"), "--column", "rps"];
    expect((await compare(...both)).status).toBe(0);
    expect((await compare(...both, "--better", "higher")).status).toBe(1);
    expect((await compare(...both, "--better", "higher", "--margin", "20%")).status).toBe(0);
    const wide = await compare(...both, "--confidence", "0.98", "--json");
    expect(JSON.parse(wide.out)).toMatchObject({ confidence: 0.98 });
    const json = file("a.json", JSON.stringify(values));
    expect((await compare(...files(json, "slower.csv"))).status).toBe(1);
  });

  test("zeros need a floor", async () => {
    const zeros = file("zeros.csv", [0, 0, 0, 0, 0, 0]);
    const nearly = file("nearly.csv", [0, 0, 0.0001, 0, 0, 0.0002]);
    expect((await compare(...files(zeros, zeros))).status).toBe(4);
    expect((await compare(...files(zeros, nearly), "--floor", "0.001")).status).toBe(0);
    expect((await compare(...files(zeros, "a.csv"), "--floor", "0.001")).status).toBe(1);
  });
});

describe("bad input ends with 2 and prints no document", () => {
  test.each([
    ["no files", [], [/--baseline is missing/, /--candidate is missing/]],
    ["a file that is not there", files("a.csv", "b.csv"), [/b\.csv cannot be read/]],
    ["neither file nor run", files("nothing", "else"), [/neither a file nor a run/]],
    ["a file against runs", files("a.csv", "latest"), [/cannot be compared with runs/]],
    ["an empty file", files("a.csv", "empty.csv"), [/empty\.csv holds no value/]],
    [
      "words",
      files("a.csv", "words.csv"),
      [/words\.csv:2: \S+ is "NaN", expected a number ≥ 0/, /words\.csv:3: \S+ is "fast"/],
    ],
    [
      "negative values",
      files("a.csv", "negative.csv"),
      [/negative\.csv:1: value is "-1", expected a number ≥ 0/],
    ],
    ["a margin of 5", [...files("a.csv", "same.csv"), "--margin", "5"], [/--margin: "5"/]],
    ["no margin", [...files("a.csv", "same.csv"), "--margin", "0"], [/between 0 and 1/]],
    [
      "many problems",
      [...files("a.csv", "same.csv"), "--better", "lowr", "--confidence", "1", "--floor", "x"],
      [/3 problems/, /did you mean "lower"/, /--confidence: "1"/, /--floor: "x"/],
    ],
    ["a flag for runs", [...files("a.csv", "same.csv"), "--allow", "target"], [/--allow is for/]],
  ])("%s", async (_reason, argv, messages) => {
    file("empty.csv", "");
    file("words.csv", "1\nNaN\nfast\n");
    file("negative.csv", "-1\n2\n");
    const { status, out, err } = await compare(...argv, "--json");
    expect(status).toBe(2);
    expect(out).toBe("");
    for (const message of messages) expect(err).toMatch(message);
  });
});

const root = path.join(cwd, ".runs");

/** A stored run as `headroom run` leaves it. */
function stored(id: string, minute: number, factor: number, changes: TestRun = {}): string {
  const level = factor * (1 + 0.02 * (((minute * 0.618_034) % 1) - 0.5));
  const p95Ms = { web: 1500 * level, api: 150 * level, subgraph: 120 * level };
  const data = testRun({ holdSeconds: 20, perSecond: 20, p95Ms, ...changes });
  storeRun(root, {
    ...data,
    run: { ...data.run, id, startedAt: data.run.startedAt + minute * 60_000 },
  });
  return id;
}

const set = (name: string, factor: number, changes?: TestRun): string =>
  Array.from({ length: 5 }, (_, index) =>
    stored(`${name}-${index}`, index, factor, changes),
  ).join();

describe("two sets of stored runs", () => {
  const before = set("before", 1);
  const same = set("same", 1);
  const worse = set("worse", 1.3);

  test("the same build passes; required metrics first", async () => {
    const { status, out, err } = await compare(...files(before, same));
    expect(err).toContain("PASS: All 7 required metrics pass.");
    expect(status).toBe(0);
    const rows = out.trimEnd().split("\n");
    expect(rows[0]).toMatch(/metric +baseline +candidate +ratio +interval +detectable +n +outcome/);
    expect(rows[1]).toMatch(/^required .* 5\/5 +PASS$/);
    expect(rows.at(-1)).toMatch(/^finding /);
  });

  test("a slower one fails, with a versioned document; directories are as good as ids", async () => {
    const directories = worse
      .split(",")
      .map((id) => path.join(root, id))
      .join();
    const { status, out } = await compare(...files(before, directories), "--json");
    expect(status).toBe(1);
    const document: unknown = JSON.parse(out);
    expect(schemaProblems("compare-runs", document)).toEqual([]);
    expect(document).toMatchObject({
      schemaVersion: 1,
      kind: "run-comparison",
      outcome: "fail",
      baseline: before.split(","),
      candidate: worse.split(","),
      differences: [],
    });
  });

  test("a promoted baseline and an earlier gate are as good as their runs", async () => {
    await run(baselineCommand, "promote", "main", before, "--reason", "x", "--by", "Ada");
    const gate = JSON.parse((await run(gateCommand, ...files(before, worse), "--json")).out) as {
      id: string;
    };
    const expected = await compare(...files(before, worse), "--json");
    for (const named of [files("baseline:main", gate.id), files(gate.id, gate.id)])
      expect(await compare(...named, "--json")).toEqual(expected);
    const unknown = await compare(...files("baseline:none", worse));
    expect(unknown).toMatchObject({ status: 2, err: expect.stringContaining("none") });
    const typo = await compare(...files("befor", worse));
    expect(typo).toMatchObject({
      status: 2,
      err: expect.stringMatching(/neither a file nor a run/),
    });
  });

  test("unlike runs are refused, differences first, unless they are named", async () => {
    const other = set("other", 1, { run: { versions: { headroom: "0", k6: "9" } } });
    const refused = await compare(...files(before, other));
    expect(refused.status).toBe(2);
    expect(refused.out).toBe("");
    expect(refused.err).toContain("differs: k6-version: 2 against 9");
    expect(refused.err).toContain("--allow k6-version");
    const allowed = await compare(...files(before, other), "--allow", "k6-version");
    expect(allowed.status).toBe(0);
    expect(allowed.err).toContain("differs: k6-version");
    const typo = await compare(...files(before, other), "--allow", "k6-versoin");
    expect(typo.err).toContain('did you mean "k6-version"?');
  });

  test("invalid and incomplete runs are refused with 3", async () => {
    const saturated = stored("saturated", 0, 1, { k6Cores: 3.9 });
    const { status, err, out } = await compare(...files(before, `${same},${saturated}`));
    expect([status, out]).toEqual([3, ""]);
    expect(err).toMatch(/run saturated is invalid: /);
  });

  test("few runs, pairs that do not come out, a run twice, wrong flags", async () => {
    const few = await compare(...files("before-0,before-1", "worse-0,worse-1"));
    expect(few.status).toBe(4);
    expect(few.err).toContain("needs at least 5");
    const paired = await compare(...files(before, "worse-0,worse-1"), "--paired");
    expect(paired.err).toContain("5 runs against 2 make no pairs");
    const twice = await compare(...files(before, "before-0"));
    expect(twice.err).toContain("run before-0 is named twice");
    const none = await compare(...files(",", same));
    expect(none.err).toContain("--baseline names no run");
    const flags = await compare(...files(before, same), "--better", "higher");
    expect(flags.err).toContain("--better is for files of values");
    for (const { status } of [paired, twice, none, flags]) expect(status).toBe(2);
  });
});

import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { exitStatus } from "../../domain/exit-status.ts";
import { schemaProblems } from "../testdata/schema-problems.ts";
import { detectFrom } from "./detect.ts";
import { answerOf, type Answer } from "../testdata/answer.ts";

const cwd = path.resolve(import.meta.dirname, "../testdata");

const detect = (argv: readonly string[], stdin = ""): Promise<Answer> =>
  answerOf(
    detectFrom(async () => stdin),
    argv,
    { cwd },
  );

test("a table for people, the warnings beside it; a change is no failure", async () => {
  const { status, out, err } = await detect(["detect-nights.csv"]);
  expect(status).toBe(exitStatus.pass);
  await expect(out).toMatchFileSnapshot("../testdata/detect-nights.golden.txt");
  expect(err).toBe(
    "warning: 1 of 60 values is missing or not finite: it was left out, not filled; indices still count it\n",
  );
});

test("one JSON document, exactly these fields", async () => {
  const { status, out, err } = await detect(["detect-nights.csv", "--json"]);
  expect(status).toBe(exitStatus.pass);
  expect(err).toBe("");
  await expect(out).toMatchFileSnapshot("../testdata/detect-nights.golden.json");
  const answer = JSON.parse(out) as Record<string, unknown>;
  expect(schemaProblems("detect", answer)).toEqual([]);
  expect(Object.keys(answer)).toEqual([
    "schemaVersion",
    "n",
    "changePoints",
    "outliers",
    "smallestDetectable",
    "warnings",
  ]);
  const fields = ["index", "time", "before", "after", "ratio", "low", "high", "p"];
  expect(answer).toMatchObject({ schemaVersion: 1, n: 60, outliers: [{ index: 22 }] });
  for (const point of answer["changePoints"] as object[])
    expect(Object.keys(point)).toEqual(fields);
});

test("standard input, a column by name, any seed; the same answer twice", async () => {
  const stdin = readFileSync(path.join(cwd, "detect-nights.csv"), "utf8");
  const argv = ["-", "--column", "p99_ms", "--seed", "5", "--json"];
  const first = await detect(argv, stdin);
  expect(schemaProblems("detect", JSON.parse(first.out))).toEqual([]);
  expect(first).toEqual(await detect(argv, stdin));
  expect(JSON.parse(first.out)).toHaveProperty("changePoints.length", 0);
});

test("the filter of small changes", async () => {
  const small = JSON.stringify(Array.from({ length: 40 }, (_, i) => (i < 20 ? 100 : 102)));
  expect((await detect(["-"], small)).out).toBe(
    "value: 40 values, no change of level, no outliers\n" +
      "smallest change that would be found in 4 of 5 cases once it lasts 14 values: +5.4 %\n",
  );
  for (const minChange of ["0", "1%"])
    expect((await detect(["-", "--min-change", minChange], small)).out).toMatch(
      /20 +100 +102 +\+2 %/,
    );
});

const week = [1, 1, 1, 1, 1, 0.8, 0.8];
const dayOf = (index: number): string =>
  new Date(Date.UTC(2026, 0, 5 + index)).toISOString().slice(0, 10);

test("a week is removed, also where days have no row, and what it hides is found", async () => {
  const days = Array.from({ length: 84 }, (_, day) => day).filter((day) => day % 11 !== 3);
  const rows = days.map((day) => {
    const noise = 1 + 0.02 * Math.sin(day * day);
    return `${dayOf(day)},${100 * noise * (week[day % 7] ?? 1) * (day < 70 ? 1 : 1.1)}`;
  });
  const { out } = await detect(["-", "--json"], ["date,p95", ...rows].join("\n"));
  const answer = JSON.parse(out) as Record<string, unknown>;
  expect(answer).toHaveProperty("changePoints.length", 1);
  expect(answer).toHaveProperty("changePoints.0.time", dayOf(70));
  expect(answer).toHaveProperty("pattern.period", 7);
  expect(answer).toHaveProperty("pattern.ratios.5", expect.closeTo(0.8, 1));
  expect(answer).toHaveProperty("warnings.0.code", "repeating-pattern");
});

test("without a ratio the table has a dash, and JSON no field", async () => {
  const values = JSON.stringify(Array.from({ length: 40 }, (_, i) => (i < 20 ? -5 : 5)));
  expect((await detect(["-"], values)).out).toMatch(/20 +-5 +5 +– +– +0\.005/);
  const { out } = await detect(["-", "--json"], values);
  expect(JSON.parse(out)).toHaveProperty("changePoints", [
    { index: 20, before: -5, after: 5, p: 0.005 },
  ]);
});

test("two points are an answer with a warning", async () => {
  const { status, err } = await detect(["-"], "[1,2]");
  expect(status).toBe(exitStatus.pass);
  expect(err).toBe("warning: 2 values: a change needs at least 6, 3 before and 3 after\n");
});

test.each([
  ["a file that is not there", ["none.csv"], [/none.csv cannot be read: there is no such file/]],
  ["a directory", ["."], [/it is a directory/]],
  ["no file", [], [/<file> is missing/]],
  [
    "everything at once",
    ["detect-nights.csv", "--column", "p98_ms", "--min-change", "small", "--seed", "-1"],
    [/3 problems/, /--min-change: "small" is not a share/, /--seed: "-1"/],
  ],
  ["a column that is none", ["detect-nights.csv", "--column", "p98_ms"], [/did you mean "p95_ms"/]],
  ["a seed that is none", ["detect-nights.csv", "--seed="], [/--seed: "" is not a whole number/]],
])("%s: status 2 and nothing on stdout", async (_reason, argv, messages) => {
  const { status, out, err } = await detect(argv);
  expect(status).toBe(exitStatus.usage);
  expect(out).toBe("");
  for (const message of messages) expect(err).toMatch(message);
});

import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../cli/commands.ts";
import { ConfigError, EngineError, UsageError } from "./errors.ts";
import { exitMeanings, exitStatus, exitStatusOfError, exitStatusOfOutcome } from "./exit-status.ts";

describe("exit statuses", () => {
  test.each([
    ["pass", 0],
    ["fail", 1],
    ["invalid", 3],
    ["incomplete", 3],
    ["inconclusive", 4],
  ] as const)("a run that is %s ends with %i", (outcome, status) => {
    expect(exitStatusOfOutcome(outcome)).toBe(status);
  });

  test.each([
    ["the command line is the caller's", new UsageError("x", { code: "x" }), 2],
    ["so is a file", new ConfigError("x", { code: "x" }), 2],
    ["k6 missing stops a run", new EngineError("x", { code: "x" }), 3],
    ["what nobody expected is a bug", new TypeError("x"), 70],
    ["even where it is no error", "x", 70],
  ])("%s", (_reason, error, status) => {
    expect(exitStatusOfError(error)).toBe(status);
  });

  test("are in README's table with their meanings, and every command is in the one below it", () => {
    const readme = readFileSync(path.resolve(import.meta.dirname, "../../README.md"), "utf8");
    const section = readme.split("\n## ").find((each) => each.startsWith("Exit status")) ?? "";
    const rows = [...section.matchAll(/^\| +(\d+) +\| (.*?) +\|/gm)];
    const meanings = rows.map(([, status, meaning]) => [Number(status), meaning]);
    expect(meanings).toEqual(
      Object.entries(exitStatus).map(([name, status]) => [
        status,
        new Map(Object.entries(exitMeanings)).get(name),
      ]),
    );
    const judging = section.slice(section.indexOf("| command"));
    for (const { name } of commands) expect(judging).toContain(`\`${name}\``);
  });
});

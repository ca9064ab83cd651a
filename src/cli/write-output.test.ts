import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { exitStatusOfError } from "../domain/exit-status.ts";
import { writeOutput } from "./write-output.ts";

const cwd = mkdtempSync(path.join(tmpdir(), "headroom-output-"));
const statusOf = (named: string): number | undefined => {
  try {
    writeOutput("text\n", { option: "--output", named, cwd });
    return undefined;
  } catch (error) {
    return exitStatusOfError(error);
  }
};

test("a file is written where the name leads, from the working directory", () => {
  expect(statusOf("a.txt")).toBeUndefined();
  expect(readFileSync(path.join(cwd, "a.txt"), "utf8")).toBe("text\n");
});

test.each([
  ["a folder that is not there", "nowhere/a.txt"],
  ["a folder", "."],
])("%s is a mistake in the command", (_reason, named) => {
  expect(statusOf(named)).toBe(2);
});

describe.skipIf(!existsSync("/dev/full"))("a full disk", () => {
  test("is no bug, and no mistake in the command", () => {
    expect(statusOf("/dev/full")).toBe(3);
  });
});

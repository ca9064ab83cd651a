import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import {
  checkFresh,
  isBaselineName,
  listBaselineNames,
  readBaseline,
  writeBaseline,
} from "./baselines.ts";

const newRoot = (): string => mkdtempSync(path.join(tmpdir(), "headroom-baselines-"));
const baseline = (by: string) => ({
  schemaVersion: 1 as const,
  kind: "baseline" as const,
  name: "release-41",
  profile: "gate",
  environment: "local",
  planHash: "p",
  scenarioHash: "s",
  current: {
    by,
    at: "2026-11-23T12:00:00Z",
    expires: "2026-12-23T12:00:00Z",
    reason: "live",
    runs: ["a", "b"],
  },
});

describe("a baseline", () => {
  test("comes back as it was written, earlier promotions behind it", () => {
    const root = newRoot();
    expect(listBaselineNames(root)).toEqual([]);
    writeBaseline(root, baseline("Ada"));
    writeBaseline(root, baseline("Grace"));
    expect(listBaselineNames(root)).toEqual(["release-41"]);
    const stored = readBaseline(root, "release-41");
    expect(stored.current.by).toBe("Grace");
    expect(stored.earlier.map(({ by }) => by)).toEqual(["Ada"]);
  });

  test("is fresh until it expires", () => {
    const stored = { ...baseline("Ada"), earlier: [] };
    expect(() => checkFresh(stored, Date.parse("2026-12-23T11:59:59Z"))).not.toThrow();
    expect(() => checkFresh(stored, Date.parse("2026-12-23T12:00:00Z"))).toThrow(
      "the baseline release-41 expired at 2026-12-23T12:00:00Z (promoted 2026-11-23T12:00:00Z by Ada)",
    );
  });

  test("that is not there is reported with those that are; one that is broken is its own error", () => {
    const root = newRoot();
    writeBaseline(root, baseline("Ada"));
    expect(() => readBaseline(root, "release-42")).toThrow("known: release-41");
    expect(() => readBaseline(root, "../release-41")).toThrow("there is no baseline");
    writeFileSync(path.join(root, "baselines", "half.json"), '{"schemaVersion": 1');
    expect(() => readBaseline(root, "half")).toThrow("cannot be read as a baseline");
  });

  test.each([
    ["release-41", true],
    ["v1.2", true],
    ["Release", false],
    ["../x", false],
    ["", false],
    ["x".repeat(65), false],
  ])("the name %j: %s", (name, isName) => {
    expect(isBaselineName(name)).toBe(isName);
  });
});

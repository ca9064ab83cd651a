import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { checkBypass, readBypass, type BlockedGate, type Bypass } from "./bypass.ts";

const directory = mkdtempSync(path.join(tmpdir(), "headroom-bypass-"));
const now = Date.parse("2026-11-23T12:00:00Z");
const record = {
  who: "Ada",
  why: "fixed tonight",
  until: "2026-11-24T00:00:00Z",
  team: "performance",
} as const;
const gate: BlockedGate = {
  hash: "04da76b93ef80a25",
  candidateHash: "760c9c351c08d6ba",
  candidateLabel: "release-42",
  metrics: ["api.response.p95"],
  isMoreThanMetrics: false,
  outcome: "fail",
};

function written(content: string): string {
  const file = path.join(directory, "bypass.json");
  writeFileSync(file, content);
  return file;
}

describe("what can be read", () => {
  test("a record that is still valid", () => {
    const file = written(JSON.stringify({ ...record, gate: gate.hash }));
    expect(readBypass(file, now)).toMatchObject({ who: "Ada", gate: gate.hash });
    expect(() => readBypass(file, now + 86_400_000)).toThrow("expired at 2026-11-24T00:00:00Z");
  });

  test.each([
    ["no JSON", "{", "cannot be read as a bypass"],
    ["a typing error", JSON.stringify({ ...record, gates: "x" }), "gates"],
    ["nobody", JSON.stringify({ ...record, gate: gate.hash, who: "" }), "who"],
    [
      "a day without its time",
      JSON.stringify({ ...record, gate: gate.hash, until: "2030-01-01" }),
      "until",
    ],
    ["a hash too short to be one", JSON.stringify({ ...record, gate: "0" }), "gate"],
  ])("%s is refused with its field", (_reason, content, message) => {
    expect(() => readBypass(written(content), now)).toThrow(message);
  });

  test("a file that is not there", () => {
    expect(() => readBypass(path.join(directory, "nowhere.json"), now)).toThrow(
      "nowhere.json cannot be read: there is no such file",
    );
  });
});

describe("what it is for", () => {
  const check = (changes: Partial<Bypass>, blocked = gate): void =>
    checkBypass({ ...record, ...changes }, blocked, "bypass.json");

  test.each([
    ["an unhealthy candidate", { ...gate, isMoreThanMetrics: true }],
    ["a gate that no metric blocks", { ...gate, metrics: [] }],
  ])("a list of metrics does not accept %s", (_name, blocked) => {
    expect(() => check({ metrics: ["api.response.p95"] }, blocked)).toThrow(
      "other things block it",
    );
    expect(() => check({ gate: gate.hash }, blocked)).not.toThrow();
  });

  test.each<[string, Partial<Bypass>]>([
    ["the gate's hash", { gate: gate.hash }],
    ["its beginning", { gate: "04da76b9" }],
    ["the candidate's label", { candidate: "release-42" }],
    ["the candidate's hash", { candidate: "760c9c35" }],
    ["the metric", { metrics: ["api.response.p95", "throughput"] }],
  ])("%s matches", (_reason, changes) => {
    expect(() => check(changes)).not.toThrow();
  });

  test("all that is named has to match", () => {
    expect(() => check({ gate: gate.hash, metrics: ["throughput"] })).toThrow("throughput only");
    expect(() => check({ gate: gate.hash, candidate: "release-41" })).toThrow(
      "candidate release-41",
    );
  });

  test("nobody can accept what was not measured", () => {
    expect(() => check({ gate: gate.hash }, { ...gate, outcome: "invalid" })).toThrow("INVALID");
  });
});

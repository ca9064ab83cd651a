/** Records as Headroom wrote them when a gate, a nightly run and a plan still carried a load plan. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { runSchemaVersion } from "../../../domain/run.ts";
import { readRunRecord, readStoredRecord } from "../../run-reader.ts";

const stored = path.join(import.meta.dirname, "../../testdata/version-1");

test("a run keeps everything that it said", () => {
  const directory = path.join(stored, "run");
  const { sha256: _seal, ...written }: Record<string, unknown> = JSON.parse(
    readFileSync(path.join(directory, "run.json"), "utf8"),
  );
  expect(readRunRecord(directory)).toEqual({ ...written, schemaVersion: runSchemaVersion });
});

const head = {
  schemaVersion: runSchemaVersion,
  state: "complete",
  versions: { headroom: "0.1.0" },
  pid: 13202,
  process: { host: "vm", bootId: "aeea0f48-47ca-42b3-b1ef-6a0bc1ed677d", startTicks: 51543 },
};
const records = {
  gate: {
    ...head,
    kind: "gate",
    id: "20261130-093000-release-gate-4170",
    members: ["a-0", "b-1", "a-2", "b-3", "a-4", "b-5"],
    profile: "test",
    environment: "local",
    versions: { headroom: "0" },
    startedAt: Date.parse("2026-11-30T09:30:00Z"),
    endedAt: Date.parse("2026-11-30T09:30:00Z"),
    command: "headroom gate --baseline a --candidate b",
  },
  nightly: {
    ...head,
    kind: "nightly",
    id: "20261130-020000-night-46fa",
    members: ["night-run-0", "night-run-1"],
    profile: "nightly",
    environment: "local",
    startedAt: Date.parse("2026-11-30T02:00:00Z"),
    endedAt: Date.parse("2026-11-30T02:00:00Z"),
    command: "headroom nightly",
  },
  plan: {
    ...head,
    kind: "plan",
    id: "20261201-090000-capacity-plan-c78c",
    members: [],
    startedAt: Date.parse("2026-12-01T09:00:00Z"),
    endedAt: Date.parse("2026-12-01T09:00:00Z"),
    command: "headroom plan",
  },
} as const;

test.each(Object.entries(records))("of a %s what is its own is kept", (kind, record) => {
  expect(readStoredRecord(path.join(stored, kind))).toEqual(record);
  expect(() => readRunRecord(path.join(stored, kind))).toThrow(`${record.id} is a ${kind}`);
});

test.each([
  ["a gate that names no profile", "gate", /"plan": \{/, '"plans": {', "profile is missing"],
  ["a kind of another product", "plan", /"kind": "plan"/, '"kind": "audit"', 'kind is "audit"'],
])("%s is refused", (_reason, kind, from, to, message) => {
  const directory = path.join(mkdtempSync(path.join(tmpdir(), "headroom-version-")), kind);
  cpSync(path.join(stored, kind), directory, { recursive: true });
  const file = path.join(directory, "run.json");
  const text = readFileSync(file, "utf8").replace(/,\s*"sha256": "\w+"/, "");
  writeFileSync(file, text.replace(from, to));
  expect(() => readStoredRecord(directory)).toThrow(message);
});

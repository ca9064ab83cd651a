/** `gate.json` as Headroom wrote it until version 2 of its format. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { readStoredGate } from "./stored-gate.ts";

const file = path.join(import.meta.dirname, "../store/testdata/version-1/quick-gate/gate.json");

/** Names of version 1 by those of today. */
const earlier: Readonly<Record<string, string>> = {
  analyses: "looks",
  lastAnalysis: "look",
  control: "nullArm",
  controlComparison: "nullControl",
  lostAttempts: "repeated",
  objectives: "budgets",
  objectivesRun: "budgetRun",
  smallestDetectable: "seesFrom",
  driftPValue: "driftChance",
};

test("a gate of version 1 keeps everything that it said, under today's names", () => {
  const gate = readStoredGate(file);
  expect(gate).toMatchObject({
    schemaVersion: 2,
    analyses: [{ pairs: 9, alpha: 0.05 }],
    lastAnalysis: { pairs: 8, alpha: 0.05 },
    ending: { message: "stopped after 8 pairs: another would exceed --max-duration" },
    quick: { objectivesRun: { id: "run-0" }, smallestDetectable: { title: "p95 of API reads" } },
  });
  expect(gate?.control?.runs).toHaveLength(8);
  expect(gate?.lostAttempts[0]?.runs.map(({ arm }) => arm)).toContain("control");
  const old: unknown = JSON.parse(JSON.stringify(gate), (key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value).map(([name, each]) => [earlier[name] ?? name, each]),
        )
      : key === "arm" && value === "control"
        ? "nullArm"
        : value,
  );
  const { sha256: _seal, ...written }: Record<string, unknown> = JSON.parse(
    readFileSync(file, "utf8"),
  );
  expect({ ...(old as object), schemaVersion: 1 }).toEqual(written);
});

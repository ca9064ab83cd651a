import { expect, test } from "vitest";
import { assess } from "../assess.ts";
import { testRun } from "../test-run.ts";
import { findingRules } from "./index.ts";

const troubled = assess(
  testRun({
    p95Ms: { api: 400, subgraph: 400, web: 4000 },
    drift: 2,
    droppedPerSecond: 0.2,
    failing: { surface: "api", ratio: 0.06, outcome: "http_500" },
  }),
);

test("the worst come first, at most seven", () => {
  const severities = troubled.findings.map(({ severity }) => severity);
  expect(severities).toEqual(severities.toSorted());
  expect(severities).toHaveLength(7);
  expect(severities[0]).toBe("P1");
});

test("each is of a registered rule and says what to do, with a number", () => {
  for (const { id, sentence, evidence, action } of troubled.findings) {
    expect(Object.keys(findingRules)).toContain(id);
    expect(sentence).toMatch(/\d.*\.$/);
    expect(evidence).not.toBe("");
    expect(action).toMatch(/\.$/);
  }
});

test("a tired generator is named instead of the target", () => {
  const report = assess(testRun({ k6Cores: 3.8, droppedPerSecond: 3 }));
  const ids = report.findings.map(({ id }) => id);
  expect(ids).toContain("generator-tired");
  expect(ids).not.toContain("saturation");
});

test("a healthy run is left alone, but for its slow writes", () => {
  expect(assess(testRun()).findings.map(({ id }) => id)).toEqual(["writes-slow"]);
});

test("a surface that went down at the end is P0", () => {
  const data = testRun({ holdSeconds: 60 });
  const broken = testRun({ failing: { surface: "api", ratio: 1, outcome: "timeout" } });
  const lastAt = Math.max(...data.windows.map(({ at }) => at));
  const windows = data.windows.map((window, index) =>
    window.at > lastAt - 10_000 ? (broken.windows[index] ?? window) : window,
  );
  const [finding] = assess({ ...data, windows }).findings;
  expect(finding).toMatchObject({ id: "surface-down", severity: "P0", surface: "api" });
  expect(finding?.sentence).toContain("in the last 10 s, mostly with timeout");
});

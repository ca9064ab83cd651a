import { expect, test } from "vitest";
import { assess } from "../../analysis/assess.ts";
import { eventRun } from "../../analysis/resilience/testdata/event-run.ts";
import { reporters } from "../../reports/index.ts";

const report = assess(
  eventRun({
    failures: 0.2,
    event: {
      sentence: "three pods were replaced",
      steps: [
        { name: "detected", at: 1_700_000_066_000 },
        { name: "ready", at: 1_700_000_100_000 },
      ],
    },
  }),
);

test("the page marks the event on every chart and says what it did", () => {
  const html = reporters.html(report);
  const charts = html.split("▼ rolling-update=api").length - 1;
  expect(charts).toBeGreaterThanOrEqual(4);
  expect(html).toContain("What each event did");
  expect(html).toMatch(/http_503 1,\d{3}/);
  expect(html).toContain("Of what the recovery consists");
  expect(html).toContain("three pods were replaced");
});

test("Markdown has the same tables, the terminal a sentence, JSON all of it", () => {
  const markdown = reporters.markdown(report);
  expect(markdown).toContain("rolling-update=api at 1:05");
  expect(markdown).toMatch(/\| +1 s \| +34 s \|/);
  expect(reporters.terminal(report).replaceAll(/\s+/g, " ")).toMatch(
    /Event rolling-update=api at 1:05 \(done\): [\d,]+ of 6,000 requests lost, recovered after 1 min, [\d.]+ % of the month's error budget\./,
  );
  expect(report.resilience?.events[0]).toMatchObject({
    event: { kind: "rolling-update", target: "api", outcome: "done" },
    impact: {
      lostBy: { http_503: report.resilience?.events[0]?.impact.lost },
      parts: [{ name: "detected", ms: 1000 }, { name: "ready", ms: 34_000 }, {}],
    },
  });
});

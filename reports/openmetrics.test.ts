import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { openmetrics } from "./openmetrics.ts";
import { fail, hostile, invalid, reports } from "./testdata/fixtures.ts";

const everyKind = Object.entries(reports);
const mustRun = process.env["CI"] !== undefined && process.env["CI"] !== "";
const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;
if (!hasPromtool && !mustRun)
  process.stderr.write(
    "SKIPPED: OpenMetrics by promtool, which is not installed (apt install prometheus)\n",
  );

test.each(everyKind)(
  "a %s run: every line has its form, no sample comes twice",
  (_kind, report) => {
    const lines = openmetrics(report).split("\n");
    expect(lines.slice(-2)).toEqual(["# EOF", ""]);
    const label = String.raw`[a-z0-9_]+="(?:[^"\\\n]|\\["\\n])*"`;
    const form = new RegExp(
      String.raw`^(?:# (?:TYPE|UNIT|HELP) headroom_\w+ .+|headroom_\w+\{${label}(?:,${label})*\} (?:[-+.e\d]+|[-+]Inf))$`,
    );
    expect(lines.slice(0, -2).filter((each) => !form.test(each))).toEqual([]);
    const keys = lines
      .filter((each) => each.startsWith("headroom_"))
      .map((each) => each.slice(0, each.lastIndexOf(" ")));
    expect(new Set(keys).size).toBe(keys.length);
    const families = lines.filter((each) => each.startsWith("# TYPE"));
    expect(new Set(families).size).toBe(families.length);
  },
);

test("a family with a unit is named after it", () => {
  for (const [, name = "", unit = "-"] of openmetrics(fail).matchAll(/^# UNIT (\S+) (\S+)$/gm))
    expect(name.endsWith(`_${unit}`)).toBe(true);
});

test("milliseconds are reported in seconds, rates per second, with the limit beside", () => {
  const text = openmetrics(fail);
  const value = (pattern: RegExp): number => Number(pattern.exec(text)?.[1]);
  const verdict = fail.verdicts.find(({ checkId }) => checkId === "api.response.p95");
  if (verdict?.outcome !== "fail") throw new Error("the fixture fails this check");
  const sample = (which: string) =>
    value(
      new RegExp(
        String.raw`^headroom_check_seconds\{.+check="api\.response\.p95".+which="${which}"\} (.+)$`,
        "m",
      ),
    );
  expect(sample("value")).toBeCloseTo(verdict.observed.point / 1000);
  expect(sample("limit")).toBeCloseTo(verdict.limit.value / 1000);
  expect(text).toMatch(
    /^headroom_check_outcome\{.+check="api\.response\.p95".+outcome="fail"\} 1$/m,
  );
  expect(text).toMatch(
    /^headroom_check_outcome\{.+check="api\.response\.p95".+outcome="pass"\} 0$/m,
  );
  expect(value(/^headroom_throughput_requests_per_second\{.+which="offered"\} (.+)$/m)).toBeCloseTo(
    (fail.throughput?.offered ?? NaN) / 60,
  );
});

test("what was not measured is absent, the outcome never is", () => {
  const text = openmetrics(invalid);
  expect(text).not.toMatch(/headroom_latency_seconds|headroom_throughput/);
  expect(text).toMatch(/^headroom_run_outcome\{.+outcome="invalid"\} 1$/m);
});

test("names of the target's end no line and open no label", () => {
  const text = openmetrics(hostile);
  expect(text.split("\n").every((each) => /^(?:#|headroom_|$)/.test(each))).toBe(true);
});

test.skipIf(!hasPromtool && !mustRun).each(everyKind)(
  "promtool finds nothing to say against a %s run",
  (_kind, report) => {
    const said = execFileSync("promtool", ["check", "metrics"], {
      input: openmetrics(report),
      encoding: "utf8",
    });
    expect(said.trim()).toBe("");
  },
);

/** Reports stand whatever a target or an observer says, and say what is missing. */
import { expect, test } from "vitest";
import type { Report } from "../src/domain/report.ts";
import { reporters, type ReporterName } from "./index.ts";
import { reports } from "./testdata/fixtures.ts";
import { manyEndpoints } from "./testdata/many-endpoints.ts";
import { withoutScript } from "./testdata/without-script.ts";

const { scaling, pass } = reports;
const page = (report: Report): string => withoutScript(reporters.html(report));

const names = [
  `<img src=x onerror=alert(1)>`,
  `"quoted" 'twice' & more`,
  "שלום/עולם",
  "x".repeat(10_000),
] as const;

/** 500 endpoints, all of them with names that are hard to write. */
const crowded: Report = {
  ...scaling,
  endpoints: manyEndpoints(scaling, 500).endpoints.map((row, index) => ({
    ...row,
    endpoint: `${names[index % names.length] ?? ""} ${index}`,
  })),
};

const all: readonly (readonly [string, Report])[] = [
  ["500 endpoints with hard names", crowded],
  [
    "no series, no endpoint, no latency",
    { ...pass, series: [], endpoints: [], latency: [], errors: [] },
  ],
  [
    "one window",
    {
      ...scaling,
      series: scaling.series.map((each) => ({ ...each, points: each.points.slice(0, 1) })),
    },
  ],
  [
    "NaN from an observer",
    {
      ...scaling,
      series: scaling.series.map((each) => ({
        ...each,
        points: each.points.map(
          ([at, value], index) => [at, index === 1 ? Number.NaN : value] as const,
        ),
      })),
    },
  ],
  [
    "nothing but NaN",
    {
      ...scaling,
      series: scaling.series.map((each) => ({
        ...each,
        points: each.points.map(([at]) => [at, Number.NaN] as const),
      })),
    },
  ],
];

const forPeople: readonly ReporterName[] = ["html", "markdown", "terminal", "junit"];

test.each(all)("%s: every form for people is whole and holds no nonsense", (_, report) => {
  for (const name of forPeople) {
    const text = name === "html" ? page(report) : reporters[name](report);
    expect(text).not.toMatch(/\bNaN\b|undefined|\[object/);
    expect(text).not.toContain("<img src=x");
    expect(text.length).toBeGreaterThan(500);
  }
});

test("of 500 endpoints the slowest are shown, the rest is counted; an overlong name is cut", () => {
  const text = page(crowded);
  expect(text).toContain("380 faster endpoints are in results.csv.");
  expect(text).toContain("\u2068שלום/עולם\u2069");
  expect(text).toContain("&lt;img src=x onerror=alert(1)&gt;");
  expect(text).not.toMatch(/x{301}/);
});

test("what is missing is said", () => {
  const [, none, , some, only] = all.map(([, report]) => page(report));
  for (const sentence of [
    "No series was recorded.",
    "No endpoint was measured.",
    "No request was measured.",
  ])
    expect(none).toContain(sentence);
  expect(some).toContain("2 values left out: what was reported is no number.");
  expect(some).not.toMatch(/[^.]unbounded/);
  expect(only).toContain("no value");
});

test("an hour with 60 endpoints is at most 400 kB", () => {
  const hour = manyEndpoints(scaling, 60);
  const first = Math.min(...scaling.series.flatMap(({ points }) => points.map(([at]) => at)));
  const points = Array.from(
    { length: 720 },
    (_, index) => [first + index * 5000, 1000 + ((index * 7919) % 997)] as const,
  );
  const long: Report = { ...hour, series: hour.series.map((each) => ({ ...each, points })) };
  expect(Buffer.byteLength(reporters.html(long))).toBeLessThanOrEqual(400_000);
});

import { expect, test } from "vitest";
import { loadProfiles } from "../../profiles/load/index.ts";
import { UsageError } from "../domain/errors.ts";
import { Problems } from "./problems.ts";
import { parseTrafficShape, type TrafficShape } from "./traffic-shape.ts";

function parse(text: string, file?: string): TrafficShape {
  const problems = new Problems();
  const sources = { profiles: loadProfiles, readFile: () => file };
  const shape = parseTrafficShape(text, sources, problems);
  problems.raise((message) => new UsageError(message, { code: "test" }));
  if (shape === undefined) throw new Error("neither a shape nor a problem");
  return shape;
}

const table = (file: string) => {
  const shape = parse("traffic.csv", file);
  return shape.kind === "points"
    ? shape.points.map(({ atMs, requestsPerMinute }) => [atMs, requestsPerMinute])
    : undefined;
};

test("shapes in words", () => {
  expect(parse("day:10,000/min")).toEqual({ kind: "day", peakPerMinute: 10_000 });
  expect(parse("step:10/s..20/s@5m..1h")).toEqual({
    kind: "step",
    lowPerMinute: 600,
    highPerMinute: 1200,
    upAtMs: 300_000,
    downAtMs: 3_600_000,
  });
});

test("a profile keeps its phases and ends; every request goes to a surface", () => {
  const shape = parse("spike");
  if (shape.kind !== "profile") throw new Error(shape.kind);
  const { web, api, subgraph } = shape.shares;
  expect(web + api + subgraph).toBeCloseTo(1, 9);
  expect(Math.max(...shape.points.map((point) => point.requestsPerMinute))).toBe(15_000);
  expect(shape.points.at(-1)).toEqual({ atMs: 420_000, requestsPerMinute: 0 });
});

test.each([
  ["with names", "seconds,requestsPerMinute\n0,60\n30,120\n"],
  ["without names", "0,60\n30,120\n"],
  [
    "per second, other names and separators",
    "\uFEFFTime (s);req/min;rps\r\n0;x;1\r\n30;x;2\r\n".replace("req/min;", "note;"),
  ],
  ["from any start", "requests_per_minute\tseconds\n60\t1700000000\n120\t1700000030\n"],
])("a table %s", (_, file) => {
  expect(table(file)).toEqual([
    [0, 60],
    [30_000, 120],
  ]);
});

test.each([
  ["", /traffic\.csv is empty/],
  ["# only a comment\n", /is empty/],
  ["seconds,requestsPerMinute\n", /has no line below its header/],
  ["a,b\n1,2\n", /2 problems:\n.*no column seconds; it has: a, b\n.*no column requestsPerMinute/],
  [
    "seconds,requestsPerMinute\n0,-5\n10,x\n5,1\n,1\n",
    /5 problems:\n.*:5: seconds is "", expected a number of seconds.*\n.*:2: requestsPerMinute is "-5", expected a number ≥ 0.*\n.*:3: requestsPerMinute is "x".*\n.*:4: 5 is earlier than the row before it\n.*sort the rows by time/,
  ],
  [`seconds,rpm\n${"0,x\n".repeat(9)}`, /6 problems:(\n.*){5}\n.*and 4 more rows/],
])("a bad table says everything that is wrong: %j", (file, message) => {
  expect(() => table(file)).toThrow(message);
});

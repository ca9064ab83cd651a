import { describe, expect, test } from "vitest";
import { readPoints } from "./points-file.ts";

describe("columns", () => {
  test.each([
    ["concurrency,throughput", "concurrency"],
    ["Users,TPS", "concurrency"],
    ["vus,completed", "concurrency"],
    ["rate,throughput,latency", "rate"],
    ["offered rate,achieved,mean ms", "rate"],
    ["load,throughput", "unknown"],
    ["load,throughput,latency", "unknown"],
    ["rate,concurrency,throughput", "concurrency"],
  ])("%s", (header, kind) => {
    const cells = header.split(",").map(() => "5");
    expect(readPoints(`${header}\n${cells.join(",")}`, "f.csv").loadKind).toBe(kind);
  });

  test("others are named by flags; what they hold is known where the name says it", () => {
    const text = "steps,out,t\n1,2,3";
    const options = { load: "steps", throughput: "out", latency: "t" };
    expect(readPoints(text, "f.csv", options)).toMatchObject({
      loadKind: "unknown",
      rows: [{ load: 1, throughput: 2, latencySeconds: 0.003 }],
      columns: { load: "steps", throughput: "out", latency: "t" },
    });
    expect(
      readPoints("rate,out,latency\n1,2,3", "f", { load: "rate", throughput: "out" }).loadKind,
    ).toBe("rate");
    expect(readPoints("vus,out\n1,2", "f", { load: "VUs", throughput: "out" }).loadKind).toBe(
      "concurrency",
    );
  });

  test.each([
    ["latency", undefined, 0.005],
    ["latency", "s", 5],
    ["latency_s", undefined, 5],
    ["response time (s)", "ms", 0.005],
    ["latency_ms", undefined, 0.005],
    ["latency (seconds)", undefined, 5],
    ["latency[s]", undefined, 5],
    ["Latency (s)", undefined, 5],
    ["latency [sec]", undefined, 5],
    ["latencySeconds", undefined, 5],
    ["latencys", undefined, 5],
    ["latency (ms)", undefined, 0.005],
    ["latency (milliseconds)", undefined, 0.005],
    ["latency_msec", undefined, 0.005],
    ["latencies", undefined, 0.005],
  ] as const)("latency of column %s with unit %s", (column, latencyUnit, seconds) => {
    const options = { latency: column, latencyUnit };
    const { rows } = readPoints(`n,x,${column}\n1,2,5`, "f", options);
    expect(rows[0]?.latencySeconds).toBeCloseTo(seconds, 12);
  });

  test.each(["latency (seconds)", "latency[s]"])("%s is known without a flag", (column) => {
    expect(readPoints(`n,x,${column}\n1,2,5`, "f").rows[0]?.latencySeconds).toBe(5);
  });

  test("levels at which the generator gave out are marked", () => {
    const { rows } = readPoints("n,x,generator-saturated\n1,2,no\n2,3,yes\n3,4,", "f");
    expect(rows.map(({ isGeneratorLimited }) => isGeneratorLimited)).toEqual([false, true, false]);
  });
});

describe("bad tables: one sentence each, all at once", () => {
  test.each([
    ["nothing", "", [/f.csv is empty/]],
    ["no header", "1,2\n3,4", [/f.csv:1: the first line must name the columns/]],
    ["no lines", "n,x\n", [/f.csv has no line below its header/]],
    ["no known column", "a,b\n1,2", [/no column of loads .* it has: a, b/, /no column throughput/]],
    [
      "a rate alone",
      "rate,throughput\n1,2",
      [/no column latency \(concurrency is rate × latency\)/],
    ],
    [
      "cells of all kinds",
      "n,x\nabc,2\n1,-5\n3,0\n4,\n5,Infinity\n6,7,8",
      [
        /f.csv:2: n is "abc"/,
        /:3: x is "-5", expected a number > 0/,
        /:4: x is "0"/,
        /:5: x is ""/,
        /:6/,
        /f.csv: line 7 has 3 cells, the first line has 2/,
      ],
    ],
    ["a quote left open", 'n,x\n1,2\n"3,4\n', [/^f.csv: line 3: a quote is never closed/]],
    ["text after a quote", 'n,x\n1,2\n"3"x,4\n', [/^f.csv: line 3: .*"3"x/]],
    [
      "neither yes nor no",
      "n,x,generator\n1,2,maybe",
      [/f.csv:2: generator is "maybe", expected yes or no/],
    ],
  ])("%s", (_name, text, patterns) => {
    for (const pattern of patterns) expect(() => readPoints(text, "f.csv")).toThrow(pattern);
  });

  test("a column that is not there is answered with the nearest", () => {
    expect(() => readPoints("users,xs\n1,2", "f", { throughput: "x" })).toThrow(
      /did you mean "xs"/,
    );
  });
});

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { throughputAt } from "../../../analysis/capacity/scalability-law.ts";
import { ConfigError } from "../../domain/errors.ts";
import { parseArguments } from "../command.ts";
import { testIo } from "../testdata/io.ts";
import { schemaProblems } from "../testdata/schema-problems.ts";
import { fitCommand } from "./fit.ts";

const cwd = mkdtempSync(path.join(tmpdir(), "headroom-fit-"));
const write = (name: string, text: string): void => writeFileSync(path.join(cwd, name), text);

const law = { sigma: 0.03, kappa: 0.0006, lambda: 100 };
const loads = [1, 2, 5, 10, 20, 40, 60, 80];
const noise = [1.01, 0.99, 1.01, 1, 0.99, 1.01, 0.99, 1];
const out = (n: number, index: number): number => throughputAt(law, n) * (noise[index] ?? 1);
write("knee.csv", `n,x\n${loads.map((n, index) => `${n},${out(n, index)}`).join("\n")}\n`);
write(
  "short.csv",
  `n,x\n${[1, 2, 4, 6, 8].map((n, index) => `${n},${out(n, index)}`).join("\n")}\n`,
);
const rates = loads.map(
  (n, index) => `${out(n, index)},${out(n, index)},${(n / out(n, index)) * 1000}`,
);
write("rate.csv", `rate,throughput,latency\n${rates.join("\n")}\n`);
write("three.csv", "n,x\n1,100\n2,180\n4,300\n");

async function fit(...argv: string[]): Promise<{ status: number; out: string; err: string }> {
  const { io, out: printed, err } = testIo({ cwd, commandLine: ["fit", ...argv] });
  const status = await fitCommand.run(parseArguments(fitCommand, argv), io);
  return { status, out: printed(), err: err() };
}

interface Document {
  readonly state: string;
  readonly maxThroughput: { readonly point: number | null; readonly low: number | null };
  readonly sigma: { readonly point: number };
}

describe("--json", () => {
  test("exactly the documented keys", async () => {
    const { status, out: text } = await fit("knee.csv", "--json");
    const document = JSON.parse(text) as Document;
    expect(status).toBe(0);
    expect(Object.keys(document)).toEqual([
      "schemaVersion",
      "state",
      "sigma",
      "kappa",
      "lambda",
      "peakConcurrency",
      "maxThroughput",
      "measured",
      "piecewise",
      "warnings",
    ]);
    expect(schemaProblems("fit", document)).toEqual([]);
    expect(document.state).toBe("identified");
    expect(Object.keys(document.sigma)).toEqual(["point", "low", "high", "confidence"]);
  });

  test("a knee that was not reached is status 0, its state and a lower bound only", async () => {
    const { status, out: text, err } = await fit("short.csv", "--json");
    const document = JSON.parse(text) as Document;
    const { state, maxThroughput } = document;
    expect(schemaProblems("fit", document)).toEqual([]);
    expect({ status, state }).toEqual({ status: 0, state: "knee-not-reached" });
    expect(maxThroughput.point).toBeNull();
    expect(maxThroughput.low).toBeGreaterThan(0);
    expect(err).toContain("not identified: knee-not-reached");
  });

  test("rates and latencies give the same as the concurrency that made them", async () => {
    const a = JSON.parse((await fit("rate.csv", "--json")).out) as Document;
    const b = JSON.parse((await fit("knee.csv", "--json")).out) as Document;
    expect(a.sigma.point).toBeCloseTo(b.sigma.point, 6);
  });
});

test("for people: a table, what was used, warnings", async () => {
  const { out: text } = await fit("rate.csv", "--method", "linear");
  expect(text).toContain("state: identified");
  expect(text).toMatch(/peak concurrency +\d/);
  expect(text).toContain("8 levels, linear least squares, 95 % intervals");
  expect(text).toContain("concurrency = throughput × latency");
  const short = await fit("short.csv");
  expect(short.out).toMatch(/max throughput +unknown/);
  expect(short.out).toContain("! 5 levels for three coefficients");
});

test("small and large numbers stand apart in the table", async () => {
  const slight = { sigma: 2e-5, kappa: 4.2e-6, lambda: 3e9 };
  const many = [1, 50, 100, 200, 400, 600, 800, 1000];
  const lines = many.map((n, i) => `${n},${throughputAt(slight, n) * (noise[i] ?? 1)}`);
  write("slight.csv", `n,x\n${lines.join("\n")}\n`);
  const { out: text } = await fit("slight.csv");
  const rows = text.split("\n").slice(3, 8);
  const number = String.raw` {2,}(?:\d+(?:\.\d+)?(?:e[+-]\d+)?|unknown)`;
  for (const row of rows) expect(row).toMatch(new RegExp(`^[a-z ()]+?(?:${number}){3}$`));
  expect(rows[1]).toMatch(/^kappa \(coherency\) +[34]\.\d+e-6 /);
  expect(new Set(rows.map(({ length }) => length)).size).toBe(1);
});

describe("flat throughput: lower bounds in the table, no NaN in JSON", () => {
  const flatLoads = [10, 20, 40, 80, 160, 320];
  const throughputs = [100, 100.1, 100, 99.9, 100, 100];
  write("flat.csv", `n,x\n${flatLoads.map((n, i) => `${n},${throughputs[i]}`).join("\n")}\n`);

  test.each([[[]], [["--method", "linear"]]])("%j", async (flags) => {
    const { out: text } = await fit("flat.csv", ...flags);
    expect(text).toMatch(/max throughput +unknown +99\.\d+ +unknown/);
    const document = JSON.parse((await fit("flat.csv", "--json", ...flags)).out) as Document;
    expect(document).toMatchObject({ state: "knee-not-reached", maxThroughput: { point: null } });
    expect(document.maxThroughput.low).toBeCloseTo(99.8, 0);
  });
});

describe("what cannot be fitted", () => {
  test.each([
    [["missing.csv"], /missing.csv cannot be read/],
    [["three.csv"], /three.csv has 3 levels: the law has three coefficients; give at least 4/],
    [
      ["knee.csv", "--method", "cubic", "--latency-unit", "h"],
      /2 problems:[^]*--method[^]*unknown unit "h": did you mean "s"/,
    ],
    [["rate.csv", "--load", "rte"], /did you mean "rate"/],
  ])("%j", async (argv, words) => {
    await expect(fit(...argv)).rejects.toThrow(words);
  });

  test("a quote out of place is the file's fault", async () => {
    write("quote.csv", 'n,x\n1,2\n"3"x,4\n');
    await expect(fit("quote.csv")).rejects.toThrow(ConfigError);
    await expect(fit("quote.csv")).rejects.toThrow(/^quote.csv: line 3: text follows/);
  });

  test("a load that follows throughput needs its latency", async () => {
    write("bare.csv", "rate,throughput\n1,1\n2,2\n3,3\n4,4\n");
    await expect(fit("bare.csv", "--load", "rate")).rejects.toThrow(
      /no column latency \(concurrency is rate × latency\)/,
    );
  });
});

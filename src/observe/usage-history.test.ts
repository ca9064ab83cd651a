import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { usageHistory } from "./usage-history.ts";

const day = 86_400;
const end = Date.parse("2026-12-01");
const answers: Record<string, unknown> = {};
const partial = new Set<string>();
let server: Server;
let url = "";

beforeAll(async () => {
  server = createServer((request, response) => {
    const asked = new URL(request.url ?? "/", "http://store");
    const query = asked.searchParams.get("query") ?? "";
    const result = answers[query];
    response.writeHead(result === undefined ? 400 : 200, { "content-type": "application/json" });
    response.end(
      JSON.stringify(
        result === undefined
          ? { status: "error", error: "parse error" }
          : {
              status: "success",
              isPartial: partial.has(query),
              data: { resultType: "matrix", result },
            },
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const history = (queries: Record<string, string>) =>
  usageHistory(
    { url },
    { queries, endMs: end, months: 12, timeoutMs: 5000, signal: new AbortController().signal },
  );

test("a value a day becomes a mean a month, at its middle; zeros and gaps are left out", async () => {
  const values = Array.from({ length: 200 }, (_, index) => [
    end / 1000 - (199 - index) * day,
    index === 5 ? "NaN" : index === 6 ? "0" : String(1 + Math.floor(index / 30)),
  ]);
  answers["up"] = [{ metric: {}, values }];
  const { series, problems } = await history({ compute: "up" });
  expect(problems).toEqual([]);
  const points = series["compute"] ?? [];
  expect(points).toHaveLength(7);
  expect(points.map((point) => point.day)).toEqual(
    points.map((point) => point.day).toSorted((a, b) => a - b),
  );
  expect(points.at(-1)?.day).toBeCloseTo(end / (day * 1000) - 15.2, 1);
  expect(points.every(({ use }, index) => index === 0 || use > (points[index - 1]?.use ?? 0))).toBe(
    true,
  );
});

test("an answer with a part of the data is none", async () => {
  answers["part"] = [{ metric: {}, values: [[end / 1000, "5"]] }];
  partial.add("part");
  const { series, problems } = await history({ compute: "part" });
  expect(series).toEqual({});
  expect(problems).toEqual([
    { resource: "compute", reason: "the store answered with a part of its data only" },
  ]);
});

test("what a store cannot say is reported, and the others stay", async () => {
  answers["one"] = [{ metric: {}, values: [[end / 1000, "5"]] }];
  answers["two"] = [
    { metric: { a: "1" }, values: [] },
    { metric: { a: "2" }, values: [] },
  ];
  answers["none"] = [];
  const { series, problems } = await history({
    compute: "one",
    storage: "two",
    network: "none",
    database: "wrong(",
  });
  expect(Object.keys(series)).toEqual(["compute"]);
  expect(problems.map(({ resource, reason }) => `${resource}: ${reason}`).join("\n")).toMatch(
    /storage: the store answers with 2 series, expected one[^]*network: the store has no values[^]*database: the store .*/,
  );
});

test("the sample at the start is no thirteenth month: use that grows by 20 % a month is read as such", async () => {
  const start = end / 1000 - 365.25 * day;
  const values = Array.from({ length: 366 }, (_, index) => [
    start + index * day,
    String(1.2 ** (index / 30.4375)),
  ]);
  answers["year"] = [{ metric: {}, values }];
  const { series } = await history({ compute: "year" });
  const points = series["compute"] ?? [];
  expect(points).toHaveLength(12);
  const [first, last] = [points[0], points.at(-1)];
  const months = ((last?.day ?? 0) - (first?.day ?? 0)) / 30.4375;
  expect(Math.log((last?.use ?? 0) / (first?.use ?? 0)) / months).toBeCloseTo(Math.log(1.2), 3);
});

test("a store that refuses a year is asked for a month at a time", async () => {
  const asked: number[] = [];
  const limited = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://store");
    const [from, to] = [Number(searchParams.get("start")), Number(searchParams.get("end"))];
    const days = (to - from) / day;
    asked.push(Math.round(days));
    const isTooLong = days > 31;
    response.writeHead(isTooLong ? 422 : 200, { "content-type": "application/json" });
    const values = Array.from({ length: Math.floor(days) + 1 }, (_, index) => [
      from + index * day,
      "0.5",
    ]);
    response.end(
      JSON.stringify(
        isTooLong
          ? { status: "error", error: "the query time range exceeds the limit" }
          : { status: "success", data: { resultType: "matrix", result: [{ metric: {}, values }] } },
      ),
    );
  });
  await new Promise<void>((resolve) => limited.listen(0, "127.0.0.1", resolve));
  const { series, problems } = await usageHistory(
    { url: `http://127.0.0.1:${(limited.address() as AddressInfo).port}` },
    {
      queries: { compute: "up" },
      endMs: end,
      months: 12,
      timeoutMs: 5000,
      signal: new AbortController().signal,
    },
  );
  limited.close();
  expect(problems).toEqual([]);
  expect(series["compute"]).toHaveLength(12);
  expect(asked[0]).toBe(365);
  expect(Math.max(...asked.slice(1))).toBeLessThanOrEqual(30);
});

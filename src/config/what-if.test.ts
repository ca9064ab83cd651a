import { describe, expect, test } from "vitest";
import type { SettingKind } from "../domain/capacity-plan.ts";
import { readHistoryFile } from "./history-file.ts";
import { readPrices } from "./price-file.ts";
import { parseChange, parseValue } from "./what-if.ts";

const month = 365.25 / 12;

describe("values", () => {
  test.each([
    ["growth", "0.15/month", 0.15, month],
    ["growth", "15%/quarter", 0.15, 3 * month],
    ["growth", "-5%/year", -0.05, 12 * month],
    ["growth", "+0.01/w", 0.01, 7],
    ["duration", "14d", 14, 0],
    ["duration", "2 weeks", 14, 0],
    ["duration", "3months", 3 * month, 0],
    ["duration", "0d", 0, 0],
    ["share", "55%", 0.55, 0],
    ["count", "12", 12, 0],
    ["bytes", "2TB", 2e12, 0],
    ["bytes", "256Mi", 256 * 1024 ** 2, 0],
    ["bytes/month", "100GB/month", 1e11, 0],
    ["rate", "8,000/min", 8000, 0],
    ["cores", "200m", 0.2, 0],
    ["cores", "0.5", 0.5, 0],
    ["factor", "1.5", 1.5, 0],
  ] as const)("%s %s", (kind, text, value, periodDays) => {
    const parsed = parseValue(kind, text);
    expect(parsed.ok && parsed.value.value).toBeCloseTo(value, 9);
    expect(parsed.ok && parsed.value.periodDays).toBeCloseTo(periodDays, 9);
  });

  test.each([
    ["growth", "0.15", /"0.15" has no period: write 0.15\/month/],
    ["growth", "0.15/mnth", /"mnth" is not a period: write day, week, month, quarter or year/],
    ["growth", "fast", /is not a growth/],
    ["growth", "-100%/month", /would leave nothing/],
    ["duration", "-3 months", /is negative: nothing arrives before it is ordered/],
    ["duration", "3", /is not a duration/],
    ["share", "150%", /is not a share/],
    ["count", "1.5", /is not a whole number/],
    ["bytes", "500", /is not a size/],
    ["bytes", "0GB", /is not a size/],
    ["bytes/month", "100GB", /has no period/],
    ["rate", "8000", /is not a rate/],
    ["cores", "two", /is not an amount of CPU/],
    ["factor", "0", /is not a factor/],
  ] as const)("%s %s is refused", (kind, text, words) => {
    const parsed = parseValue(kind, text);
    expect(parsed.ok ? "" : parsed.problem).toMatch(words);
  });
});

const known: Record<string, SettingKind> = {
  "growth.compute": "growth",
  "growth.storage": "growth",
  "lead.compute": "duration",
};

test("a change has a path and a value of its kind", () => {
  expect(parseChange("growth.compute=10%/month", known)).toEqual({
    ok: true,
    value: { path: "growth.compute", text: "10%/month", value: 0.1, periodDays: month },
  });
});

test.each([
  ["growth.compte=1/month", 'there is no "growth.compte": did you mean "growth.compute"?'],
  ["growth.memory=1/month", 'there is no "growth.memory": known: growth.compute, growth.storage'],
  ["foo=1", 'there is no "foo": known: growth, lead'],
  ["lead.compute", '"lead.compute" is not name=value'],
  ["lead.compute=-1d", 'lead.compute: "-1d" is negative: nothing arrives before it is ordered'],
])("the change %s is refused with what to write", (text, problem) => {
  expect(parseChange(text, known)).toEqual({ ok: false, problem });
});

describe("price tables", () => {
  test("per month and per hour", () => {
    const text =
      '{"currency":"EUR","nodes":{"application":{"perMonth":280},"data":{"perHour":1}},"networkPerGb":0.05}';
    expect(readPrices(text, "p.json", ["application", "data"])).toEqual({
      currency: "EUR",
      nodePerMonth: { application: 280, data: 730.5 },
      networkPerGb: 0.05,
    });
    const all = '{"currency":"EUR","nodes":{},"storagePerGbMonth":1,"databasePerGbMonth":2}';
    expect(readPrices(all, "p", [])).toMatchObject({ storagePerGbMonth: 1, databasePerGbMonth: 2 });
  });

  test.each([
    ["{", /p.json is not JSON/],
    ['{"nodes":{}}', /currency/],
    ['{"currency":"EUR","nodes":{"application":{"perMonth":-1}}}', /nodes.application/],
    ['{"currency":"EUR","nodes":{"aplication":{"perMonth":1}}}', /there is no such pool/],
  ])("%s", (text, words) => {
    expect(() => readPrices(text, "p.json", ["application"])).toThrow(words);
  });

  test.each([
    ["commas", "item,price,per\napplication,280 EUR,month\ndata,1 EUR,hour\nnetwork,0.05 EUR,GB\n"],
    [
      "a spreadsheet",
      "Item;Price;Per\napplication;280,00 EUR;Month\ndata;1,00 EUR;hour\nnetwork;0,05 EUR;GB\n",
    ],
    [
      "a JSON list",
      '[{"item":"application","price":"280 EUR","per":"month"},{"item":"data","price":"1EUR","per":"hour"},{"item":"network","price":"0.05 EUR","per":"GB"}]',
    ],
  ])("a table: %s", (_form, text) => {
    expect(readPrices(text, "p.csv", ["application", "data"])).toEqual({
      currency: "EUR",
      nodePerMonth: { application: 280, data: 730.5 },
      networkPerGb: 0.05,
    });
  });

  test("a bad table says everything that is wrong", () => {
    const text =
      "item,price,per\napplication,-1 EUR,month\ndata,fast,year\nstorage,1 EUR,month\napplication,1 EUR,month\n";
    expect(() => readPrices(text, "p.csv", ["application", "data"])).toThrow(
      /4 problems:[^]*p.csv:2: price is "-1 EUR", expected a price[^]*p.csv:3: price is "fast"[^]*p.csv:3: data per "year", expected nodes per month or hour[^]*p.csv:5: application has a price already/,
    );
    expect(() => readPrices("item,price\n", "p.csv", [])).toThrow(
      /p.csv has no column per; it has/,
    );
    const mixed = "item,price,per\napplication,1 EUR,month\ndata,1 USD,month\n";
    expect(() => readPrices(mixed, "p.csv", ["application", "data"])).toThrow(
      /price has mixed units: EUR \(line 2\), USD \(line 3\)/,
    );
  });
});

describe("histories", () => {
  test("a column a resource, shares, sizes or numbers; empty cells are left out", () => {
    const text = "month,compute,storage\n2026-01,41%,1.3TB\n2026-02,,1400GB\n2026-03-01,50%,1.5TB";
    const { compute, storage } = readHistoryFile(text, "h.csv", ["compute", "storage"]);
    expect(compute?.map(({ use }) => use)).toEqual([0.41, 0.5]);
    expect(storage?.map(({ use }) => use)).toEqual([1.3e12, 1.4e12, 1.5e12]);
    expect((compute?.[1]?.day ?? 0) - (compute?.[0]?.day ?? 0)).toBe(59);
  });

  test.each([
    ["compute\n1", /no column date/],
    ["date\n2026-01", /no column of use/],
    ["date,cpu\n2026-01,1", /there is no resource "cpu"/],
    [
      "date,compute\nJanuary,1\n2026-02,0",
      /h.csv:2: date is "January", expected a date[^]*h.csv:3: compute is "0"/,
    ],
    [
      "date,compute\n2026-01,41%\n2026-02,45",
      /compute has mixed units: % \(line 2\), none \(line 3\); write all values in one/,
    ],
    ["date,compute\n2026-02,1\n2026-01,2", /dates must rise/],
  ])("%s", (text, words) => {
    expect(() => readHistoryFile(text, "h.csv", ["compute"])).toThrow(words);
  });
});

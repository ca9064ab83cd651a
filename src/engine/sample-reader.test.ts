import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDecimal, splitCsvLine } from "./csv-line.ts";
import { SampleReader } from "./sample-reader.ts";
import { WindowBuilder } from "./window-builder.ts";
import { RecordingSink } from "./testdata/recording-sink.ts";

const recorded = readFileSync(new URL("testdata/k6-samples.csv", import.meta.url));
const header = "metric_name,timestamp,metric_value,group,scenario,extra_tags,metadata\n";
const tags = "surface=api&endpoint=e&kind=read&outcome=ok";

function read(...chunks: readonly (string | Buffer)[]): {
  readonly delivered: readonly (readonly unknown[])[];
  readonly rows: number;
  readonly malformed: number;
} {
  const sink = new RecordingSink();
  const reader = new SampleReader(sink);
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  reader.end();
  return { delivered: sink.delivered, rows: reader.rows, malformed: reader.malformed };
}

test("the recorded stream, row by row", () => {
  const { delivered, rows, malformed } = read(recorded);
  const api = { metric: "response", surface: "api", phase: "hold", flow: "api-read" };
  expect(delivered).toEqual([
    [
      "response",
      {
        ...api,
        at: 1795452486951,
        valueMs: 5,
        endpoint: "sign-in",
        kind: "sign-in",
        outcome: "ok",
        phase: "setup",
        flow: "setup",
      },
    ],
    ["loadStart", 1795452486951],
    ["lag", "api-read", "hold", 1795452486953, 0.5],
    [
      "response",
      {
        ...api,
        at: 1795452486960,
        valueMs: 12.123457,
        endpoint: 'token, "read"',
        kind: "read",
        outcome: "ok",
      },
    ],
    [
      "response",
      {
        ...api,
        at: 1795452486961,
        valueMs: 12.123457,
        endpoint: "token.read",
        kind: "read",
        outcome: "http_500",
      },
    ],
    [
      "response",
      {
        metric: "page",
        at: 1795452486962,
        valueMs: 830.5,
        surface: "web",
        endpoint: "start",
        kind: "page",
        outcome: "ok",
        phase: "hold",
        flow: "web",
      },
    ],
    [
      "failure",
      {
        at: 1795452486963,
        surface: "api",
        endpoint: "token.read",
        outcome: "http_500",
        detail: "status 500",
      },
    ],
    ["iteration", "api-read", "hold", 1795452486964],
    ["users", 1795452487942, 3],
    ["dropped", "api-read", "warm-up", 1795452488001, 2],
  ]);
  expect({ rows, malformed }).toEqual({ rows: 14, malformed: 0 });
});

test("property: where the chunks are cut makes no difference", () => {
  const whole = read(recorded);
  fc.assert(
    fc.property(fc.array(fc.nat(recorded.length), { maxLength: 40 }), (cuts) => {
      const bounds = [0, ...cuts.toSorted((a, b) => a - b), recorded.length];
      const chunks = bounds
        .slice(1)
        .map((end, index) => Buffer.from(recorded.subarray(bounds[index], end)));
      expect(read(...chunks)).toEqual(whole);
    }),
  );
});

test("byte by byte, as the worst case of it", () => {
  expect(read(...[...recorded].map((byte) => Buffer.from([byte])))).toEqual(read(recorded));
});

test("columns are found by the header, in any order", () => {
  const lines = [
    "scenario,extra_tags,metric_value,metric_name,timestamp",
    `hold_read,"${tags}&x=a,b",7.5,response,1795452486960`,
    ",,4,vus,1795452486960",
    "hold_read,,1,http_reqs,1795452486960",
    "hold_read,,NaN,lag,1795452486960",
    "",
  ];
  const { delivered, malformed } = read(lines.join("\n"));
  expect(delivered).toMatchObject([
    ["response", { valueMs: 7.5, endpoint: "e", phase: "hold", flow: "read" }],
    ["users", 1795452486960, 4],
  ]);
  expect(malformed).toBe(1);
});

test.each([
  ["something else", "hello\n"],
  ["no scenario column", "metric_name,timestamp,metric_value,extra_tags\n"],
  ["an empty header", '"\n'],
])("%s is no sample stream", (_, text) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({ name: "EngineError", code: "unknown-csv" }),
  );
});

describe("rows that cannot be read are counted and passed over", () => {
  test.each([
    ["a value that is no number", `response,1795452486960,fast,,hold_read,${tags},`],
    ["a negative value", `response,1795452486960,-1,,hold_read,${tags},`],
    ["a timestamp that is none", `response,yesterday,1,,hold_read,${tags},`],
    ["no tags at all", "response,1795452486960,1,,hold_read,,"],
    ["an unknown surface", `response,1795452486960,1,,hold_read,${tags.replace("api", "moon")},`],
    ["an unknown kind", `response,1795452486960,1,,hold_read,${tags.replace("read", "poke")},`],
    ["a scenario that is not ours", `response,1795452486960,1,,default,${tags},`],
    ["an open quote", `response,1795452486960,1,,hold_read,"${tags},`],
    ["an end in the middle", "response,1795452486960"],
    ["an iteration without a scenario of ours", "iterations,1795452486960,1,,default,,"],
  ])("%s", (_, row) => {
    const good = `lag,1795452486960,1.5,,hold_read,,\n`;
    const { delivered, rows, malformed } = read(`${header}${row}\n${good}`);
    expect(delivered).toEqual([["lag", "read", "hold", 1795452486960, 1.5]]);
    expect({ rows, malformed }).toEqual({ rows: 2, malformed: 1 });
  });

  test("a line without end does not fill the memory", () => {
    const piece = Buffer.alloc(300_000, "x");
    const good = `\nlag,1795452486960,1.5,,hold_read,,\n`;
    const { delivered, malformed } = read(header, piece, piece, piece, piece, piece, good);
    expect(delivered).toHaveLength(1);
    expect(malformed).toBe(1);
  });
});

test("a last line that was cut off is ignored, not misread", () => {
  const { delivered, rows, malformed } = read(`${header}lag,1795452486960,1`);
  expect({ delivered, rows, malformed }).toEqual({ delivered: [], rows: 0, malformed: 0 });
});

test("Windows line ends, other scripts in names, and rows after teardown()", () => {
  const { delivered } = read(
    header.replace("\n", "\r\n"),
    `response,1795452486960,1.5,,hold_read,${tags.replace("=e", "=Anteile–übertragen")},\r\n`,
    `response,1795452486960,1.5,::teardown,,${tags},\r\n`,
  );
  expect(delivered).toMatchObject([
    ["response", { endpoint: "Anteile–übertragen" }],
    ["response", { phase: "teardown", flow: "teardown" }],
  ]);
});

test.each([
  ["1795452486", 1795452486000],
  ["1795452486960", 1795452486960],
  ["1795452486960500", 1795452486960.5],
  ["1795452486960500000", 1795452486960.5],
])("timestamp %s is recognised by its magnitude", (timestamp, at) => {
  const { delivered } = read(`${header}vus,${timestamp},1,,,,\n`);
  expect(delivered).toEqual([["users", at, 1]]);
});

describe("parseDecimal", () => {
  test("property: reads what Go's %f writes", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), (value) => {
        const text = Buffer.from(value.toFixed(6));
        expect(parseDecimal(text, 0, text.length)).toBeCloseTo(Number(text.toString()), 6);
      }),
    );
  });

  test.each(["", "-", ".", "1e5", "NaN", "+Inf", "1.2.3", " 1"])("%j is no number", (text) => {
    expect(parseDecimal(Buffer.from(text), 0, text.length)).toBeNaN();
  });
});

test("property: splitCsvLine undoes quoting as Go writes it", () => {
  const field = fc.string({ unit: fc.constantFrom("a", ",", '"', " ", "é") });
  fc.assert(
    fc.property(fc.array(field, { minLength: 1, maxLength: 6 }), (fields) => {
      const line = fields
        .map((text) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
        .join(",");
      expect(splitCsvLine(line)).toEqual(fields);
    }),
  );
});

const k6Header =
  "metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,scenario,service,status,subproto,tls_version,url,extra_tags,metadata";
const requestRows = (at: number) =>
  [
    `http_reqs,${at},1,,,,,,,token.read,,hold__api-reads,,200,,,,,`,
    `http_req_duration,${at},12.5,,,,,,,token.read,,hold__api-reads,,200,,,,,`,
    `http_req_waiting,${at},11,,,,,,,token.read,,hold__api-reads,,200,,,,,`,
    `response,${at},13.5,,,,,,,,,hold__api-reads,,,,,,surface=api&endpoint=token.read&kind=read&outcome=ok,`,
    `lag,${at},1,,,,,,,,,hold__api-reads,,,,,,,`,
    `response,${at},x,,,,,,,,,hold__api-reads,,,,,,surface=api,`,
    `iterations,${at},1,,,,,,,,,hold__api-reads,,,,,,,`,
    `data_sent,${at},300,,,,,,,,,hold__api-reads,,,,,,,`,
  ].join("\n");
const writtenRows = `${k6Header}\n${[1000, 1500, 2500, 9000].map(requestRows).join("\n")}\n`;

function readAndKeep(bytes: Buffer, chunkBytes: number) {
  const windows: unknown[] = [];
  const kept: Buffer[] = [];
  const builder = new WindowBuilder({ generator: "0", emit: (window) => windows.push(window) });
  const reader = new SampleReader(builder, (some) => kept.push(some));
  for (let at = 0; at < bytes.length; at += chunkBytes)
    reader.push(bytes.subarray(at, at + chunkBytes));
  reader.end();
  builder.close();
  return { windows, kept: Buffer.concat(kept), malformed: reader.malformed };
}

describe("rows to keep", () => {
  test.each([1, 7, 64, 100_000])("give the same windows again, in chunks of %i bytes", (size) => {
    const all = readAndKeep(Buffer.from(writtenRows), size);
    const again = readAndKeep(all.kept, 1000);
    expect(again).toEqual({ ...all, kept: all.kept });
    expect(all.malformed).toBe(4);
    expect(all.kept.toString().split("\n")).toHaveLength(1 + 4 * 4 + 1);
    expect(all.kept.toString()).not.toContain("http_req");
  });

  test("of a recorded run give the same windows again", () => {
    const all = readAndKeep(recorded, 4096);
    expect(all.windows.length).toBeGreaterThan(0);
    expect(readAndKeep(all.kept, 4096)).toEqual(all);
  });
});

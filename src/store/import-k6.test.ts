import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { importK6 } from "./import-k6.ts";

const testdata = path.join(import.meta.dirname, "testdata/k6");
const directory = mkdtempSync(path.join(tmpdir(), "headroom-import-"));

async function imported(file: string, surface?: string) {
  const { entry, warnings } = await importK6({
    file,
    profile: "nightly",
    environment: "local",
    surface,
  });
  const values = Object.fromEntries(entry.values.map(({ metric, value }) => [metric, value]));
  return { at: new Date(entry.at).toISOString(), values, warnings: warnings.join("\n") };
}

const ofCase = (name: string, surface?: string) => imported(path.join(testdata, name), surface);

function written(content: string | Buffer, name = "result"): string {
  const file = path.join(mkdtempSync(path.join(directory, "case-")), name);
  writeFileSync(file, content);
  return file;
}

const of = (content: string | Buffer, surface?: string) => imported(written(content), surface);

const summary = (metrics: object) => of(JSON.stringify({ metrics }));

const header =
  "metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,status,url,extra_tags,metadata";

/** The rows of one request. */
const request = (
  at: string | number,
  ms: number,
  { tags = "surface=api", status = "200", url = "http://x/", error = "" } = {},
): string =>
  [
    ["http_reqs", 1],
    ["http_req_duration", ms],
    ["http_req_failed", status.startsWith("2") ? 0 : 1],
  ]
    .map(([metric, value]) => `${metric},${at},${value},,${error},,,,${status},${url},${tags},`)
    .join("\n");

describe("results that were imported wrong once", () => {
  test.each([
    [
      "commas and quotes in a URL",
      "comma-in-url.csv",
      { "api.response.p95": 201.817935, "errors.ratio": 0 },
    ],
    [
      "the same run as JSON",
      "comma-in-url-same-run.json",
      { "api.response.p95": 201.817935, "errors.ratio": 0 },
    ],
    ["microseconds", "unix-micro.csv", { "api.response.p95": 201.782673 }],
    ["microseconds, a steady load", "unix_micro.csv", { throughput: 600, "errors.ratio": 0.05 }],
    ["RFC 3339 in another zone", "rfc3339_nano.csv", { throughput: 600, "errors.ratio": 0.05 }],
    ["RFC 3339 in whole seconds", "rfc3339.csv", { throughput: 600, "errors.ratio": 0.05 }],
    ["nanoseconds of a real k6", "k6-2.2.0-rfc3339_nano.csv", { throughput: 1229.6 }],
    ["errors from the status", "k6-2.2.0-unix_micro.csv", { "errors.ratio": 0.04 }],
    [
      "no http_req_failed: k6 before 0.31",
      "no-failed.csv",
      { "errors.ratio": 2 / 30, throughput: 600 },
    ],
    ["the same as JSON", "out-old.json", { "errors.ratio": 2 / 30, throughput: 600 }],
    [
      "setResponseCallback(null)",
      "k6-2.2.0-setResponseCallback-null.csv",
      { "errors.ratio": 1 / 34 },
    ],
    [
      "every answer a 500",
      "no-http_req_failed.csv",
      { "errors.ratio": 1, "api.response.p95": 4.52 },
    ],
    [
      "an outage: no answer is slower than any limit",
      "outage.csv",
      { "api.response.p50": Infinity, "api.response.p95": Infinity, "errors.ratio": 0.6 },
    ],
    [
      "counters without a rate",
      "summary-k6-2.2.0.json",
      { throughput: (200 / 10.000528578) * 60, "api.response.p95": 41.91114175 },
    ],
    [
      "a short one",
      "machine-readable.json",
      { "api.response.p95": 202.3199793, "errors.ratio": 0 },
    ],
    ["a byte order mark", "bom.csv", { throughput: 600 }],
    ["a byte order mark before JSON", "out-bom.json", { throughput: 600 }],
    ["a byte order mark before a summary", "summary-export-bom.json", { "response.p95": 195 }],
    [
      "gzip without the ending",
      "gz-without-ending",
      { "api.response.p95": 193.9, throughput: 600 },
    ],
    ["a packed summary", "summary-export.json.gz", { "response.p95": 195 }],
    ["line breaks in quoted cells", "quoted.csv", { "api.response.p95": 196 }],
  ])("%s: %s", async (_reason, name, expected) => {
    const { values } = await ofCase(name);
    for (const [metric, value] of Object.entries(expected))
      // A histogram keeps 0.5 %; what a summary says is kept as it is.
      expect([value * 0.995, value, value * 1.005]).toSatisfy(([low = 0, , high = 0]) => {
        const found = values[metric] ?? Number.NaN;
        return found === value || (found >= low && found <= high);
      });
  });

  test.each(["comma-in-url.csv", "unix-micro.csv", "k6-2.2.0-rfc3339_nano.csv", "out-bom.json"])(
    "%s is of the year it was made in",
    async (name) => {
      expect((await ofCase(name)).at).toMatch(/^2026-(?:11-29|03-05|03-04)T/);
    },
  );

  test("every request of quoted.csv is for the API, also those whose error has two lines", async () => {
    const { values } = await ofCase("quoted.csv");
    expect(Object.keys(values).filter((metric) => /^(?:web|response)\./.test(metric))).toEqual([]);
    expect(values["errors.ratio"]).toBeCloseTo(1 / 19, 9);
  });

  test("a sub-metric without samples is absent", async () => {
    const { values } = await ofCase("summary-unused-tag.json");
    expect(values["api.response.p95"]).toBe(203.2523033);
    expect(Object.keys(values).filter((metric) => metric.startsWith("web."))).toEqual([]);
  });

  test("the machine-readable summary begins its duration before it was written", async () => {
    const { at } = await ofCase("machine-readable.json");
    expect(at).toBe("2026-11-29T19:49:05.457Z");
  });

  test("--surface beside sub-metrics of surfaces: no value is a mean of two", async () => {
    const { values, warnings } = await ofCase("summary-two-surfaces.json", "api");
    expect(values).toMatchObject({
      "api.response.p95": 60,
      "web.response.p95": 260,
      "response.p95": 195,
    });
    const { entry } = await importK6({
      file: path.join(testdata, "summary-two-surfaces.json"),
      profile: "p",
      environment: "local",
      surface: "api",
    });
    const names = entry.values.map(({ metric }) => metric);
    expect(new Set(names).size).toBe(names.length);
    expect(warnings).toContain("300 iterations were dropped");
    expect(values["dropped-iterations"]).toBe(300);
  });
});

describe("outputs", () => {
  const start = Date.UTC(2026, 2, 5) / 1000;
  const steady = (stamp: (second: number) => string | number, tags?: string): string =>
    [
      header,
      ...Array.from({ length: 100 }, (_, i) =>
        request(stamp(start + i / 10), 100, tags === undefined ? {} : { tags }),
      ),
    ].join("\n");

  test.each<[string, (second: number) => string | number]>([
    ["unix", (s) => Math.floor(s)],
    ["unix_milli", (s) => Math.round(s * 1000)],
    ["unix_micro", (s) => Math.round(s * 1e6)],
    ["unix_nano", (s) => `${Math.round(s * 1000)}000000`],
    ["rfc3339", (s) => new Date(s * 1000).toISOString().replace(/\.\d+/, "")],
    ["rfc3339_nano", (s) => new Date(s * 1000).toISOString().replace("Z", "123456Z")],
  ])("time format %s: the same run", async (_format, stamp) => {
    const { values, at } = await of(`${steady(stamp)}\n`);
    expect(at.slice(0, 16)).toMatch(/2026-03-0(?:4T23:59|5T00:00)/);
    expect(values).toMatchObject({ "errors.ratio": 0 });
    expect(values["throughput"]).toBeCloseTo(600, 1);
    expect(values["api.response.p95"]).toBe(100);
  });

  test.each([
    [
      "long requests count from their start",
      [
        [10, 10_000],
        [11, 10_000],
      ],
      2 / 11,
    ],
    [
      "one second alone",
      [
        [10, 100],
        [10, 100],
      ],
      2,
    ],
    [
      "a last second that was covered in part",
      [
        [0, 9],
        [0, 9],
        [1, 9],
        [1, 9],
        [2, 9],
      ],
      2,
    ],
    [
      "seconds without a request between",
      [
        [0, 9],
        [20, 9],
      ],
      2 / 21,
    ],
  ])("throughput of whole seconds: %s", async (_reason, requests, perSecond) => {
    const rows = requests.map(([second = 0, ms = 0]) => request(start + second, ms));
    const { values } = await of([header, ...rows].join("\n"));
    expect(values["throughput"]).toBeCloseTo(perSecond * 60, 6);
  });

  const plain = steady((s) => Math.round(s * 1000));

  test.each<[string, string | Buffer]>([
    ["CRLF", plain.replaceAll("\n", "\r\n")],
    ["UTF-16 with a mark", Buffer.from(`\uFEFF${plain}`, "utf16le")],
    ["UTF-16 without one", Buffer.from(plain, "utf16le")],
    ["UTF-16, the other order", Buffer.from(`\uFEFF${plain}`, "utf16le").swap16()],
    ["gzip", gzipSync(plain)],
    ["gzip twice", gzipSync(gzipSync(plain))],
    ["gzip of UTF-16", gzipSync(Buffer.from(`\uFEFF${plain}`, "utf16le"))],
    ["blank lines at the front", `\n\n${plain}`],
    ["a line sep=", `sep=,\n${plain}`],
    [
      "semicolons and decimal commas",
      `sep=;\n${plain.replaceAll(",", ";").replaceAll(";100;", ";100,0;")}`,
    ],
    ["tabs", plain.replaceAll(",", "\t")],
    ["spaces after the commas", plain.replaceAll(",", ", ")],
    ["quotes around every cell", plain.replaceAll(/[^,\n]+/g, '"$&"')],
    [
      "columns in another order",
      plain
        .split("\n")
        .map((line) => line.split(",").toReversed().join(","))
        .join("\n"),
    ],
    [
      "the tag as a column",
      plain
        .replace("group", "surface")
        .replaceAll(",,200,", ",api,200,")
        .replaceAll("surface=api", ""),
    ],
  ])("the CSV again with %s", async (_reason, content) => {
    const { values } = await of(content);
    expect(values).toMatchObject({ "api.response.p95": 100, "errors.ratio": 0 });
    expect(values["throughput"]).toBeCloseTo(600, 1);
  });

  const points = ["http_reqs", "http_req_duration", "http_req_failed"].flatMap((metric, index) =>
    [0, 1].map((i) => ({
      type: "Point",
      metric,
      data: {
        time: `2026-03-05T00:00:0${i}.1+01:00`,
        value: [1, 100, 0][index],
        tags: { surface: "api", status: "200", url: 'http://x/?a="b",c\n{' },
      },
    })),
  );

  test.each([
    [
      "spaces, as Python writes it",
      points.map((point) => JSON.stringify(point).replaceAll('":', '": ')).join("\n"),
    ],
    [
      "several lines a point, as jq writes it",
      points.map((point) => JSON.stringify(point, null, 2)).join("\n"),
    ],
    ["one list", JSON.stringify(points)],
    ["one list over many lines", JSON.stringify(points, null, 2)],
    ["CRLF", points.map((point) => JSON.stringify(point)).join("\r\n")],
  ])("the JSON again with %s", async (_reason, content) => {
    const { values, at } = await of(content);
    expect(values).toMatchObject({ "api.response.p95": 100, "errors.ratio": 0 });
    expect(values["throughput"]).toBeCloseTo(2 / (1.1 / 60), 6);
    expect(at).toBe("2026-03-04T23:00:00.000Z");
  });

  test.each([
    ["status 0", { status: "0" }, Infinity],
    ["status 0 after the 60 s of a timeout", { status: "0", error: "request timeout" }, Infinity],
    ["an error and no status", { status: "", error: "dial: connection refused" }, Infinity],
    ["0 ms", {}, Infinity],
    ["a 500 is an answer", { status: "500" }, 80],
  ])("no answer is slower than any limit: %s", async (reason, tags, expected) => {
    const row = request(start, reason === "0 ms" ? 0 : 80, tags);
    const { values } = await of(`${header}\n${row}\n`);
    expect(values["api.response.p95"]).toBe(expected);
  });

  test("rows without the tag do not join the surface of --surface where others have one", async () => {
    const rows = [request(start, 900, { tags: "" }), request(start, 100), request(start, 100)];
    const { values, warnings } = await of([header, ...rows].join("\n"), "web");
    expect(values).toMatchObject({ "api.response.p95": 100, "response.p95": 900 });
    expect(Object.keys(values).filter((metric) => metric.startsWith("web"))).toEqual([]);
    expect(warnings).toContain("1 requests carry no tag surface");
  });

  test("a tag whose value reads as another tag moves no request to another surface", async () => {
    const spoofed = "surface=api&note=x?a=1&surface=web";
    const rows = [request(start, 900, { tags: spoofed }), request(start, 100)];
    const { values } = await of([header, ...rows].join("\n"));
    expect(values).toMatchObject({ "api.response.p95": 100, "response.p95": 900 });
    expect(Object.keys(values).filter((metric) => metric.startsWith("web"))).toEqual([]);
  });

  test("where neither rows nor tags say how a request ended, the ratio is absent", async () => {
    const row = `http_reqs,${start},1,,,,,,,,surface=api,`;
    const { values, warnings } = await of(`${header}\n${row}\n`);
    expect(values["errors.ratio"]).toBeUndefined();
    expect(warnings).toContain("errors.ratio is not known");
  });

  test("dropped iterations are kept and said", async () => {
    const dropped = `dropped_iterations,${start},7,,,,,,,,,`;
    const { values, warnings } = await of([header, request(start, 5), dropped].join("\n"));
    expect(values["dropped-iterations"]).toBe(7);
    expect(warnings).toContain("7 iterations were dropped");
  });

  test.each<[string, string | Buffer, RegExp]>([
    [
      "a unit of time that is none",
      [header, request(177267600, 5)].join("\n"),
      /line 2 cannot be read/,
    ],
    ["1970", [header, request(86_400, 5)].join("\n"), /line 2 cannot be read/],
    [
      "a value that is none",
      `${header}\nhttp_reqs,${start},x,,,,,,,,,\n`,
      /line 2 cannot be read: http_reqs/,
    ],
    [
      "more cells than columns",
      `${header}\nhttp_reqs,${start},1,,,,,,,,,,,\n`,
      /line 2 cannot be read/,
    ],
    [
      "a row that was cut off",
      `${header}\n${request(start, 5)}\nhttp_reqs,17`,
      /ends in the middle of line 5/,
    ],
    [
      "a cell that was cut off",
      `${header}\n${request(start, 5)}\nhttp_reqs,${start},1,,"di`,
      /ends in the middle/,
    ],
    [
      "a quote that is never closed, before whole rows",
      `${header}\nhttp_reqs,${start},1,,"x,,,,,,,\n${request(start, 5)}\n`,
      /line 2 cannot be read/,
    ],
    ["half a point", '{"type":"Point","metric":"http_reqs","data":{"time"', /ends in the middle/],
    [
      "a line beyond 1 MiB",
      `${header}\n${"x".repeat(2 ** 21)}\n`,
      /result: line 2 is longer than 1 MiB/,
    ],
    [
      "a point beyond 1 MiB",
      `${JSON.stringify(points[0])}\n{"a":"${"x".repeat(2 ** 21)}"}`,
      /longer than 1048576/,
    ],
    ["another CSV", "a,b\n1,2\n", /is no result of k6/],
    ["nothing", "", /is no result of k6/],
    ["an archive", Buffer.from("PK\x03\x04rest"), /is a zip archive[^]*/],
    ["zstd", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1]), /is zstd, expected text or gzip/],
  ])("refused: %s", async (_reason, content, message) => {
    await expect(of(content)).rejects.toThrow(message);
  });

  test("the time for a long line grows with its length only", async () => {
    const started = performance.now();
    await expect(of(`${header}\n${"x".repeat(2 ** 26)}`)).rejects.toThrow(
      /result: line 2 is longer than 1 MiB/,
    );
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("summaries", () => {
  const zeros = { avg: 0, min: 0, med: 0, max: 0, "p(95)": 0 };
  const duration = { avg: 90, min: 50, med: 80, max: 200, "p(95)": 150 };

  test.each([
    ["{surface:api}"],
    ["{surface: api}"],
    ["{ surface : api }"],
    ['{surface:"api"}'],
    ["{surface:'api'}"],
  ])("a surface is spelled %s", async (tags) => {
    const { values } = await summary({ [`http_req_duration${tags}`]: duration });
    expect(values).toEqual({ "api.response.p50": 80, "api.response.p95": 150 });
  });

  test("several tags: an endpoint has a name, other parts of the requests have none", async () => {
    const { values } = await summary({
      "http_req_duration{endpoint:x, surface:api}": duration,
      "http_req_duration{surface:api,expected_response:true}": zeros,
      "http_req_duration{expected_response:true}": duration,
      "http_req_duration{surface:api,status:200,endpoint:y}": duration,
    });
    expect(values).toEqual({ "api.x.p50": 80, "api.x.p95": 150 });
  });

  test.each([
    ["zeros", zeros],
    ["a count of 0", { ...zeros, count: 0 }],
    ["null", { avg: null, min: null, med: null, "p(95)": null }],
  ])("nothing measured is nothing imported: %s", async (_reason, fields) => {
    await expect(
      summary({ http_req_duration: fields, http_reqs: { count: 0, rate: 0 } }),
    ).rejects.toThrow(/nothing to import/);
  });

  test("all requests without an answer: slower than any limit", async () => {
    const { values } = await summary({
      http_req_duration: zeros,
      http_reqs: { count: 40, rate: 4 },
      http_req_failed: { passes: 40, fails: 0, value: 1 },
    });
    expect(values).toEqual({
      "response.p50": Infinity,
      "response.p95": Infinity,
      "errors.ratio": 1,
      throughput: 240,
    });
  });

  test("some requests without an answer: the percentiles are too low, and left out", async () => {
    const { values, warnings } = await summary({
      http_req_duration: { ...duration, min: 0 },
      http_reqs: { count: 40, rate: 4 },
      http_req_failed: { passes: 4, fails: 36, value: 0.1 },
    });
    expect(values).toEqual({ "errors.ratio": 0.1, throughput: 240 });
    expect(warnings).toContain("as 0 ms");
  });

  test.each([
    ["absent", undefined, /errors\.ratio is not known/],
    ["of no request", { passes: 0, fails: 0, value: 0 }, /^/],
    ["of some requests", { passes: 0, fails: 30, value: 0 }, /judged 30 of 40 requests only/],
  ])("http_req_failed %s: no ratio", async (_reason, failed, warning) => {
    const { values, warnings } = await summary({
      http_req_duration: duration,
      http_reqs: { count: 40, rate: 4 },
      http_req_failed: failed,
    });
    expect(values["errors.ratio"]).toBeUndefined();
    expect(warnings).toMatch(warning);
  });

  test("--surface that the summary has no numbers of gets none", async () => {
    const metrics = { http_req_duration: duration, "http_req_duration{surface:web}": duration };
    const { values } = await of(JSON.stringify({ metrics }), "api");
    expect(Object.keys(values).toSorted()).toEqual([
      "response.p50",
      "response.p95",
      "web.response.p50",
      "web.response.p95",
    ]);
  });
});

test("the cases are what k6 wrote, unchanged", () => {
  expect(readFileSync(path.join(testdata, "comma-in-url.csv"), "utf8")).toContain('ids=1,2"');
});

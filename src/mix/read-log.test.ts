import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { measureMix } from "./read-log.ts";

const testdata = path.join(import.meta.dirname, "testdata");
const folder = mkdtempSync(path.join(tmpdir(), "headroom-mix-"));
const measure = (files: readonly string[], hosts: readonly string[] = [], cwd = testdata) =>
  measureMix({ files, hosts, cwd });

function fileOf(name: string, content: string | Buffer): string {
  writeFileSync(path.join(folder, name), content);
  return name;
}
const lineAt = (at: number, target = "/"): string =>
  JSON.stringify({
    time: new Date(at).toISOString(),
    method: "GET",
    path: target,
    host: "app.test",
  });

test("a log of ingress-nginx: what belongs to the mix, what does not, what is unknown", async () => {
  const { mix, warnings } = await measure(["ingress-nginx.log"]);
  expect(mix).toMatchObject({
    schemaVersion: 1,
    source: {
      files: ["ingress-nginx.log"],
      from: "2026-11-14T09:00:01.000Z",
      to: "2026-11-14T10:30:00.000Z",
      requests: 11,
    },
    requests: { web: 1, api: 4, subgraph: 1 },
    pages: { dashboard: 1 },
    procedures: { "user.assets": 1, "token.read": 1, "token.holders": 1, "auth.get-session": 1 },
    operations: {},
    apart: { assets: 1, probes: 1, preflights: 1, redirects: 1 },
    unclassified: { requests: 1, patterns: [{ pattern: "GET /reset/{email}", requests: 1 }] },
    badLines: { lines: 1, first: [{ file: "ingress-nginx.log", line: 12 }] },
  });
  expect(warnings.join()).toContain("has no operation for most requests");
});

test("nothing of a person is kept", async () => {
  const { mix } = await measure(["ingress-nginx.log", "browser.har"]);
  expect(JSON.stringify(mix)).not.toMatch(/ada|@|s3cr3t|10\.\d|Mozilla|0x[0-9a-f]{40}|5a1f/);
});

test("a HAR file: its own host and the API's, operations by name, nothing from the cache", async () => {
  const { mix } = await measure(["browser.har"]);
  expect(mix).toMatchObject({
    requests: { web: 1, api: 1, subgraph: 3 },
    pages: { token: 1 },
    operations: { TokenHoldersQuery: 1, ListTokenQuery: 1 },
    apart: { "other-hosts": 1, cached: 1 },
    badLines: { lines: 1, first: [{ file: "browser.har", line: 8 }] },
  });
});

test("a HAR file that is one long line", async () => {
  const entry = {
    startedDateTime: "2026-01-01T00:00:00Z",
    request: { method: "POST", url: "https://app.test/api/rpc/token/read" },
    response: { status: 200, content: { text: "x".repeat(1000) } },
  };
  const har = JSON.stringify({ log: { entries: Array.from({ length: 500 }, () => entry) } });
  expect(har.length).toBeGreaterThan(300_000);
  const { mix } = await measure([fileOf("line.har", har)], [], folder);
  expect(mix.procedures).toEqual({ "token.read": 500 });
});

describe("files", () => {
  const lines = `${lineAt(Date.UTC(2026, 0, 1))}\n\n# comment\n${lineAt(Date.UTC(2026, 0, 1, 0, 0, 10))}`;
  test.each([
    ["plain, without a last line end", fileOf("plain.log", lines)],
    ["with line ends of Windows", fileOf("windows.log", lines.replaceAll("\n", "\r\n"))],
    ["with a byte order mark", fileOf("bom.log", `\uFEFF${lines}`)],
    ["gzip, with any name", fileOf("packed.log", gzipSync(lines))],
    [
      "gzip of two parts",
      fileOf(
        "parts.gz",
        Buffer.concat([
          gzipSync(`${lineAt(Date.UTC(2026, 0, 1))}\n`),
          gzipSync(lineAt(Date.UTC(2026, 0, 1, 0, 0, 10))),
        ]),
      ),
    ],
  ])("%s", async (_, file) => {
    const { mix } = await measure([file], [], folder);
    expect(mix.pages).toEqual({ dashboard: 2 });
    expect(mix.badLines.lines).toBe(0);
    expect(mix.peak).toMatchObject({ seconds: 10, requestsPerSecond: 0.2 });
  });

  test("several files are one mix", async () => {
    const { mix } = await measure(["plain.log", "windows.log"], [], folder);
    expect([mix.source.files, mix.pages]).toEqual([["plain.log", "windows.log"], { dashboard: 4 }]);
  });

  test("a line without end is counted and not kept", async () => {
    const file = fileOf(
      "long.log",
      `${"x".repeat(3_000_000)}\n${lineAt(0)}\n${"y".repeat(400_000)}`,
    );
    const { mix } = await measure([file], [], folder);
    expect(mix.badLines).toMatchObject({ lines: 2, first: [{ line: 1 }, { line: 3 }] });
    expect(mix.pages).toEqual({ dashboard: 1 });
  });

  test("hosts: only those that are named; several without a name are a warning", async () => {
    const other = lineAt(0).replace("app.test", "other.test");
    const file = fileOf("hosts.log", `${lineAt(0)}\n${other}\n${other}\n`);
    const { mix } = await measure([file], ["app.test"], folder);
    expect([mix.requests.web, mix.apart]).toEqual([1, { "other-hosts": 2 }]);
    expect((await measure([file], [], folder)).warnings[0]).toMatch(
      /2 hosts.*app\.test, other\.test/,
    );
  });

  test.each([
    ["is not there", "nowhere.log", "no-such-file", /there is no file nowhere\.log/],
    ["is empty", fileOf("empty.log", ""), "no-requests", /among 0 requests/],
    [
      "holds no request",
      fileOf("text.log", "hello\nworld\n"),
      "no-requests",
      /2 lines that could not be read/,
    ],
    [
      "is another application's",
      fileOf("foreign.log", '"GET /wp-admin HTTP/1.1" 200'),
      "no-requests",
      /among 1 requests/,
    ],
    [
      "is a broken HAR file",
      fileOf("broken.har", '{"log": {"entries": ['),
      "bad-har",
      /cannot be parsed/,
    ],
    [
      "is an archive",
      fileOf("a.zip", Buffer.from("PK\u0003\u0004aaaa")),
      "unknown-encoding",
      /zip archive/,
    ],
  ])("one that %s is refused", async (_, file, code, message) => {
    await expect(measure([file], [], folder)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test("a host that no line names is refused", async () => {
    await expect(measure(["ingress-nginx.log"], ["app.test"])).rejects.toMatchObject({
      code: "no-hosts",
    });
  });
});

test("the peak is the busiest hour, wherever it begins", async () => {
  const start = Date.UTC(2026, 0, 1, 8);
  const minutes = [...Array(180).keys()].flatMap((minute) =>
    Array<string>(minute >= 45 && minute < 105 ? 12 : 1).fill(lineAt(start + minute * 60_000)),
  );
  const { mix } = await measure([fileOf("day.log", minutes.toReversed().join("\n"))], [], folder);
  expect(mix.peak).toEqual({
    startsAt: "2026-01-01T08:45:00.000Z",
    seconds: 3600,
    requestsPerSecond: 0.2,
  });
});

test("without times there is no peak and no period", async () => {
  const file = fileOf("timeless.log", '"GET / HTTP/1.1" 200\n');
  const { mix, warnings } = await measure([file], [], folder);
  expect([mix.peak, mix.source.from]).toEqual([undefined, undefined]);
  expect(warnings.join()).toContain("the peak hour is unknown");
});

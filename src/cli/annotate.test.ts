import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { fail, hostile, partial, reports } from "../../reports/testdata/fixtures.ts";
import type { Receiver } from "../notify/receivers.ts";
import { listening } from "../testdata/free-port.ts";
import { annotateOptions, annotateRuns } from "./annotate.ts";
import { testIo } from "./testdata/io.ts";

const token = "glsa_0123456789abcdefTOKEN";

interface Posted {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: { time: number; timeEnd?: number; tags: string[]; text: string };
}

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

/** Answers the statuses in order, then 200, as Grafana does. */
async function stub(statuses: number[] = []): Promise<{ receiver: Receiver; posted: Posted[] }> {
  const posted: Posted[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += String(part)));
    request.on("end", () => {
      const status = statuses.shift() ?? 200;
      const { authorization } = request.headers;
      if (status === 200)
        posted.push({ path: request.url, authorization, body: JSON.parse(body) as Posted["body"] });
      response.writeHead(status).end('{"message":"Annotation added","id":1}');
    });
  });
  servers.push(server);
  const url = `http://127.0.0.1:${await listening(server)}`;
  return { receiver: { kind: "grafana", url, token }, posted };
}

const runsRoot = (): string => mkdtempSync(path.join(tmpdir(), "headroom-annotate-"));

test("a run is a region with its verdict, its tags and its report", async () => {
  const { receiver, posted } = await stub();
  const { io, err } = testIo({ cwd: runsRoot() });
  const reportsUrl = "https://reports.example.test/headroom/";
  await annotateRuns([fail], { annotate: receiver, reportsUrl }, io);
  expect(posted).toEqual([
    {
      path: "/api/annotations",
      authorization: `Bearer ${token}`,
      body: {
        time: fail.run.startedAt,
        timeEnd: fail.run.endedAt,
        tags: ["headroom", "nightly", "local", "fail"],
        text: `FAIL: ${fail.sentence}\n<a href="https://reports.example.test/headroom/${fail.run.id}/report.html">report</a>`,
      },
    },
  ]);
  expect(fail.run.endedAt).toBeGreaterThan(fail.run.startedAt);
  expect(err()).toBe("annotated in Grafana: 1\n");
});

test("a refused annotation is said and waits without its token; the next run sends both, in order", async () => {
  const { receiver, posted } = await stub([401]);
  const root = runsRoot();
  const { io, err } = testIo({ cwd: root });
  await annotateRuns([fail], { annotate: receiver, runs: root }, io);
  expect(posted).toEqual([]);
  expect(err()).toMatch(/^not annotated: grafana: answered 401; queued, retried next time: FAIL: /);
  const folder = path.join(root, "annotations");
  const kept = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), "utf8"));
  expect(kept).toHaveLength(1);
  expect(`${kept.join("")}${err()}`).not.toContain(token);
  const later = { ...partial, run: { ...partial.run, id: "later" } };
  await annotateRuns([later], { annotate: receiver, runs: root }, io);
  await annotateRuns([later], { annotate: receiver, runs: root }, io);
  expect(posted.map(({ body }) => body.tags.at(-1))).toEqual(["fail", "incomplete"]);
});

test("a run directory that cannot be written is said, not thrown", async () => {
  const { receiver, posted } = await stub();
  const { io, err } = testIo({ cwd: runsRoot() });
  await annotateRuns([fail], { annotate: receiver, runs: "/dev/null/runs" }, io);
  expect(err()).toMatch(/^not annotated: /);
  expect(posted).toEqual([]);
});

test("the target's text is no markup of the annotation, and fits into Grafana's tables", async () => {
  const { receiver, posted } = await stub();
  const { io } = testIo({ cwd: runsRoot() });
  const run = { ...hostile.run, plan: { ...hostile.run.plan, profile: "e".repeat(500) } };
  const sentence = `<script>alert("1")</script> ${"long ".repeat(2000)}`;
  await annotateRuns([{ ...hostile, run, sentence }], { annotate: receiver }, io);
  const [{ body } = { body: undefined }] = posted;
  expect(body?.text).toContain("&lt;script&gt;alert(&quot;1&quot;)");
  expect(body?.text).not.toContain("<");
  expect(body?.text.length).toBeLessThan(2100);
  expect(Math.max(...(body?.tags.map(({ length }) => length) ?? []))).toBe(100);
});

test.each([
  ["http://grafana:3000", {}, /HEADROOM_GRAFANA_TOKEN is not set/],
  ["grafana:3000", { HEADROOM_GRAFANA_TOKEN: token }, /is not an http\(s\) URL/],
  ["http://a:b@grafana", { HEADROOM_GRAFANA_TOKEN: token }, /set HEADROOM_GRAFANA_TOKEN instead/],
])("--annotate %s is refused", (text, variables, problem) => {
  const parsed = annotateOptions.annotate.kind?.parse(text, variables);
  expect(parsed).toEqual({ ok: false, problem: expect.stringMatching(problem) });
});

/** A Grafana that is there, and the token of a service account with the role Editor. */
const [realUrl, realToken] = ["HEADROOM_TEST_GRAFANA", "HEADROOM_GRAFANA_TOKEN"].map(
  (name) => process.env[name] ?? "",
);
if (realUrl === "")
  process.stderr.write(
    "SKIPPED: an annotation in a real Grafana. Name one in HEADROOM_TEST_GRAFANA, its token in HEADROOM_GRAFANA_TOKEN.\n",
  );

const annotationsShape = z.array(
  z.object({ time: z.number(), timeEnd: z.number(), tags: z.array(z.string()), text: z.string() }),
);

describe.skipIf(realUrl === "")("a real Grafana", () => {
  test("shows the region with its tags", async () => {
    const root = runsRoot();
    const { io, err } = testIo({ cwd: root });
    const startedAt = Date.now() - 300_000;
    const { pass } = reports;
    const run = { ...pass.run, id: `test-${startedAt}`, startedAt, endedAt: startedAt + 270_000 };
    const receiver = { kind: "grafana", url: realUrl ?? "", token: realToken ?? "" } as const;
    await annotateRuns([{ ...pass, run }], { annotate: receiver, runs: root }, io);
    expect(err()).toBe("annotated in Grafana: 1\n");
    const query = `from=${startedAt - 1}&to=${startedAt + 270_001}&tags=headroom&tags=nightly`;
    const response = await fetch(`${realUrl}/api/annotations?${query}`, {
      headers: { authorization: `Bearer ${realToken}` },
    });
    const found = annotationsShape.parse(await response.json());
    expect(found).toContainEqual({
      time: run.startedAt,
      timeEnd: run.endedAt,
      tags: expect.arrayContaining(["headroom", "nightly", "local", "pass"]),
      text: expect.stringMatching(/^PASS: /),
    });
  });
});

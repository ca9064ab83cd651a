import { mkdtempSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { trendPicturePage, trendPictureSize } from "../../reports/site/trend-picture.ts";
import { streamsOf } from "../../analysis/history/streams.ts";
import { findChromium } from "../observe/browser/locate-chromium.ts";
import { readHistory } from "../store/history.ts";
import { writeSyntheticYear } from "../store/testdata/synthetic-year.ts";
import { trendsOf } from "../../analysis/history/trends.ts";
import { listening } from "../testdata/free-port.ts";
import { drawPicture } from "./draw-picture.ts";
import type { Message } from "./message.ts";
import { Outbox } from "./outbox.ts";
import type { Receiver } from "./receivers.ts";
import { slack, slackLimits } from "./slack.ts";

const change: Message = {
  id: "nightly/staging/api.response.p95/new-regression/n1",
  kind: "new-regression",
  severity: "P2",
  profile: "nightly",
  environment: "staging",
  metric: "api.response.p95",
  sentence: "API response p95 is worse since 2026-11-20: 150 ms → 168 ms",
  at: Date.parse("2026-11-20T02:00:00Z"),
  suspects: ["commit: 8c1f20e → <!channel>"],
  link: "https://reports.example.test/run/report.html",
  picture: "https://reports.example.test/run/trend-api.response.p95.png",
};

const text = z.object({ type: z.enum(["mrkdwn", "plain_text"]), text: z.string().min(1) });
const limited = (most: number) => text.refine((each) => each.text.length <= most);

/** Slack's documented form of the blocks that we send. */
const messageShape = z.strictObject({
  text: z.string().max(40_000),
  blocks: z
    .array(
      z.discriminatedUnion("type", [
        z.strictObject({ type: z.literal("header"), text: limited(slackLimits.header) }),
        z.strictObject({
          type: z.literal("section"),
          text: limited(slackLimits.section).exactOptional(),
          fields: z.array(limited(slackLimits.field)).max(slackLimits.fields).exactOptional(),
        }),
        z.strictObject({
          type: z.literal("image"),
          image_url: z.url().max(slackLimits.url),
          alt_text: z.string().max(slackLimits.altText),
        }),
        z.strictObject({
          type: z.literal("context"),
          elements: z.array(text).max(slackLimits.contextElements),
        }),
      ]),
    )
    .max(slackLimits.blocks),
});

test("a regression: what, since when, what changed with it, its picture and its report", () => {
  const { blocks, text: plain } = messageShape.parse(slack(change));
  expect(blocks).toEqual([
    { type: "header", text: { type: "plain_text", text: "✗ P2 nightly on staging" } },
    { type: "section", text: { type: "mrkdwn", text: change.sentence.replace(">", "&gt;") } },
    {
      type: "section",
      fields: [
        { type: "mrkdwn", text: "*Metric*\napi.response.p95" },
        { type: "mrkdwn", text: "*Since*\n2026-11-20 02:00:00 UTC" },
      ],
    },
    {
      type: "section",
      text: {
        type: "mrkdwn",
        text: "*With it changed*\n• commit: 8c1f20e → &lt;!channel&gt;",
      },
    },
    { type: "image", image_url: change.picture, alt_text: change.sentence },
    {
      type: "context",
      elements: [{ type: "mrkdwn", text: `<${change.link}|Report of the last run>` }],
    },
  ]);
  expect(plain).toBe(
    `✗ P2 nightly on staging: ${change.sentence}\n• with it changed commit: 8c1f20e → &lt;!channel&gt;\n${change.link}`,
  );
});

test.each(["<", "&", "x", "é"])(
  "however long the names, with %s, it stays in Slack's limits",
  (letter) => {
    const long = letter.repeat(10_000);
    const message = slack({
      ...change,
      sentence: long,
      metric: long,
      profile: long,
      suspects: Array.from({ length: 500 }, () => long),
      link: `https://reports.example.test/${"x".repeat(4000)}`,
    });
    const { blocks } = messageShape.parse(message);
    expect(blocks.map(({ type }) => type)).toEqual([
      "header",
      "section",
      "section",
      "section",
      "image",
    ]);
    expect(JSON.stringify(blocks)).toContain("…and 492 more");
    expect(JSON.stringify(message)).not.toMatch(/<[!@#]|&(?!amp;|lt;|gt;)/);
  },
);

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

test("Slack that cannot load the picture refuses the message: it gets the text alone, once", async () => {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += String(part)));
    request.on("end", () => {
      bodies.push(body);
      response.writeHead(body.includes("image_url") ? 400 : 200).end("invalid_blocks");
    });
  });
  servers.push(server);
  const url = `http://127.0.0.1:${await listening(server)}/hook`;
  const receivers: Receiver[] = [{ kind: "slack", url }];
  const outbox = new Outbox(mkdtempSync(path.join(tmpdir(), "headroom-slack-")));
  outbox.put([change], receivers, 1);
  const options = { now: () => 1, sleep: () => Promise.reject(new Error("no pause is needed")) };
  expect(await outbox.deliver(receivers, options)).toEqual({ sent: 1, waiting: [] });
  expect(bodies.map((body) => Object.keys(JSON.parse(body) as object))).toEqual([
    ["text", "blocks"],
    ["text"],
  ]);
});

const chromium = findChromium(process.env);
if (!chromium.ok) process.stderr.write(`SKIPPED: the picture of a trend; ${chromium.problem}.\n`);

describe.skipIf(!chromium.ok)("the picture", () => {
  test("is a PNG of its size, with more than one colour", { timeout: 40_000 }, async () => {
    const root = mkdtempSync(path.join(tmpdir(), "headroom-picture-"));
    writeSyntheticYear(root, { nightlyRuns: 70, runsPerNight: 1 });
    const [stream] = streamsOf(readHistory(root).runs);
    if (stream === undefined || !chromium.ok) throw new Error("there are runs and a browser");
    const [trend] = trendsOf(stream);
    if (trend === undefined) throw new Error("there is a trend");
    const site = { ...stream, headroom: "0", writtenAt: 1, trends: [], problems: [], gates: [] };
    const file = path.join(root, "trend.png");
    const html = trendPicturePage({ ...trend, accepted: [] }, site);
    await drawPicture({ chromium: chromium.file, html, size: trendPictureSize, file });
    const png = readFileSync(file);
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([900, 480]);
    expect(png.length).toBeGreaterThan(10_000);
    expect(png.length).toBeLessThan(200_000);
  });
});

import { createServer, type Server } from "node:http";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { annotations, stepSummary } from "./github.ts";
import type { Message } from "./message.ts";
import { Outbox } from "./outbox.ts";
import { addressOf, bodyFor, parseReceiver, type Receiver } from "./receivers.ts";

const now = Date.parse("2026-11-23T04:00:00Z");
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
};

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

/** Answers the statuses in order, then 200. */
async function receiver(statuses: number[]): Promise<{ url: string; bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += String(part)));
    request.on("end", () => {
      const status = statuses.shift() ?? 200;
      if (status === 200) bodies.push(body);
      response.writeHead(status).end();
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook-secret`, bodies };
}

const slept: number[] = [];
const options = {
  now: () => now,
  sleep: async (ms: number) => {
    slept.push(ms);
  },
};
const newRoot = (): string => mkdtempSync(path.join(tmpdir(), "headroom-notify-"));

test("a receiver that answers 500 for a while gets it once, with growing pauses", async () => {
  const { url, bodies } = await receiver([500, 503]);
  const outbox = new Outbox(newRoot());
  const receivers: Receiver[] = [{ kind: "webhook", url }];
  expect(outbox.put([change], receivers, now)).toHaveLength(1);
  slept.length = 0;
  expect(await outbox.deliver(receivers, options)).toEqual({ sent: 1, waiting: [] });
  expect(slept).toEqual([1000, 4000]);
  expect(await outbox.deliver(receivers, options)).toEqual({ sent: 0, waiting: [] });
  expect(outbox.put([change], receivers, now)).toEqual([]);
  expect(bodies).toHaveLength(1);
  expect(JSON.parse(bodies[0] ?? "")).toMatchObject({ schemaVersion: 1, metric: change.metric });
});

test("down all night: the message waits in its file, without the address, and goes the next night", async () => {
  const { url, bodies } = await receiver(Array.from({ length: 4 }, () => 500));
  const root = newRoot();
  const receivers: Receiver[] = [{ kind: "slack", url }];
  const outbox = new Outbox(root);
  outbox.put([change], receivers, now);
  const first = await outbox.deliver(receivers, options);
  expect(first.sent).toBe(0);
  expect(first.waiting[0]).toContain("answered 500");
  const folder = path.join(root, "notifications");
  const kept = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), "utf8"));
  expect(kept.join("")).not.toContain("hook-secret");
  expect(first.waiting.join("")).not.toContain("hook-secret");
  expect(await new Outbox(root).deliver(receivers, options)).toEqual({ sent: 1, waiting: [] });
  expect(bodies).toHaveLength(1);
});

test("500 for an hour: whoever looks every quarter of an hour loses nothing and sends nothing twice", async () => {
  const { url, bodies } = await receiver(Array.from({ length: 16 }, () => 500));
  const root = newRoot();
  const receivers: Receiver[] = [{ kind: "webhook", url }];
  let clock = now;
  const virtual = {
    now: () => clock,
    sleep: async (ms: number) => {
      clock += ms;
    },
  };
  const later = { ...change, id: "second", sentence: "Throughput is worse" };
  const sent: number[] = [];
  for (let quarter = 0; quarter < 6; quarter++) {
    clock = now + quarter * 900_000;
    const outbox = new Outbox(root);
    outbox.put(quarter === 0 ? [change] : [change, later], receivers, clock);
    sent.push((await outbox.deliver(receivers, virtual)).sent);
  }
  expect(sent).toEqual([0, 0, 0, 0, 2, 0]);
  expect(bodies.map((body) => (JSON.parse(body) as Message).sentence)).toEqual([
    change.sentence,
    later.sentence,
  ]);
});

test("a refusal is not tried again at once, and one dead receiver does not cost the other", async () => {
  const refusing = await receiver([404]);
  const fine = await receiver([]);
  const receivers: Receiver[] = [
    { kind: "slack", url: refusing.url },
    { kind: "webhook", url: fine.url },
    { kind: "webhook", url: "http://127.0.0.1:1/" },
  ];
  const outbox = new Outbox(newRoot());
  outbox.put([change], receivers, now);
  const { sent, waiting } = await outbox.deliver(receivers, options);
  expect(sent).toBe(1);
  expect(waiting.map((line) => line.split(";")[0])).toEqual([
    "slack: answered 404",
    "webhook: could not be reached",
  ]);
});

test("half a file and a receiver that is gone are notified, not thrown", async () => {
  const root = newRoot();
  const outbox = new Outbox(root);
  outbox.put([change], [{ kind: "slack", url: "http://127.0.0.1:1/" }], now);
  writeFileSync(path.join(root, "notifications", "half.json"), "{");
  expect(outbox.messages()).toEqual([change]);
  expect((await outbox.deliver([], options)).waiting[0]).toContain("not configured any more");
});

test("a receiver that moved gets what waits, once, and nothing that its old address got", async () => {
  const old = await receiver(Array.from({ length: 4 }, () => 500));
  const moved = await receiver([]);
  const outbox = new Outbox(newRoot());
  const from: Receiver[] = [{ kind: "webhook", url: old.url }];
  const to: Receiver[] = [{ kind: "webhook", url: moved.url }];
  outbox.put([change], from, now);
  expect((await outbox.deliver(from, options)).waiting).toHaveLength(1);
  expect(await outbox.deliver(to, options)).toEqual({ sent: 1, waiting: [] });
  expect(await outbox.deliver(from, options)).toEqual({ sent: 0, waiting: [] });
  expect([old.bodies.length, moved.bodies.length]).toEqual([0, 1]);
});

test("one of two receivers of a kind got it: where both moved, nobody gets it again", async () => {
  const fine = await receiver([]);
  const moved = await receiver([]);
  const outbox = new Outbox(newRoot());
  const both: Receiver[] = [
    { kind: "slack", url: fine.url },
    { kind: "slack", url: "http://127.0.0.1:1/" },
  ];
  outbox.put([change], both, now);
  expect((await outbox.deliver(both, options)).sent).toBe(1);
  const to: Receiver[] = [{ kind: "slack", url: moved.url }];
  expect(await outbox.deliver(to, options)).toEqual({ sent: 0, waiting: [] });
  expect(moved.bodies).toEqual([]);
});

test("a message of a nightly run without receivers goes to the first ones there are, quietly until then", async () => {
  const first = await receiver([]);
  const later = await receiver([]);
  const outbox = new Outbox(newRoot());
  outbox.put([change], [], now);
  expect(await outbox.deliver([], options)).toEqual({ sent: 0, waiting: [] });
  const receivers: Receiver[] = [{ kind: "webhook", url: first.url }];
  expect(await outbox.deliver(receivers, options)).toEqual({ sent: 1, waiting: [] });
  const more: Receiver[] = [...receivers, { kind: "slack", url: later.url }];
  expect(await outbox.deliver(more, options)).toEqual({ sent: 0, waiting: [] });
  expect([first.bodies.length, later.bodies.length]).toEqual([1, 0]);
});

test("a receiver of another kind gets nothing that waits for somebody else", async () => {
  const { url, bodies } = await receiver([]);
  const outbox = new Outbox(newRoot());
  outbox.put([change], [{ kind: "slack", url: "http://127.0.0.1:1/" }], now);
  const { sent, waiting } = await outbox.deliver([{ kind: "webhook", url }], options);
  expect([sent, bodies.length]).toEqual([0, 0]);
  expect(waiting[0]).toContain("not configured any more");
});

test("a nightly run hands on the messages of its own environment only", async () => {
  const { url, bodies } = await receiver([]);
  const outbox = new Outbox(newRoot());
  const elsewhere: Message = { ...change, id: "elsewhere", environment: "production" };
  outbox.put([change, elsewhere], [{ kind: "slack", url: "http://127.0.0.1:1/" }], now);
  const { sent, waiting } = await outbox.deliver([{ kind: "slack", url }], options, change);
  expect([sent, waiting.length]).toEqual([1, 1]);
  expect(bodies[0]).toContain("nightly on staging");
});

test("half a letter is made again, beside the partial file of another process", () => {
  const root = newRoot();
  const outbox = new Outbox(root);
  outbox.put([change], [], now);
  const folder = path.join(root, "notifications");
  const [name = ""] = readdirSync(folder);
  writeFileSync(path.join(folder, name), "{");
  writeFileSync(path.join(folder, `${name}.4711.partial`), "of another");
  expect(outbox.put([change], [], now)).toEqual([change]);
  expect(outbox.messages()).toEqual([change]);
  expect(readdirSync(folder).toSorted()).toEqual([name, `${name}.4711.partial`]);
});

test("Slack: nothing of a target becomes a mention", () => {
  const body = bodyFor({ kind: "slack", url: "http://x" }, change, now);
  expect(body).toContain("P2 nightly on staging");
  expect(body).toContain("&lt;!channel&gt;");
});

test("Alertmanager: a recovery carries the labels of its change and ends it", () => {
  const to: Receiver = { kind: "alertmanager", url: "http://am:9093/" };
  expect(addressOf(to)).toBe("http://am:9093/api/v2/alerts");
  const parse = (message: Message) =>
    JSON.parse(bodyFor(to, message, now)) as [{ labels: object; startsAt: string; endsAt: string }];
  const [alert] = parse(change);
  const [end] = parse({ ...change, kind: "resolved" });
  expect(end.labels).toEqual(alert.labels);
  expect(Date.parse(alert.endsAt)).toBeGreaterThan(now);
  expect(Date.parse(end.endsAt)).toBe(now);
});

test("GitHub: annotations stay on one line, the summary is plain text", () => {
  const [line] = annotations([{ ...change, sentence: "100 %\nworse", severity: "P1" }]);
  expect(line).toBe("::error title=Headroom P1::P1 nightly on staging: 100 %25%0Aworse");
  expect(stepSummary("Night", ["a <b> *c*"])).toBe("## Night\n\n- a \\<b\\> \\*c\\*\n");
});

test("a summary of the step that GitHub would refuse is cut from its end, and says so", () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index} ${"é".repeat(60)}`);
  const text = stepSummary("Night", lines);
  expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
  expect(text).toContain("- line 0 é");
  expect(text).toMatch(/\n- …and [1-9][\d,]+ more lines in the log\n$/);
});

test.each(["slack", "pager=http://x", "slack=nonsense", "slack=file:///etc"])(
  "%s is refused",
  (text) => {
    const parsed = parseReceiver(text, {});
    expect(parsed.ok).toBe(false);
  },
);

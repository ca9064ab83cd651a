import { execFile } from "node:child_process";
import { createServer, connect, type Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startPostgres } from "../../../sandbox/src/database/postgres.ts";
import { observeDatabase } from "./observe-database.ts";
import {
  hasDebianPostgres,
  startDebianPostgres,
  type DebianPostgres,
} from "./testdata/debian-postgres.ts";
import { recordingSink, type RecordingSink } from "./testdata/recording-sink.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const planted = "Pl4nted/Secret#+";

/** The same URL with another role; passwords are escaped as a person would. */
function as(url: string, role: string, password: string): string {
  const parsed = new URL(url);
  parsed.username = role;
  parsed.password = encodeURIComponent(password);
  return parsed.toString();
}

async function withClient<Value>(
  url: string,
  work: (client: Client) => Promise<Value>,
): Promise<Value> {
  const client = new Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What somebody looks at in the observer's records must hold no trace of the password. */
function expectNoPassword({ observations, gaps }: RecordingSink): void {
  const said = JSON.stringify([observations, gaps]);
  for (const form of [planted, encodeURIComponent(planted), "Pl4nted"]) {
    expect(said).not.toContain(form);
  }
}

/** One statement, so many times. */
async function repeat(client: Client, times: number): Promise<void> {
  for (let id = 1; id <= times; id++) {
    await client.query("select word, pg_sleep(0.002) from demo where id = $1", [id]);
  }
}

/** One session holds a transaction with a lock, another waits for the lock. */
const whileOneWaits = (url: string, work: () => Promise<void>): Promise<void> =>
  withClient(url, (holder) =>
    withClient(url, async (waiter) => {
      await holder.query("begin; select pg_advisory_xact_lock(1)");
      const waiting = waiter.query("select pg_advisory_lock(1)");
      await work();
      await holder.query("rollback");
      await waiting;
    }),
  );

interface Server {
  readonly name: string;
  readonly isThere: boolean;
  readonly major: string;
  readonly start: () => Promise<{ readonly url: string; readonly stop: () => Promise<void> }>;
}

const isDebianThere = hasDebianPostgres();
const preloaded = ["shared_preload_libraries = 'pg_stat_statements'"];
const servers: readonly Server[] = [
  {
    name: "the embedded 18",
    isThere: true,
    major: "18.",
    start: () => startPostgres(() => undefined),
  },
  {
    name: "Debian's 15",
    isThere: isDebianThere,
    major: "15.",
    start: () => startDebianPostgres({ settings: preloaded }),
  },
];

describe.each(servers.filter(({ isThere }) => isThere))("$name", ({ major, start }) => {
  let server: { readonly url: string; readonly stop: () => Promise<void> };
  let monitor: string;
  let plain: string;

  beforeAll(async () => {
    server = await start();
    await withClient(server.url, async (client) => {
      await client.query(`
        create role monitor login password '${planted}'; grant pg_monitor to monitor;
        create role plain login password '${planted}';
        create role limited login password '${planted}' connection limit 0;
        create role untracked login password '${planted}'; grant pg_monitor to untracked;
        alter role untracked set pg_stat_statements.track = none;
        create table demo (id int primary key, word text);
        insert into demo select i, 'x' from generate_series(1, 1000) i;
        create extension pg_stat_statements`);
      await client.query("create database bare");
    });
    monitor = as(server.url, "monitor", planted);
    plain = as(server.url, "plain", planted);
  }, 60_000);
  afterAll(() => server.stop());

  test("tells probe, sessions, cache and what was done meanwhile, without a gap", async () => {
    const sink = recordingSink();
    await withClient(server.url, async (client) => {
      await repeat(client, 30);
      const observer = await observeDatabase(
        { url: monitor, probePerSecond: 20, intervalMs: 300 },
        sink,
      );
      await repeat(client, 100);
      await client.query("alter role plain password 'changed-Meanwhile1'");
      await client.query(`alter role plain password '${planted}'`);
      await pause(1200);
      const startedAt = Date.now();
      await observer.stop();
      expect(Date.now() - startedAt).toBeLessThan(3000);
    });
    expect(sink.gaps).toEqual([]);
    const probes = sink.values("probe.latency");
    expect(probes.length).toBeGreaterThanOrEqual(20);
    expect(Math.max(...probes)).toBeLessThan(2000);
    expect(Math.min(...probes)).toBeGreaterThan(0);
    const version = sink.observations.find(({ name }) => name === "server");
    expect(version?.labels["version"]).toMatch(new RegExp(`^${major}`));
    expect(sink.values("connections.limit")[0]).toBe(major === "18." ? 57 : 97);
    // The worker, the superuser that polls, and the observer's two.
    expect(Math.max(...sink.values("connections"))).toBe(3);
    expect(sink.values("cache.hit")[0]).toBeGreaterThan(0.5);
    const calls = sink.observations.filter(({ name }) => name === "statement.calls");
    const demo = calls.find(({ labels }) => labels["query"]?.includes("from demo"));
    expect(demo).toMatchObject({
      value: 100,
      labels: { rank: "1", query: "select word, pg_sleep($2) from demo where id = $1" },
    });
    const time = sink.observations.find(
      ({ name, labels }) => name === "statement.time" && labels["rank"] === "1",
    );
    expect(time?.value).toBeGreaterThan(200);
    expect(sink.values("statements.time")[0]).toBeGreaterThan(time?.value ?? 0);
    expect(sink.values("statements.observer_time")[0]).toBeGreaterThan(0);
    expect(calls.filter(({ labels }) => labels["query"]?.includes("headroom"))).toEqual([]);
    expect(JSON.stringify(sink.observations)).not.toContain("changed-Meanwhile1");
    expectNoPassword(sink);
    const seen = sink.observations.length;
    await pause(200);
    expect(sink.observations.length).toBe(seen);
  });

  test("a probe of one's own is asked, and not taken for the platform's", async () => {
    const sink = recordingSink();
    const probe = { text: "select word from demo where id = $1", values: ["7"] };
    const observer = await observeDatabase({ url: server.url, probePerSecond: 20, probe }, sink);
    await pause(300);
    await observer.stop();
    const rate = sink.observations.find(({ name }) => name === "probe.rate");
    expect(rate).toMatchObject({ value: 20, labels: { statement: probe.text } });
    expect(sink.values("probe.latency").every(Number.isFinite)).toBe(true);
    expect(sink.gaps).toEqual([]);
    const statementCalls = sink.observations.filter(({ name }) => name === "statement.calls");
    expect(
      statementCalls.filter(({ labels }) => labels["query"]?.includes("demo where id")),
    ).toEqual([]);
  });

  test("a probe that may not write fails, is said, and the connection stays", async () => {
    const sink = recordingSink();
    const probe = { text: "delete from demo where id = $1", values: ["7"] };
    const observer = await observeDatabase({ url: server.url, probePerSecond: 20, probe }, sink);
    await pause(300);
    await observer.stop();
    expect(sink.sentences()).toEqual([expect.stringMatching(/read-only transaction/)]);
    expect(sink.values("probe.latency").every((value) => value === Infinity)).toBe(true);
  });

  test("without the extension it says how to get it, and tells the rest", async () => {
    const sink = recordingSink();
    const url = monitor.replace(/\/postgres$/, "/bare");
    const observer = await observeDatabase({ url, probePerSecond: 20 }, sink);
    await pause(300);
    await observer.stop();
    expect(sink.sentences()).toEqual([
      expect.stringMatching(
        /no extension pg_stat_statements.*shared_preload_libraries.*create extension/,
      ),
    ]);
    expect(sink.values("probe.latency").length).toBeGreaterThan(3);
    expect(sink.values("statement.calls")).toEqual([]);
    expect(sink.values("lock.waits")).toEqual([0, 0]);
  });

  test("statements that nobody counts are distinguished from a server at rest", async () => {
    const sink = recordingSink();
    const url = as(server.url, "untracked", planted);
    const observer = await observeDatabase({ url, probePerSecond: 20 }, sink);
    await pause(300);
    await observer.stop();
    expect(sink.sentences()).toEqual([
      expect.stringMatching(/counted none during the run.*pg_stat_statements\.track/),
    ]);
    expect(sink.values("statements.time")).toEqual([]);
  });

  test("without the right it says which one, and tells no zeros instead", async () => {
    const sink = recordingSink();
    const observer = await observeDatabase({ url: plain, probePerSecond: 20 }, sink);
    await withClient(server.url, (client) => client.query("select count(*) from demo"));
    await observer.stop();
    expect(sink.sentences()).toEqual([expect.stringMatching(/grant pg_monitor/)]);
    expect(sink.values("lock.waits")).toEqual([]);
    expect(sink.values("connections").length).toBe(2);
    expect(sink.values("statements.time")[0]).toBeGreaterThan(0);
    expect(JSON.stringify(sink.observations)).not.toContain("insufficient");
    expectNoPassword(sink);
  });

  test.concurrent.each([
    ["wrong password", () => as(server.url, "monitor", `${planted}x`), /refused the password/],
    ["no such role", () => as(server.url, "nobody-knows", planted), /refused the password/],
    [
      "no such database",
      () => monitor.replace(/\/postgres$/, "/missing"),
      /no database of the name/,
    ],
    [
      "no connection left",
      () => as(server.url, "limited", planted),
      /no connection left for the observer/,
    ],
    [
      "nothing listens",
      () => as("postgres://a@127.0.0.1:9/x", "monitor", planted),
      /127\.0\.0\.1:9 refused the connection/,
    ],
    ["not a URL", () => `postgres://monitor:${planted}@[broken/x`, /is not one/],
  ])("%s: one gap with its reason, no password in it", async (_, url, reason) => {
    const sink = recordingSink();
    const observer = await observeDatabase(
      { url: url(), probePerSecond: 20, intervalMs: 100 },
      sink,
    );
    await pause(700);
    await observer.stop();
    expect(sink.sentences()).toEqual([expect.stringMatching(reason)]);
    expect(sink.observations).toEqual([]);
    expectNoPassword(sink);
  });

  test("a lost connection comes back; the counters that somebody reset are reported", async () => {
    const sink = recordingSink();
    const observer = await observeDatabase(
      { url: monitor, probePerSecond: 20, intervalMs: 200 },
      sink,
    );
    await pause(200);
    await withClient(server.url, async (client) => {
      await client.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'headroom%'",
      );
      await pause(1500);
      await client.query("select pg_stat_statements_reset()");
      await client.query("select count(*) from demo");
    });
    const answered = sink.values("probe.latency").filter(Number.isFinite);
    await pause(300);
    await observer.stop();
    expect(sink.values("probe.latency").filter(Number.isFinite).length).toBeGreaterThan(
      answered.length,
    );
    expect(sink.sentences()).toEqual([
      expect.stringMatching(/ended the observer's connection/),
      expect.stringMatching(/were reset during the run/),
    ]);
  });

  test("who waits for a lock, and who holds a transaction, is counted, in this database", async () => {
    const sink = recordingSink();
    const elsewhere = server.url.replace(/\/postgres$/, "/bare");
    await whileOneWaits(elsewhere, () =>
      whileOneWaits(server.url, async () => {
        const observer = await observeDatabase({ url: monitor, intervalMs: 500 }, sink);
        await pause(5500);
        await observer.stop();
      }),
    );
    expect(Math.max(...sink.values("lock.waits"))).toBe(1);
    expect(Math.max(...sink.values("connections.held"))).toBe(1);
    expect(sink.values("connections.held")[0]).toBe(0);
    const nameless = sink.observations.filter(({ labels }) => labels["application"] === "");
    const most = (name: string): number =>
      Math.max(...nameless.filter((each) => each.name === name).map(({ value }) => value));
    expect(["sessions", "sessions.active", "sessions.held"].map(most)).toEqual([2, 1, 1]);
    // The limit is the whole server's: two waiters, two holders, the observer's two.
    expect(Math.max(...sink.values("connections"))).toBe(6);
  });
});

describe("a way to the server that dies", () => {
  let server: { readonly url: string; readonly stop: () => Promise<void> };
  beforeAll(async () => {
    server = await startPostgres(() => undefined);
  });
  afterAll(() => server.stop());

  test("silence is no answer, slower than any limit; the end comes in time", async () => {
    const way = await wayTo(server.url);
    const sink = recordingSink();
    const observer = await observeDatabase(
      { url: way.url, probePerSecond: 10, intervalMs: 300 },
      sink,
    );
    await vi.waitFor(() => expect(sink.values("probe.latency").length).toBeGreaterThan(5));
    way.cut();
    await pause(3500);
    const lost = sink.values("probe.latency").filter((value) => value === Infinity);
    expect(lost.length).toBeGreaterThan(8);
    const startedAt = Date.now();
    await observer.stop();
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    expect(sink.sentences().join()).toMatch(/did not answer in time/);
    way.close();
  });

  test.each([
    ["asked or timed out", 2500, 3000, /did not answer in time/],
    ["given up when there is no time left", 400, 300, /too slowly at the end.* in 0\.3 s/],
  ])("probes due before the end are %s", async (_, silentMs, stopWithinMs, reason) => {
    const way = await wayTo(server.url);
    const sink = recordingSink();
    const observer = await observeDatabase(
      {
        url: way.url,
        probePerSecond: 10,
        stopWithinMs,
      },
      sink,
    );
    await vi.waitFor(() => expect(sink.values("probe.latency").length).toBeGreaterThan(5));
    way.cut();
    const cutAt = Date.now();
    await pause(silentMs);
    const stoppedAt = Date.now();
    await observer.stop();
    way.close();
    const due = sink.observations.filter(({ name, at }) => name === "probe.latency" && at > cutAt);
    // A timer may be late for the last one.
    expect(due.length).toBeGreaterThanOrEqual(Math.floor((stoppedAt - cutAt) / 100) - 1);
    expect(due.every(({ value }) => value === Infinity)).toBe(true);
    expect(sink.sentences().join()).toMatch(reason);
  });

  test("probes due before the end are answered after it, late", async () => {
    const way = await wayTo(server.url);
    const sink = recordingSink();
    const observer = await observeDatabase({ url: way.url, probePerSecond: 20 }, sink);
    way.delay(100);
    await pause(800);
    const answered = sink.values("probe.latency").length;
    await observer.stop();
    way.close();
    // A busy machine's timers skip some of the 16.
    expect(sink.values("probe.latency").length - answered).toBeGreaterThan(5);
    expect(Math.max(...sink.values("probe.latency"))).toBeLessThan(2000);
  });

  test("an end that takes too long is reported, with what is missing", async () => {
    const way = await wayTo(server.url);
    const sink = recordingSink();
    await withClient(server.url, (client) =>
      client.query("create extension if not exists pg_stat_statements"),
    );
    const observer = await observeDatabase({ url: way.url, stopWithinMs: 1000 }, sink);
    way.delay(300);
    await observer.stop();
    way.close();
    expect(sink.sentences()).toEqual([
      "The server answered too slowly at the end: its statements were not read in 1 s.",
    ]);
    expect(sink.values("statements.time")).toEqual([]);
    expect(sink.values("probe.latency").every(Number.isFinite)).toBe(true);
  });
});

/** A way to the server that can be cut, both ends staying open, or made longer. */
async function wayTo(url: string): Promise<{
  readonly url: string;
  readonly cut: () => void;
  readonly delay: (ms: number) => void;
  readonly close: () => void;
}> {
  const upstream = new URL(url);
  const port = Number(upstream.port);
  const sockets: Socket[] = [];
  let delayMs = 0;
  let isCut = false;
  const proxy = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    near.pipe(far);
    far.on("data", (bytes: Buffer) => {
      if (!isCut) setTimeout(() => near.write(bytes), delayMs);
    });
    for (const each of [near, far]) each.on("error", () => undefined);
    near.on("close", () => far.destroy());
    sockets.push(near, far);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  upstream.port = String(typeof address === "object" ? address?.port : 0);
  return {
    url: upstream.toString(),
    cut: () => (isCut = true),
    delay: (ms) => (delayMs = ms),
    close: () => {
      for (const each of sockets) each.destroy();
      proxy.close();
    },
  };
}

describe("a pooler before the server", () => {
  test("nothing is set in sessions that are the platform's", async () => {
    const server = await startPostgres(() => undefined);
    const upstream = new URL(server.url);
    const port = Number(upstream.port);
    const said: Buffer[] = [];
    // As PgBouncer does: BackendKeyData names no process of the server.
    const proxy = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      near.on("data", (bytes) => said.push(bytes));
      near.pipe(far);
      far.on("data", (bytes: Buffer) => {
        const key = bytes.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
        if (key !== -1) bytes.writeUInt32BE(1, key + 5);
        near.write(bytes);
      });
      for (const each of [near, far]) each.on("error", () => near.destroy());
      near.on("close", () => far.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const address = proxy.address();
    upstream.port = String(typeof address === "object" ? address?.port : 0);
    const sink = recordingSink();
    const observer = await observeDatabase({ url: upstream.toString(), intervalMs: 100 }, sink);
    await pause(500);
    await observer.stop();
    proxy.close();
    await server.stop();
    expect(sink.sentences()).toEqual([expect.stringMatching(/is a pooler .*server's own address/)]);
    expect(sink.observations).toEqual([]);
    expect(Buffer.concat(said).toString("latin1")).not.toMatch(/\bset \w+/i);
  });
});

describe.skipIf(!isDebianThere)("Debian's 15, set up otherwise", () => {
  test("an extension that was created but not loaded is distinguished from a missing one", async () => {
    const server = await startDebianPostgres();
    await withClient(server.url, (client) => client.query("create extension pg_stat_statements"));
    const sink = recordingSink();
    const observer = await observeDatabase({ url: server.url }, sink);
    await observer.stop();
    await server.stop();
    expect(sink.sentences()).toEqual([
      expect.stringMatching(/created here, but the server did not load it/),
    ]);
  });

  test("the role of deploy/ is all that it takes, and the script may run again", async () => {
    const server = await startDebianPostgres({ settings: preloaded });
    const script = join(
      import.meta.dirname,
      "..",
      "..",
      "..",
      "deploy/postgres/read-only-role.sql",
    );
    const psql = () =>
      promisify(execFile)("psql", ["--no-psqlrc", "--quiet", `--file=${script}`, server.url], {
        env: { ...process.env, HEADROOM_DATABASE_PASSWORD: planted },
      });
    await psql();
    await psql();
    const sink = recordingSink();
    const url = as(server.url, "headroom_observer", planted);
    const observer = await observeDatabase({ url, probePerSecond: 20 }, sink);
    await withClient(server.url, (client) => client.query("select 'a secret', pg_sleep(0.01)"));
    await observer.stop();
    await server.stop();
    expect(sink.gaps).toEqual([]);
    expect(sink.values("lock.waits")).toEqual([0, 0]);
    const statementCalls = sink.observations.filter(({ name }) => name === "statement.calls");
    expect(statementCalls.map(({ labels }) => labels["query"])).toContain(
      "select $1, pg_sleep($2)",
    );
  });

  test("a standby's lag is seen from both ends", async () => {
    const primary = await startDebianPostgres({ settings: preloaded });
    let standby: DebianPostgres | undefined;
    try {
      standby = await startDebianPostgres({
        follows: primary.url,
        settings: ["recovery_min_apply_delay = '800ms'"],
      });
      const [here, there] = [recordingSink(), recordingSink()];
      const observers = [
        await observeDatabase({ url: primary.url, intervalMs: 100 }, here),
        await observeDatabase({ url: standby.url, intervalMs: 100 }, there),
      ];
      await withClient(primary.url, async (client) => {
        await client.query("create table late (id int)");
        for (let index = 0; index < 12; index++) {
          await client.query("insert into late values (1)");
          await pause(100);
        }
      });
      await Promise.all(observers.map((each) => each.stop()));
      expect(Math.max(...here.values("replication.lag"))).toBeGreaterThan(500);
      expect(Math.max(...there.values("replication.lag"))).toBeGreaterThan(500);
      expect(there.sentences()).toEqual([expect.stringMatching(/no extension/)]);
    } finally {
      await standby?.stop();
      await primary.stop();
    }
  });
});

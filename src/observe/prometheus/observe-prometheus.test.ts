import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import type { Observation } from "../../domain/observation.ts";
import { readAvailability } from "./availability.ts";
import { promql } from "./expression.ts";
import { observePrometheus, rangeOf, type ObservePrometheusOptions } from "./observe-prometheus.ts";
import { storeQueries, type StoreQuery } from "../../../profiles/platform/store-queries.ts";

type Answer = (request: {
  readonly query: string;
  readonly parameters: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly count: number;
}) =>
  | { status?: number; type?: string; body: string; headers?: Record<string, string> }
  | undefined;

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

/** A store that answers `vector(1)` well, and everything else as the test says; `undefined`: never. */
async function fakeStore(
  answer: Answer,
  prefix = "",
  scrapes = success("vector", []),
): Promise<string> {
  const counts = new Map<string, number>();
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams: parameters } = new URL(request.url ?? "/", "http://store");
    const query = parameters.get("query") ?? "";
    const count = (counts.get(query) ?? 0) + 1;
    counts.set(query, count);
    const isCheck = pathname === `${prefix}/api/v1/query`;
    const reply = isCheck
      ? { body: query.includes("count_over_time") ? scrapes : vector }
      : answer({ query, parameters, headers: request.headers, count });
    if (reply === undefined) return;
    response.writeHead(reply.status ?? 200, {
      "content-type": reply.type ?? "application/json",
      ...reply.headers,
    });
    response.end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}${prefix}`;
}

const success = (resultType: string, result: readonly unknown[], more: object = {}): string =>
  JSON.stringify({ status: "success", ...more, data: { resultType, result } });
const vector = success("vector", [{ metric: {}, value: [1, "1"] }]);
const matrix = (values: readonly unknown[], metric: object = {}, more: object = {}): string =>
  success("matrix", [{ metric, values }], more);
const good = matrix([[1000, "2"]], { ingress: "api", secret_label: "x" });

const query = (id: string, changes: Partial<StoreQuery> = {}): StoreQuery => ({
  id,
  unit: "ms",
  exporter: "ingress-nginx",
  scope: "namespace",
  expression: `${id.replace(".", "_")}{$labels}`,
  labels: ["ingress"],
  ...changes,
});
const two = [query("a.bad"), query("b.good")];

async function observed(url: string, options: Partial<ObservePrometheusOptions> = {}) {
  const observations: Observation[] = [];
  const gaps: string[] = [];
  const windows: number[] = [];
  const running = await observePrometheus(
    { settings: { url, labels: {} }, from: () => Date.now(), queries: two, ...options },
    {
      observation: (each) => {
        if (each.name === "store.rate.window") windows.push(each.value);
        else observations.push(each);
      },
      gap: ({ source, sentence }) => gaps.push(`${source}: ${sentence}`),
    },
  );
  const early = gaps.length;
  await running.stop();
  await running.stop();
  return { observations, gaps, early, windows };
}

/** The first query is answered badly, the second well. */
const badly =
  (reply: ReturnType<Answer>): Answer =>
  ({ query: text }) =>
    text.startsWith("a_bad") ? reply : { body: good };

describe("one bad answer is one gap with its query; the others go on", () => {
  test.each([
    [
      "422 with the store's words",
      { status: 422, body: '{"status":"error","error":"found duplicate\\nseries"}' },
      "could not evaluate it (422): found duplicate series: queries a.bad",
    ],
    [
      "400 with the store's words",
      { status: 400, body: '{"status":"error","error":"parse error"}' },
      "refused it (400): parse error: queries a.bad",
    ],
    [
      "429 twice",
      { status: 429, body: "slow down", headers: { "retry-after": "0" } },
      "is rate-limiting (429)",
    ],
    [
      "429 for an hour",
      { status: 429, body: "", headers: { "retry-after": "3600" } },
      "is rate-limiting (429)",
    ],
    ["no rights", { status: 403, body: "" }, "refuses access (403): name the variable"],
    ["its own failure", { status: 500, body: "{}" }, "failed (500)"],
    [
      "unavailable twice",
      { status: 503, body: "", headers: { "retry-after": "0" } },
      "failed (503)",
    ],
    [
      "a sign-in page",
      { type: "text/html", body: "<html>hello" },
      "answered HTML instead of JSON (200): is this the root of its API?",
    ],
    [
      "a redirect",
      { status: 302, body: "", headers: { location: "http://127.0.0.1:9/" } },
      "redirects elsewhere (302)",
    ],
    [
      "no JSON",
      { type: "text/plain", body: "ok" },
      "answered something (text/plain) instead of JSON",
    ],
    [
      "other JSON",
      { body: '{"status":"success"}' },
      "answered JSON that is no answer of the Prometheus API",
    ],
    ["half an answer", { body: good.slice(0, 40) }, "instead of JSON (200)"],
  ])("%s", async (_name, reply, words) => {
    const { observations, gaps, early } = await observed(await fakeStore(badly(reply)));
    expect(early).toBe(0);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toContain(words);
    expect(gaps[0]).toContain("a.bad");
    expect(observations.map(({ name }) => name)).toEqual(["b.good"]);
  });

  test("no answer at all ends with the time that there was", async () => {
    const url = await fakeStore(badly(undefined));
    const started = performance.now();
    const { observations, gaps } = await observed(url, { withinMs: 300 });
    expect(performance.now() - started).toBeLessThan(2000);
    expect(gaps).toEqual([
      expect.stringContaining("did not answer before the deadline: queries a.bad"),
    ]);
    expect(observations).toHaveLength(1);
  });

  test("nothing is asked any more once the time is over", async () => {
    const many = Array.from({ length: 12 }, (_, index) => query(`q.${index}`));
    const { gaps } = await observed(await fakeStore(() => undefined), {
      queries: many,
      withinMs: 200,
    });
    expect(gaps.join("\n")).toContain("was not queried before the deadline: queries q.4");
    for (const { id } of many) expect(gaps.join("\n")).toContain(id);
  });
});

test.each([
  [["24"], 20_000],
  [["8"], 60_000],
  [["4"], 120_000],
  [["120"], 20_000],
  [["1"], 300_000],
  [[], 60_000],
  // The ingress every 5 s, the containers every minute.
  [["24", "2"], 240_000],
  [["2", "24"], 240_000],
])("%j scrapes in two minutes: rates look back %i ms, and say so", async (scrapes, expected) => {
  const asked: string[] = [];
  const vectorOf = scrapes.map((count, index) => ({
    metric: { metric: `m${index}` },
    value: [1, count],
  }));
  const url = await fakeStore(
    ({ query: text }) => {
      asked.push(text);
      return { body: good };
    },
    "",
    success("vector", vectorOf),
  );
  const rate = query("a.rate", { expression: "rate(a{$labels}[$window])" });
  const { windows } = await observed(url, { queries: [rate] });
  expect(windows).toEqual([expected]);
  expect(asked).toEqual([`rate(a{}[${expected / 1000}s])`]);
});

test("429 with a short pause is asked once more", async () => {
  const url = await fakeStore(({ query: text, count }) =>
    text.startsWith("a_bad") && count === 1
      ? { status: 429, body: "", headers: { "retry-after": "0.05" } }
      : { body: good },
  );
  const { observations, gaps } = await observed(url);
  expect(gaps).toEqual([]);
  expect(observations).toHaveLength(2);
});

test("partial data and warnings are kept and reported", async () => {
  const url = await fakeStore(
    badly({ body: matrix([[1, "1"]], {}, { isPartial: true, warnings: ["one shard is down"] }) }),
  );
  const { observations, gaps } = await observed(url);
  expect(observations).toHaveLength(2);
  expect(gaps).toEqual([
    expect.stringContaining("answered with a part of its data only: queries a.bad"),
    expect.stringContaining("warns: one shard is down: queries a.bad"),
  ]);
});

test("remarks about the wording of a query are no doubt about its answer, wherever a version puts them", async () => {
  const remark =
    'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "a" (1:6)';
  const url = await fakeStore(
    badly({
      body: matrix(
        [[1, "1"]],
        {},
        { warnings: [remark, "PromQL warning: mixed"], infos: [remark] },
      ),
    }),
  );
  const { gaps } = await observed(url);
  expect(gaps).toEqual([expect.stringContaining("warns: PromQL warning: mixed: queries a.bad")]);
});

test.each([
  [
    "a tenant is missing",
    401,
    "no org id",
    /requires authentication \(401\): "no org id": name the tenant in observers\.prometheus\.tenant/,
  ],
  [
    "the store says why",
    403,
    '{"status":"error","error":"user reader may not query"}',
    /refuses access \(403\): "user reader may not query"/,
  ],
  [
    "a page stands before it",
    401,
    "<html>sign in</html>",
    /requires authentication \(401\): name the variable of a bearer token/,
  ],
  ["it says what is wrong with 503", 503, "starting up", /failed \(503\): "starting up"/],
])("%s", async (_reason, status, body, words) => {
  const url = await fakeStore(
    badly({ status, type: body.startsWith("<") ? "text/html" : "text/plain", body }),
  );
  const { gaps } = await observed(url);
  expect(gaps).toEqual([expect.stringMatching(words)]);
});

test("the tenant goes into its header", async () => {
  const tenants: unknown[] = [];
  const url = await fakeStore(({ headers }) => {
    tenants.push(headers["x-scope-orgid"]);
    return { body: good };
  });
  await observed(url, { settings: { url, labels: {}, tenant: "team-a" } });
  expect(tenants).toEqual(["team-a", "team-a"]);
});

test.each([
  ["3", "has samples and no value for a.bad: nothing happened to divide by"],
  ["0", "has no samples of ingress-nginx"],
])("an empty answer of VictoriaMetrics that read %s series", async (seriesFetched, words) => {
  const quotient = query("a.bad", { expression: "sum(a{$labels}) / sum(b{$labels})" });
  const empty: Answer = () => ({ body: success("matrix", [], { stats: { seriesFetched } }) });
  const { gaps } = await observed(await fakeStore(empty), { queries: [quotient] });
  expect(gaps).toEqual([expect.stringContaining(words)]);
});

test("NaN and infinities are no observations, and are counted", async () => {
  const url = await fakeStore(
    badly({
      body: matrix([
        [1, "NaN"],
        [2, "+Inf"],
        [3, "4"],
      ]),
    }),
  );
  const { observations, gaps } = await observed(url);
  expect(observations.filter(({ name }) => name === "a.bad").map(({ value }) => value)).toEqual([
    4,
  ]);
  expect(gaps).toEqual([expect.stringContaining("a.bad 2 of 3")]);
  const only = await observed(await fakeStore(badly({ body: matrix([[1, "NaN"]]) })));
  expect(only.gaps).toEqual([
    expect.stringContaining("no finite sample, nothing to divide by, for a.bad"),
  ]);
});

test("absent metrics are reported once by exporter, with the labels that were asked for", async () => {
  const queries = [
    query("a.bad"),
    query("c.absent"),
    query("d.absent", { exporter: "graph-node" }),
    query("b.good"),
  ];
  const url = await fakeStore(({ query: text }) =>
    text.startsWith("b_good") ? { body: good } : { body: success("matrix", []) },
  );
  const { gaps } = await observed(url, {
    queries,
    settings: { url, labels: { namespace: "kit" } },
  });
  expect(gaps).toEqual([
    expect.stringContaining(
      'no samples of ingress-nginx with {namespace="kit"} for a.bad, c.absent',
    ),
    expect.stringContaining("no samples of graph-node"),
  ]);
});

test("a store that is not there is reported before the load and after it, once", async () => {
  const { gaps, early, observations } = await observed(
    "http://user:hunter2@127.0.0.1:9/prometheus/",
  );
  expect(early).toBe(1);
  expect(gaps).toHaveLength(2);
  expect(gaps[0]).toMatch(
    /at http:\/\/127\.0\.0\.1:9\/prometheus could not be reached .+ asked again/,
  );
  expect(gaps[1]).toContain("nothing was asked of it");
  expect(gaps.join()).not.toContain("hunter2");
  expect(observations).toEqual([]);
});

test("the token goes into the header, and nowhere else", async () => {
  const seen: (string | undefined)[] = [];
  const url = await fakeStore(({ headers, parameters }) => {
    seen.push(headers.authorization);
    expect([...parameters.values()].join()).not.toContain("planted-token");
    return { status: 422, body: '{"status":"error","error":"no planted-token here"}' };
  }, "/select/0/prometheus");
  const { gaps } = await observed(url, { token: "planted-token" });
  expect(seen).toEqual(["Bearer planted-token", "Bearer planted-token"]);
  expect(gaps.join()).toContain(
    "no [secret token of the metrics store] here: queries a.bad, b.good",
  );
  expect(gaps.join()).not.toContain("planted-token");
});

test("observations carry the query's labels only, its unit, and our clock", async () => {
  const skew = 60_000;
  const late = (): number => Date.now() - skew;
  let asked = new URLSearchParams();
  const url = await fakeStore(({ parameters }) => {
    asked = parameters;
    return { body: good };
  });
  const from = late() - 30_000;
  const { observations, gaps } = await observed(url, {
    now: late,
    from: () => from,
    queries: [query("b.good")],
  });
  expect(gaps).toEqual([expect.stringMatching(/(?:59|60) s ahead of ours/)]);
  const [first] = observations;
  expect(first).toMatchObject({
    source: "prometheus",
    name: "b.good",
    labels: { ingress: "api" },
    value: 2,
    unit: "ms",
  });
  expect(Math.abs((first?.at ?? 0) - (1_000_000 - skew))).toBeLessThan(1500);
  expect(Math.abs(Number(asked.get("start")) * 1000 - (from - 60_000 + skew))).toBeLessThan(7000);
});

test("a crowd of series is cut to the largest, and reported", async () => {
  const crowd = Array.from({ length: 50 }, (_, index) => ({
    metric: { ingress: `i${index}` },
    values: [[1, String(index)]],
  }));
  const { observations, gaps } = await observed(
    await fakeStore(badly({ body: success("matrix", crowd) })),
  );
  const kept = observations.filter(({ name }) => name === "a.bad");
  expect(kept).toHaveLength(40);
  expect(Math.min(...kept.map(({ value }) => value))).toBe(10);
  expect(gaps).toEqual([
    "prometheus: a.bad has 50 series; the 40 with the largest values were kept",
  ]);
});

test("of a crowd of counters since birth those that grew are kept", async () => {
  const crowd = Array.from({ length: 50 }, (_, index) => ({
    metric: { ingress: `i${index}` },
    values: [
      [1, String(100 + index)],
      [2, String(100 + index + (index < 3 ? 1 : 0))],
    ],
  }));
  const { observations, gaps } = await observed(
    await fakeStore(() => ({ body: success("matrix", crowd) })),
    { queries: [query("a.count", { rank: "growth" })] },
  );
  const kept = new Set(observations.map(({ labels }) => labels["ingress"]));
  expect(kept.size).toBe(40);
  expect([...kept].slice(0, 3)).toEqual(["i0", "i1", "i2"]);
  expect(gaps).toEqual(["prometheus: a.count has 50 series; the 40 that grew most were kept"]);
  expect(storeQueries.filter(({ rank }) => rank === "growth").map(({ id }) => id)).toEqual([
    "container.restarts",
  ]);
});

test("what the kubelet tells of volumes is not cAdvisor's to be missed", async () => {
  const queries = storeQueries.filter(({ id }) => id === "volume.utilisation");
  const url = await fakeStore(() => ({ body: success("matrix", []) }));
  const { gaps } = await observed(url, { queries });
  expect(gaps).toEqual([expect.stringContaining("no samples of kubelet with")]);
});

test.each([
  [60, 5],
  [19 * 60, 5],
  [40 * 60, 10],
  [60 * 60, 15],
  [12 * 3600, 90],
])("%i s of run are asked in steps of %i s", (seconds, step) => {
  const { startSeconds, endSeconds, stepSeconds } = rangeOf(
    1_700_000_003_000,
    1_700_000_003_000 + seconds * 1000,
  );
  expect(stepSeconds).toBe(step);
  expect(startSeconds % step).toBe(0);
  expect((endSeconds - startSeconds) / step).toBeLessThanOrEqual(490);
});

describe("the expression of an environment", () => {
  const labels = { namespace: 'k"it\\', cluster: "one" };
  test.each([
    ["namespace", 'up{job="x",namespace="k\\"it\\\\",cluster="one"}[60s]'],
    ["cluster", 'up{job="x",cluster="one"}[60s]'],
  ] as const)("of scope %s", (scope, expected) => {
    expect(promql('up{job="x",$labels}[$window]', { labels, scope, window: "60s" })).toBe(expected);
  });

  test("no label, no comma", () => {
    expect(
      promql('a{x="1",$labels} / b{$labels}', { labels: {}, scope: "namespace", window: "60s" }),
    ).toBe('a{x="1"} / b{}');
  });

  test("every query names itself once, and every selector takes the labels", () => {
    expect(new Set(storeQueries.map(({ id }) => id)).size).toBe(storeQueries.length);
    for (const { id, expression } of storeQueries) {
      const selectors = expression.match(/\w\{/g)?.length ?? 0;
      expect([id, expression.match(/\$labels\}/g)?.length]).toEqual([id, selectors]);
    }
  });
});

const now = (): number => 1_700_006_400_000;
const day = 86_400;
const midnight = 1_700_006_400;

const readThreeDays = async (answer: Answer) =>
  readAvailability({ url: await fakeStore(answer), labels: {} }, 3, {
    now,
    stretchMs: day * 1000,
  });

describe("availability of the past days", () => {
  test("good and all requests of each stretch; what is not known is absent", async () => {
    const asked: string[] = [];
    const counts = await readThreeDays(({ query: text, parameters }) => {
      asked.push(`${parameters.get("start")} ${parameters.get("end")} ${parameters.get("step")}`);
      return {
        body: text.includes("5..")
          ? matrix([
              [midnight - 2 * day, "0"],
              [midnight, "1000.5"],
            ])
          : matrix([
              [midnight - 2 * day, "0"],
              [midnight - day, "NaN"],
              [midnight, "1000"],
            ]),
      };
    });
    expect(new Set(asked)).toEqual(new Set([`${midnight - 2 * day} ${midnight} ${day}`]));
    const durationMs = day * 1000;
    expect(counts).toEqual([
      { at: (midnight - 3 * day) * 1000, durationMs, total: 0, good: 0 },
      { at: (midnight - day) * 1000, durationMs, total: 1000, good: 1000 },
    ]);
  });

  test("all failed is 0 good, not unknown", async () => {
    const counts = await readThreeDays(({ query: text }) => ({
      body: text.includes("5..") ? success("matrix", []) : matrix([[midnight, "10"]]),
    }));
    expect(counts).toMatchObject([{ total: 10, good: 0 }]);
  });

  test.each([
    [{ status: 401, body: "" }, "(401)"],
    [{ body: matrix([[midnight, "1"]], {}, { isPartial: true }) }, "part of its data"],
  ])(
    "a store that refuses, or has only a part, is a reason and no number",
    async (reply, words) => {
      await expect(readThreeDays(() => reply)).rejects.toThrow(words);
    },
  );
});

import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { observedTrials, simulateObserved } from "../../../bench/observed-simulation.ts";
import { testRun } from "../../../analysis/testdata/test-run.ts";
import { toJson } from "../../domain/json.ts";
import type { RunData } from "../../domain/run.ts";
import { startLiveCluster } from "../../../sandbox/src/cluster/live-cluster.ts";
import { simulateFrom } from "./simulate.ts";
import { answerOf, type Answer } from "../testdata/answer.ts";

const packageRoot = path.resolve(import.meta.dirname, "../../..");
const cwd = mkdtempSync(path.join(tmpdir(), "headroom-simulate-"));

const simulate = (argv: readonly string[], stdin: Readable | string = ""): Promise<Answer> =>
  answerOf(
    simulateFrom(() => (typeof stdin === "string" ? Readable.from([stdin]) : stdin)),
    argv,
    { packageRoot, cwd },
  );

function write(name: string, content: string | object): string {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  writeFileSync(path.join(cwd, name), text);
  return name;
}

// Replay

const spec = {
  scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "api" },
  minReplicas: 1,
  maxReplicas: 8,
  metrics: [
    {
      type: "Resource",
      resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } },
    },
  ],
};
const tick = (t: number, cpu: number | null, expected?: object) => ({
  t,
  specReplicas: 2,
  statusReplicas: 2,
  pods: [0, 1].map((index) => [`p${index}`, 1, 1, -3600, -3590, cpu, 1000, 60_000]),
  p95Milli: 100_000,
  queueMilli: 5000,
  expected,
});
const trace = (id: string, ticks: readonly object[]) =>
  JSON.stringify({
    id,
    hpaSpec: spec,
    plant: {
      metricLagSeconds: 15,
      metricWindowSeconds: 30,
      requestCpuMilli: 100,
      requestMemBytes: 1000,
    },
    ticks,
  });

describe("hpa: recorded inputs in, decisions out", () => {
  const lines = [
    trace("one", [tick(0, 100), tick(15, null)]),
    "{",
    "",
    trace("two", [tick(0, 50)]),
    '{"id":"three"}',
  ].join("\n");

  test("every good line is answered, every bad one named with its number, status 2", async () => {
    const { status, out, err } = await simulate(["hpa", "--replay", "-", "--json"], lines);
    expect(status).toBe(2);
    const answers = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { id: string; ticks: object[] });
    expect(answers.map(({ id }) => id)).toEqual(["one", "two"]);
    expect(answers[0]?.ticks[0]).toEqual({
      t: 0,
      desiredReplicas: 4,
      specReplicasAfter: 4,
      rescaled: true,
      conditions: {
        AbleToScale: ["True", "SucceededRescale"],
        ScalingActive: ["True", "ValidMetricFound"],
        ScalingLimited: ["False", "DesiredWithinRange"],
      },
      error: null,
    });
    expect(answers[0]?.ticks[1]).toMatchObject({
      rescaled: false,
      error: expect.stringContaining("failed to compute desired number of replicas"),
    });
    expect(err).toMatch(/^error: standard input: line 2: not JSON: /m);
    expect(err).toMatch(/^error: standard input: line 5: hpaSpec: /m);
  });

  test("the reason of every tick, where asked for", async () => {
    const { out } = await simulate(["hpa", "--replay", "-", "--json", "--explain"], lines);
    expect(JSON.parse(out.split("\n")[0] ?? "")).toMatchObject({
      ticks: [{ why: { rawProposal: 4, sentence: "cpu asks for 4" } }, {}],
    });
  });

  test("without --json a table", async () => {
    const file = write("good.jsonl", `\uFEFF${trace("one", [tick(0, 100)])}\r\n`);
    const { status, out } = await simulate(["hpa", "--replay", file]);
    expect(status).toBe(0);
    expect(out).toBe(
      "trace  ticks  first  last  rescales  errors\none        1      2     4         1       0\n",
    );
  });

  test("what a recording knows is compared, misses are explained, below 95 % fails", async () => {
    const good = trace("good", [tick(0, 100, { desiredReplicas: 4, error: null })]);
    const bad = trace("bad", [tick(0, 100, { desiredReplicas: 5 })]);
    const agree = await simulate(["hpa", "--replay", "-", "--compare"], good);
    expect(agree).toMatchObject({
      status: 0,
      err: "predicted = observed on 1 of 1 ticks (100 %), at least 95 % wanted\n",
    });
    const miss = await simulate(["hpa", "--replay", "-", "--compare"], `${good}\n${bad}`);
    expect(miss.status).toBe(1);
    expect(miss.err).toContain(
      "miss: bad, t=0: desiredReplicas predicted 4, observed 5; cpu asks for 4",
    );
    const nothing = await simulate(["hpa", "--replay", "-", "--compare"], trace("x", [tick(0, 1)]));
    expect(nothing).toMatchObject({ status: 2, err: expect.stringContaining("no tick has") });
  });

  test.each([
    [["hpa"], /--replay FILE is missing/],
    [["hpa", "--replay", "none.jsonl"], /none\.jsonl: there is no such file/],
    [["hpa", "--replay", "."], /it is a directory/],
    [["hpa", "--replay", "-"], /standard input holds no trace/],
    [["hpq", "--replay", "-"], /unknown "hpq": did you mean "hpa"\?/],
    [
      ["--replay", "x", "--strict"],
      /--replay belongs to headroom simulate hpa\n.*--strict belongs to headroom simulate lint/,
    ],
    [
      ["hpa", "--replay", "-", "--hpa", "x"],
      /--hpa belongs to headroom simulate lint and headroom simulate/,
    ],
  ])("%j is refused in a sentence", async (argv, message) => {
    const { status, err } = await simulate(argv);
    expect(status).toBe(2);
    expect(err).toMatch(message);
  });
});

/** Beside the repository, never part of it. */
const recorded = path.resolve(packageRoot, "../shared/vectors/hpa/traces-small.jsonl");
const isThere = existsSync(recorded);
if (!isThere)
  process.stderr.write(`SKIPPED: known answers of the real controller. No ${recorded}\n`);

test.skipIf(!isThere)("the real controller's traces, through the command: no miss", async () => {
  const { status, out } = await simulate(
    ["hpa", "--replay", "-", "--json"],
    createReadStream(recorded),
  );
  expect(status).toBe(0);
  interface Line {
    readonly id: string;
    readonly ticks: readonly { readonly expected: object & { readonly error: unknown } }[];
  }
  const wanted = readFileSync(recorded, "utf8").trimEnd().split("\n");
  const answers = out.trimEnd().split("\n");
  expect(answers).toHaveLength(wanted.length);
  for (const [index, line] of wanted.entries()) {
    const { id, ticks } = JSON.parse(line) as Line;
    const answer = JSON.parse(answers[index] ?? "") as {
      id: string;
      ticks: { t: number; error: unknown }[];
    };
    expect(answer.id).toBe(id);
    const known = ticks.map(({ expected }) => ({ ...expected, error: expected.error !== null }));
    expect(
      answer.ticks.map(({ t: _t, ...one }) => ({ ...one, error: one.error !== null })),
    ).toEqual(known);
  }
});

// Simulation

const manifest = {
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "api" },
  spec,
};

describe("simulate: traffic, policy and nodes → replicas, latency, cost", () => {
  test("a step under the specification's policies", async () => {
    const { status, out, err } = await simulate([]);
    expect(status).toBe(0);
    await expect(out).toMatchFileSnapshot("../testdata/simulate-step.golden.txt");
    expect(err).toContain("assumed: A request takes 8 ms of CPU");
  });

  test("a sweep with its front", async () => {
    const argv = ["--cpu-per-request", "40ms", "--load", "step:1000/min..10000/min@10m..20m"];
    const grid = ["--sweep", "target=0.5..0.9/0.2,min=2,4,up=3/30s,50%/30s"];
    const { out } = await simulate([...argv, ...grid, "--hours", "0.5", "--price", "0.4"]);
    await expect(out).toMatchFileSnapshot("../testdata/simulate-sweep.golden.txt");
  });

  test("the document is versioned and complete", async () => {
    const { out } = await simulate(["--json", "--hours", "0.5", "--price", "0.5"]);
    const document = JSON.parse(out) as {
      workloads: {
        rescales: { at: number; sentence: string }[];
        series: Record<string, unknown>[];
      }[];
    };
    expect(document).toMatchObject({
      schemaVersion: 1,
      kind: "simulation",
      durationMs: 1_800_000,
      totals: { nodeHours: 1, cost: 0.5 },
      nodes: { minNodes: 2, maxNodes: 10, pricePerNodeHour: 0.5 },
    });
    const [api] = document.workloads;
    expect(Object.keys(api?.series[0] ?? {})).toEqual([
      "atMs",
      "requestsPerMinute",
      "desiredReplicas",
      "pods",
      "readyReplicas",
      "p95Ms",
      "busyRatio",
      "ofTarget",
      "podHours",
    ]);
    expect(api?.rescales[0]?.sentence).toMatch(/asks for \d+ .*policy 3 pods every 30 s$/);
  });

  test("the same seed gives the same answer, another seed another", async () => {
    const [first, again, other] = await Promise.all(
      ["5", "5", "6"].map((seed) => simulate(["--json", "--hours", "0.3", "--seed", seed])),
    );
    expect(first?.out).toBe(again?.out);
    expect(first?.out).not.toBe(other?.out);
  });

  test("a manifest, from a file or through a pipe, one or a list", async () => {
    const list = { apiVersion: "v1", kind: "List", items: [manifest] };
    const answers = await Promise.all([
      simulate(["--hpa", write("hpa.json", manifest), "--hours", "0.2", "--json"]),
      simulate(["--hpa", "-", "--hours", "0.2", "--json"], JSON.stringify(list)),
    ]);
    for (const { status, out } of answers) {
      expect(status).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        workloads: [
          { name: "api", hpa: { minReplicas: 1, maxReplicas: 8, targets: ["cpu 50 %"] } },
        ],
      });
    }
  });

  test("a manifest for a deployment of another name stands for the workload named", async () => {
    const renamed = { ...spec, scaleTargetRef: { ...spec.scaleTargetRef, name: "dapp-api" } };
    const file = write("renamed.json", { ...manifest, spec: renamed });
    const { status, out } = await simulate(["--hpa", file, "--workload", "api", "--hours", "0.2"]);
    expect(status).toBe(0);
    expect(out).toContain("api: 1 to 8 replicas by renamed.json");
  });

  test.each([
    ["a profile", "nightly", "the load profile nightly", 0.65],
    ["a table", "traffic.csv", "the table traffic.csv", 1],
    ["a day", "day:600/min", "a working day with a peak of 600 /min", 1],
  ])("traffic as %s", async (_, load, words, share) => {
    write("traffic.csv", "seconds,requestsPerMinute\n0,600\n300,6000\n600,600\n");
    const { out } = await simulate(["--load", load, "--hours", "0.2", "--json"]);
    const document = JSON.parse(out) as { load: string; workloads: { loadShare: number }[] };
    expect(document.load).toBe(words);
    expect(document.workloads[0]?.loadShare).toBeCloseTo(share, 1);
  });

  test("small nodes: pods wait for them", async () => {
    const argv = ["--nodes", "1..4x1", "--load", "step:1000/min..9000/min@5m..20m"];
    const { out } = await simulate([...argv, "--hours", "0.5", "--json"]);
    const { nodes } = JSON.parse(out) as {
      nodes: { series: { ready: number; pendingPods: number }[] };
    };
    expect(Math.max(...nodes.series.map(({ pendingPods }) => pendingPods))).toBeGreaterThan(0);
    expect(nodes.series.at(-1)?.ready).toBe(2);
  });

  test("-o writes a page, -o - prints it", async () => {
    const { err } = await simulate(["--hours", "0.2", "-o", "page.html"]);
    expect(err).toContain("page: page.html");
    const page = readFileSync(path.join(cwd, "page.html"), "utf8");
    const { out } = await simulate(["--hours", "0.2", "-o", "-"]);
    expect(out).toBe(page);
    expect((await simulate(["--hours", "0.2", "-o", "none/page.html"])).err).toMatch(
      /cannot be written/,
    );
  });
});

describe("bad input ends with 2, every problem at once", () => {
  const yaml = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n";
  test.each<[string, string | object, RegExp]>([
    [
      "not an HPA",
      { ...manifest, kind: "Deployment" },
      /is a Deployment, expected a HorizontalPodAutoscaler/,
    ],
    ["v1", { ...manifest, apiVersion: "autoscaling/v1" }, /expected autoscaling\/v2.*-o json/],
    ["YAML", yaml, /is YAML, expected JSON: kubectl get hpa NAME -o json/],
    ["no JSON", "hello", /is not JSON/],
    ["nothing", " ", /is empty/],
    ["an empty list", { kind: "List", items: [] }, /is an empty list/],
    [
      "an unknown metric",
      {
        ...manifest,
        spec: {
          ...spec,
          metrics: [
            {
              type: "Pods",
              pods: { metric: { name: "http_request_per_minute" }, target: { averageValue: "1k" } },
            },
            { type: "Resource", resource: { name: "gpu", target: { averageUtilization: 50 } } },
            { type: "Podz" },
          ],
        },
      },
      /metrics\.0\.pods\.metric\.name "http_request_per_minute" is not simulated: did you mean "http_requests_per_minute"\?\n.*metrics\.1\.resource\.name "gpu".*\n.*metrics\.2\.type "Podz".*did you mean "Pods"/,
    ],
    [
      "min above max",
      { ...manifest, spec: { ...spec, minReplicas: 9 } },
      /minReplicas 9 is above maxReplicas 8/,
    ],
    [
      "a stranger",
      { ...manifest, spec: { ...spec, scaleTargetRef: { kind: "Deployment", name: "apy" } } },
      /it scales apy, which is no workload of the platform: did you mean "api"\?.*--workload/,
    ],
  ])("a manifest: %s", async (_, content, message) => {
    const { status, err } = await simulate(["--hpa", write("bad.json", content)]);
    expect(status).toBe(2);
    expect(err).toMatch(message);
  });

  test.each<[string, readonly string[], RegExp]>([
    ["an unknown workload", ["--workload", "apy"], /unknown workload "apy": did you mean "api"\?/],
    ["a fixed workload", ["--workload", "database"], /database has a fixed size/],
    ["a share that is none", ["--workload", "api=2"], /"2" is not a share/],
    ["an unknown shape", ["--load", "nightli"], /"nightli" is not a profile.*"nightly"/],
    ["a missing table", ["--load", "none.csv"], /there is no file none\.csv/],
    ["a negative rate", ["--load", "day:-5/min"], /"-5\/min" is not a rate/],
    ["no step", ["--load", "step:5/min"], /is not a step/],
    ["a step that ends before", ["--load", "step:5/min..9/min@9m..5m"], /before it comes/],
    ["nodes", ["--nodes", "5..2"], /"5\.\.2" is not a range of nodes/],
    ["hours", ["--hours", "0"], /--hours: "0"/],
    ["a price", ["--price", "-1"], /--price: "-1"/],
    [
      "two workloads to sweep",
      ["--workload", "api", "--workload", "web", "--sweep", "min=2"],
      /one --workload/,
    ],
    ["an unknown axis", ["--sweep", "targte=0.5"], /unknown "targte": did you mean "target"/],
    ["no axis", ["--sweep", "0.5"], /is not NAME=VALUES/],
    [
      "values that are none",
      ["--sweep", "target=5,min=x,up=3,window=2h"],
      /target is "5".*min is "x".*up is "3".*window is "2h"/,
    ],
    ["percent of nothing", ["--sweep", "up=-50%/30s,down=0.5%/30s"], /up is.*down is/],
    ["too many", ["--sweep", "target=0.01..1/0.0001"], /has more than 5000 simulations/],
    ["targets twice", ["--sweep", "target=0.5,factor=0.8"], /give one of them/],
    ["a minimum above the maximum", ["--sweep", "min=2..9"], /up to 9, above the maximum of 8/],
    [
      "all flags, and the files beside them",
      [
        "--workload",
        "x",
        "--load",
        "y",
        "--hours",
        "z",
        "--nodes",
        "n",
        "--seed",
        "-1",
        "--hpa",
        "h",
      ],
      /6 problems/,
    ],
  ])("%s", async (_, argv, message) => {
    const { status, out, err } = await simulate(argv);
    expect(status).toBe(2);
    expect(out).toBe("");
    expect(err).toMatch(message);
  });
});

describe("lint: what is wrong before any load", () => {
  test("the specification's own tables: contradictions 1, 2, 6 and 7", async () => {
    const { status, out } = await simulate(["lint"]);
    expect(status).toBe(0);
    await expect(out).toMatchFileSnapshot("../testdata/simulate-lint.golden.txt");
    expect((await simulate(["lint", "--strict"])).status).toBe(1);
  });

  test("a manifest beside them, as JSON", async () => {
    const file = write("lint.json", manifest);
    const { out } = await simulate(["lint", "--hpa", file, "--json"]);
    const { schemaVersion, subject, findings } = JSON.parse(out) as {
      schemaVersion: number;
      subject: string;
      findings: { id: string }[];
    };
    expect([schemaVersion, subject]).toEqual([1, "manifests"]);
    expect(findings.map(({ id }) => id)).toContain("autoscaling.limits-unlike-workload");
  });
});

// A recorded run

const lines = (all: readonly unknown[]): string => all.map((one) => `${toJson(one)}\n`).join("");

function store(name: string, { run, windows, observations, cluster, events }: RunData): string {
  const directory = path.join(cwd, ".runs", name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, "run.json"), toJson({ ...run, id: name }));
  writeFileSync(path.join(directory, "windows.ndjson"), lines(windows));
  writeFileSync(path.join(directory, "observations.ndjson"), lines([...observations, ...cluster]));
  writeFileSync(path.join(directory, "events.ndjson"), lines(events));
  return name;
}

describe("a recorded run as input", () => {
  test("hpa --from-run decides again what was decided, and writes the recording", async () => {
    const run = store(
      "20260101-000000-autoscale-0001",
      simulateObserved(observedTrials.healthy, 1),
    );
    const { status, out, err } = await simulate(["hpa", "--from-run", run, "-o", "run.jsonl"]);
    expect(status).toBe(0);
    expect(out).toMatch(/autoscale-0001\/api +\d+ +2 +2 +\d+ +0 +\d+ of \d+/);
    expect(err).toMatch(/predicted = observed on \d+ of \d+ ticks \((9[5-9]|100)/);
    const again = await simulate(["hpa", "--replay", "run.jsonl", "--compare"]);
    expect(again.out).toBe(out);
    const json = await simulate(["hpa", "--from-run", run, "--json"]);
    expect(json.out.trim().split("\n").length).toBe(3);
  });

  test("an autoscaler that does something else: status 1, every miss explained", async () => {
    const data = simulateObserved(observedTrials.stuck, 1);
    const run = store("20260101-000000-autoscale-0002", data);
    const { status, err } = await simulate(["hpa", "--from-run", run]);
    expect(status).toBe(1);
    expect(err).toMatch(/miss: .*api, t=\d+.*predicted [345], observed 2; .*cpu asks for \d/);
  });

  test("its traffic, with the share of every surface", async () => {
    const run = store("20260101-000000-smoke-0003", testRun({ perSecond: 30 }));
    const { status, out } = await simulate(["--load", `run:${run}`, "--workload", "api", "--json"]);
    expect(status).toBe(0);
    expect(out).toContain(`of run ${run}`);
  });

  test.each([
    [["hpa", "--from-run", "nothing-0009"], /nothing-0009/],
    [["hpa", "--from-run", "20260101-000000-smoke-0003"], /recorded no autoscaler/],
    [["hpa", "--from-run", "a", "--replay", "b"], /two sources/],
    [["hpa", "--replay", "b", "-o", "c"], /--output writes the recording of --from-run/],
  ])("%j is refused", async (argv, reason) => {
    await expect(
      simulate(argv).then(({ err, status }) => {
        throw Object.assign(new Error(err), { status });
      }),
    ).rejects.toThrow(reason);
  });
});

describe("policies from a cluster", () => {
  test("another autoscaler that cannot be simulated is no reason; the version is the cluster's", async () => {
    const stranger = {
      metadata: { name: "worker" },
      spec: {
        ...spec,
        scaleTargetRef: { kind: "Deployment", name: "worker" },
        metrics: [
          {
            type: "External",
            external: { metric: { name: "jobs" }, target: { type: "Value", value: "1" } },
          },
        ],
      },
    };
    const broken = { metadata: { name: "odd" }, spec: { ...stranger.spec, maxReplicas: "many" } };
    const own = { metadata: { name: "api" }, spec };
    const server = createServer((request, response) => {
      const isVersion = request.url === "/version";
      const answer = isVersion ? { gitVersion: "v1.36.2" } : { items: [stranger, broken, own] };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;
    const before = process.env["KUBECONFIG"];
    process.env["KUBECONFIG"] = path.join(
      cwd,
      write(
        "http-kubeconfig",
        `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "http://127.0.0.1:${port}"}}]
users: [{name: u, user: {}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
`,
      ),
    );
    try {
      const found = await simulate(["--hpa", "cluster:shop", "--workload", "api", "--json"]);
      expect(found).toMatchObject({ status: 0 });
      expect(JSON.parse(found.out)).toMatchObject({
        workloads: [{ hpa: { source: "cluster:shop/api" } }],
        assumptions: expect.arrayContaining([
          expect.stringContaining("Kubernetes v1.36.2 (the cluster's own)"),
        ]) as unknown,
      });
      const absent = await simulate(["--hpa", "cluster:shop", "--workload", "web"]);
      expect(absent).toMatchObject({
        status: 2,
        err: expect.stringContaining(
          "--workload web: no autoscaler of cluster:shop scales it; it has those of worker, api",
        ) as string,
      });
    } finally {
      server.close();
      if (before === undefined) delete process.env["KUBECONFIG"];
      else process.env["KUBECONFIG"] = before;
    }
  });

  test("as they are there; and one sentence where it cannot be reached", async () => {
    const live = await startLiveCluster({ seed: 1, scale: 1, log: () => undefined });
    const before = process.env["KUBECONFIG"];
    process.env["KUBECONFIG"] = live.kubeconfig;
    try {
      const found = await simulate(["--hpa", "cluster:atk", "--workload", "web", "--json"]);
      expect(found).toMatchObject({ status: 0 });
      expect(JSON.parse(found.out)).toMatchObject({
        workloads: [{ name: "web", hpa: { source: "cluster:atk/web" } }],
      });
      const none = await simulate(["--hpa", "cluster:elsewhere"]);
      expect(none).toMatchObject({ status: 2 });
      expect(none.err).toContain("the namespace has no autoscaler");
      await live.stop();
      const gone = await simulate(["--hpa", "cluster:atk"]);
      expect(gone.status).toBe(2);
      expect(gone.err).toMatch(/--hpa cluster:atk: .*(cannot be reached|cannot be read)/);
    } finally {
      if (before === undefined) delete process.env["KUBECONFIG"];
      else process.env["KUBECONFIG"] = before;
    }
  });
});

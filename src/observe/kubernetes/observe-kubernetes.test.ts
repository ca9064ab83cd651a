import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { fromClusterTime } from "../../domain/autoscaling.ts";
import type { ClusterRecord } from "../../domain/kubernetes-records.ts";
import type { Gap } from "../../domain/observation.ts";
import { startLiveCluster } from "../../../sandbox/src/cluster/live-cluster.ts";
import { ClusterRecorder } from "./cluster-recorder.ts";
import { awaitSettled } from "./await-settled.ts";
import { checkCluster } from "./testdata/check-cluster.ts";
import { observeKubernetes } from "./observe-kubernetes.ts";
import { objectSchemas } from "./objects.ts";

const servers: Server[] = [];
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const json = (response: ServerResponse, document: unknown, status = 200): void => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(document));
};
const status =
  (code: number, message: string): Answer =>
  (_, response) =>
    json(response, { kind: "Status", status: "Failure", message, code }, code);
const empty: Answer = (_, response) =>
  json(response, { metadata: { resourceVersion: "1" }, items: [] });

/**
 * An API server that answers with `answers`, by the end of the path; everything else is an empty list.
 * @param watched line that the watch of HPAs begins with
 */
async function fakeServer(
  answers: Readonly<Record<string, Answer>>,
  watched?: unknown,
): Promise<string> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://fake");
    // Nothing else ever happens in a watch.
    if (url.searchParams.has("watch")) {
      response.writeHead(200);
      response.flushHeaders();
      if (watched !== undefined && url.pathname.endsWith("/horizontalpodautoscalers"))
        response.write(`${JSON.stringify(watched)}\n`);
      return;
    }
    const [, answer = empty] =
      Object.entries(answers).find(([end]) => url.pathname.endsWith(end)) ?? [];
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

function kubeconfigFor(server: string, user = "{}"): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "headroom-kube-")), "config");
  writeFileSync(
    file,
    `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "${server}", insecure-skip-tls-verify: true}}]
users: [{name: u, user: ${user}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
`,
  );
  return file;
}

const deployment = (name: string) => ({
  metadata: { name, creationTimestamp: "2026-11-23T11:00:00Z" },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: { spec: { containers: [{ name, resources: { requests: { cpu: "200m" } } }] } },
  },
  status: { replicas: 2, readyReplicas: 2 },
});
const deployments: Answer = (_, response) =>
  json(response, { metadata: { resourceVersion: "1" }, items: [deployment("api")] });

const served = { "/deployments": deployments };

/** Observes for so long. @param scale of the cluster's clock */
async function watchFor(
  ms: number,
  kubeconfig: string,
  {
    workloads = ["api"],
    context,
    scale = 10,
  }: { workloads?: readonly string[]; context?: string; scale?: number } = {},
): Promise<{
  readonly gaps: string[];
  readonly observations: ClusterRecord[];
  readonly stopMs: number;
}> {
  const gaps: Gap[] = [];
  const observations: ClusterRecord[] = [];
  const settings = { namespace: "atk", kubeconfig, context };
  const observer = await observeKubernetes(
    { settings, workloads, clock: { startedAt: Date.now(), scale } },
    { observation: (one) => observations.push(one), gap: (gap) => gaps.push(gap) },
  );
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
  const began = Date.now();
  await observer.stop();
  return {
    gaps: gaps.map(
      ({ code, subjects = [], sentence }) => `${[code, ...subjects].join(" ")}: ${sentence}`,
    ),
    observations,
    stopMs: Date.now() - began,
  };
}

// At once: each waits for the polls of its observer.
describe.concurrent("the sandbox's cluster", () => {
  test("autoscalers, pods, nodes, usage and events; a pod that dies is reported with its reason", async () => {
    const live = await startLiveCluster({ seed: 4, scale: 10, log: () => undefined });
    const clock = { startedAt: live.startedAt, scale: 10 };
    const settings = { namespace: "atk", kubeconfig: live.kubeconfig };
    const observations: ClusterRecord[] = [];
    const gaps: string[] = [];
    try {
      const settled = await awaitSettled({ settings, workloads: ["web", "api"], clock });
      expect(settled).toMatchObject({
        isSettled: true,
        sentence: "replicas settled: web 3, api 2",
      });
      const observer = await observeKubernetes(
        {
          settings,
          workloads: ["web", "api"],
          clock,
          specified: { workloads: { api: { minReplicas: 2, maxReplicas: 8 } }, podLimit: 20 },
        },
        {
          observation: (one) => observations.push(one),
          gap: ({ sentence }) => gaps.push(sentence),
        },
      );
      const [pod] = live.cluster.serving("api").active;
      if (pod === undefined) throw new Error("the API has no pod");
      live.cluster.crash(pod, "OOMKilled");
      await new Promise((resolve) => {
        setTimeout(resolve, 2500);
      });
      await observer.stop();
    } finally {
      await live.stop();
    }
    const of = <Type extends ClusterRecord["type"]>(type: Type, workload?: string) =>
      observations
        .filter((record): record is Extract<ClusterRecord, { type: Type }> => record.type === type)
        .filter(
          (record) =>
            workload === undefined || ("workload" in record && record.workload === workload),
        );
    expect(gaps).toEqual([]);
    expect(new Set(observations.map(({ source }) => source))).toEqual(new Set(["kubernetes"]));
    expect(JSON.stringify(observations)).not.toContain('"workload":"subgraph"');
    expect(of("hpa-spec", "api")).toMatchObject([{ spec: { maxReplicas: 8 } }]);
    expect(of("hpa-desired-replicas", "api").length).toBeGreaterThan(3);
    expect(of("pod-created", "api").length).toBe(2);
    expect(of("pod-restarts", "api")).toMatchObject([{ value: 1, reasons: ["OOMKilled"] }]);
    const readiness = of("pod-condition", "api").filter(({ condition }) => condition === "Ready");
    expect(readiness.map((record) => record.status)).toContain("False");
    // The crash was now, by a stamp of the cluster that was converted to our time.
    const lost = readiness.find((record) => record.status !== "True")?.at ?? 0;
    expect(Math.abs(lost - Date.now())).toBeLessThan(6000);
    expect(lost).toBeGreaterThan(fromClusterTime(clock, clock.startedAt));
    expect(of("pod-cpu", "web")[0]).toMatchObject({ windowMs: 30_000, container: "web" });
    expect(of("nodes-ready")[0]?.value).toBe(2);
    expect(of("node-allocatable-cpu")[0]).toMatchObject({ value: 7.91 });
    expect(of("workload-specified")).toMatchObject([{ workload: "api", maxReplicas: 8 }]);
    expect(of("pod-limit")[0]?.value).toBe(20);
  });
});

const autoscaler = (resourceVersion: string, desiredReplicas: number) => ({
  metadata: { name: "api", resourceVersion },
  spec: { scaleTargetRef: { kind: "Deployment", name: "api" }, maxReplicas: 8 },
  status: { desiredReplicas },
});

test("a change of an HPA that the watch reports is recorded once, and no older answer of a list after it", async () => {
  const list: Answer = (_, response) =>
    json(response, { metadata: { resourceVersion: "5" }, items: [autoscaler("5", 2)] });
  const watched = { type: "MODIFIED", object: autoscaler("7", 4) };
  const url = await fakeServer({ ...served, "/horizontalpodautoscalers": list }, watched);
  const { gaps, observations } = await watchFor(1000, kubeconfigFor(url));
  expect(gaps).toEqual([]);
  const desired = observations.filter(({ type }) => type === "hpa-desired-replicas");
  expect(desired).toMatchObject([{ value: 2 }, { value: 4, isWatched: true }]);
});

test("a cluster's clock that is an hour ahead is reported, and its stamps are moved to ours", async () => {
  const hourMs = 3_600_000;
  const created = new Date(Date.now() + hourMs - 60_000).toISOString();
  const pod = { metadata: { name: "api-0", labels: { app: "api" }, creationTimestamp: created } };
  const url = await fakeServer({
    ...served,
    "/version": (_, response) => {
      response.setHeader("date", new Date(Date.now() + hourMs).toUTCString());
      json(response, { gitVersion: "v1.37.2" });
    },
    "/v1/namespaces/atk/pods": (_, response) =>
      json(response, { items: [{ ...pod, spec: { containers: [] } }] }),
  });
  const { gaps, observations } = await watchFor(50, kubeconfigFor(url), { scale: 1 });
  expect(gaps).toEqual([
    expect.stringMatching(
      /^clock-offset: the clock of the cluster at 127\.0\.0\.1:\d+ is 3600 s ahead of ours; its time stamps were corrected/,
    ),
  ]);
  const at = observations.find(({ type }) => type === "pod-created")?.at ?? 0;
  expect(Math.abs(at - (Date.now() - 60_000))).toBeLessThan(10_000);
});

const metricOf = (name: string) => ({ name, selector: { matchLabels: { route: "a" } } });
const withMetrics: Answer = (_, response) => {
  const metrics = [
    { type: "Pods", pods: { metric: metricOf("rpm") } },
    { type: "External", external: { metric: { name: "queue" } } },
    {
      type: "Object",
      object: {
        metric: { name: "hits" },
        describedObject: { apiVersion: "networking.k8s.io/v1", kind: "Ingress", name: "main" },
      },
    },
  ];
  const { spec, ...hpa } = autoscaler("5", 2);
  json(response, { metadata: {}, items: [{ ...hpa, spec: { ...spec, metrics } }] });
};
const api =
  (version: string): Answer =>
  (_, response) =>
    json(response, { preferredVersion: { version } });
const values =
  (...all: string[]): Answer =>
  (_, response) =>
    json(response, { items: all.map((value) => ({ value })) });

describe.concurrent("metrics that an adapter serves", () => {
  const adapter = {
    ...served,
    "/horizontalpodautoscalers": withMetrics,
    "/apis/custom.metrics.k8s.io": api("v1beta2"),
    "/apis/external.metrics.k8s.io": api("v1beta1"),
    "/custom.metrics.k8s.io/v1beta2/namespaces/atk/pods/*/rpm": values("90", "110500m"),
    "/v1beta2/namespaces/atk/ingresses.networking.k8s.io/main/hits": values("3k"),
    "/external.metrics.k8s.io/v1beta1/namespaces/atk/queue": values("10", "5"),
  };

  test("the mean of the pods, the sum of an external metric, the value of an object", async () => {
    const url = await fakeServer(adapter);
    const { gaps, observations } = await watchFor(300, kubeconfigFor(url));
    expect(gaps).toEqual([]);
    const recorded = observations.flatMap((record) =>
      record.type === "hpa-metric-served" ? [[record.metric, record.value, record.count]] : [],
    );
    expect(recorded.slice(0, 3)).toEqual([
      ["Pods/rpm{route=a}", 100.25, 2],
      ["External/queue", 15, 2],
      ["Object/hits/Ingress:main", 3000, 1],
    ]);
  });

  test.each<[string, Readonly<Record<string, Answer>>, readonly RegExp[]]>([
    [
      "no adapter",
      { "/apis/custom.metrics.k8s.io": status(404, "not found") },
      [/^no-answer custom\.metrics\.k8s\.io: .*\(404\): install an adapter/],
    ],
    [
      "a role is missing: one gap for the API, not one for each metric",
      {
        "/pods/*/rpm": status(403, "pods is forbidden"),
        "/main/hits": status(403, "ingresses is forbidden"),
      },
      [/^no-answer custom\.metrics\.k8s\.io: .*forbidden \(403\).*observer-rbac\.yaml$/],
    ],
    [
      "metrics without a value: one that the adapter does not know, one that is empty",
      { "/pods/*/rpm": status(404, "could not find the metric"), "/atk/queue": values() },
      [
        /^no-answer Pods\/rpm\{route=a\}: custom\.metrics\.k8s\.io has no value of Pods\/rpm/,
        /^no-answer External\/queue: external\.metrics\.k8s\.io has no value of External\/queue/,
      ],
    ],
    [
      "an adapter whose store is down",
      { "/atk/queue": status(503, "no endpoints available") },
      [/^no-answer external\.metrics\.k8s\.io: .*answered 503: no endpoints available/],
    ],
  ])("%s", async (_, answers, expected) => {
    const { gaps } = await watchFor(
      900,
      kubeconfigFor(await fakeServer({ ...answers, ...adapter, ...answers })),
    );
    expect(gaps).toEqual(expected.map((gap) => expect.stringMatching(gap) as unknown));
  });
});

describe.concurrent("what cannot be read becomes a gap, once for a row of failures", () => {
  test("a server that never answers does not hold up the end", async () => {
    const server = await fakeServer({
      "/horizontalpodautoscalers": () => undefined,
      "/deployments": deployments,
    });
    const { gaps, stopMs } = await watchFor(100, kubeconfigFor(server));
    expect(gaps[0]).toMatch(/^unreachable: .*did not answer .*horizontalpodautoscalers within 5 s/);
    expect(stopMs).toBeLessThan(10_000);
  });

  test.each<[string, Readonly<Record<string, Answer>>, RegExp]>([
    [
      "403 of the pods",
      {
        ...served,
        "/v1/namespaces/atk/pods": status(403, 'pods is forbidden: User "x" cannot list'),
      },
      /^no-answer pods: .*forbidden \(403\).*observer-rbac\.yaml/,
    ],
    [
      "no metrics-server",
      { ...served, "/v1beta1/namespaces/atk/pods": status(404, "not found") },
      /^no-answer pods\.metrics\.k8s\.io: .*404.*install metrics-server/,
    ],
    [
      "the metrics API is down",
      { ...served, "/v1beta1/namespaces/atk/pods": status(503, "no endpoints available") },
      /^no-answer pods\.metrics\.k8s\.io: .*503: no endpoints available/,
    ],
    [
      "an expired token",
      { "": status(401, "Unauthorized") },
      /^unreachable: .*401.*token has expired/,
    ],
    [
      "JSON that ends in the middle",
      {
        ...served,
        "/horizontalpodautoscalers": (_, response) => {
          response.end('{"items":[{"metadata":{"name":"api"');
        },
      },
      /^no-answer hpas: .*35 characters that are no whole JSON document/,
    ],
    [
      "another shape",
      { ...served, "/v1/nodes": (_, response) => json(response, { items: [{ metadata: {} }] }) },
      /^no-answer nodes: .*another shape: items\.0\.metadata\.name/,
    ],
    [
      "a namespace without the workload",
      {},
      /^no-such-workload api: namespace atk has no Deployment/,
    ],
  ])("%s", async (_, answers, reason) => {
    const url = await fakeServer(answers);
    const { gaps } = await watchFor(900, kubeconfigFor(url));
    expect(gaps).toEqual([expect.stringMatching(reason)]);
  });

  test("it is reported again after it had worked meanwhile", async () => {
    let asked = 0;
    const flaky: Answer = (request, response) => {
      asked++;
      (asked % 2 === 0 ? deployments : status(500, "etcd is slow"))(request, response);
    };
    const { gaps } = await watchFor(
      1400,
      kubeconfigFor(await fakeServer({ "/deployments": flaky })),
    );
    expect(gaps.filter((gap) => gap.includes("etcd is slow")).length).toBeGreaterThan(1);
  });

  test("a token that expires while a watch goes on is one gap, also at the end", async () => {
    let expiry: number | undefined;
    const answered: Answer = (request, response) => {
      const answer = request.url?.includes("/deployments") === true ? deployments : empty;
      expiry ??= Date.now() + 600;
      (Date.now() < expiry ? answer : status(401, "Unauthorized"))(request, response);
    };
    const url = await fakeServer({ "": answered });
    const { gaps } = await watchFor(1500, kubeconfigFor(url));
    expect(gaps).toEqual([expect.stringMatching(/^unreachable: .*401.*token has expired/)]);
  });

  test("an API server that restarts forbids everything until it has read its roles: one gap", async () => {
    let startedAt: number | undefined;
    const restarting: Answer = (request, response) => {
      startedAt ??= Date.now();
      const at = Date.now() - startedAt;
      if (at > 600 && at < 1200) request.socket.destroy();
      else if (at > 1200 && at < 1800) status(403, "role not found")(request, response);
      else
        (request.url?.includes("/deployments") === true ? deployments : empty)(request, response);
    };
    const { gaps } = await watchFor(3000, kubeconfigFor(await fakeServer({ "": restarting })));
    expect(gaps).toEqual([expect.stringMatching(/^unreachable: .*connection reset/)]);
  });

  test("a cluster that nobody serves: one gap, and it goes on asking", async () => {
    const { gaps, stopMs } = await watchFor(700, kubeconfigFor("http://127.0.0.1:1"));
    expect(gaps).toEqual([
      expect.stringMatching(
        /^unreachable: .*127\.0\.0\.1:1 cannot be reached: the connection was refused/,
      ),
    ]);
    expect(stopMs).toBeLessThan(5000);
  });

  test.each([
    ["a kubeconfig that is not there", () => "/no/such/config", undefined, /there is no such file/],
    [
      "a context that is not there",
      () => kubeconfigFor("http://127.0.0.1:1"),
      "prod",
      /no context prod; it has x/,
    ],
    [
      "a sign-in that fails",
      () =>
        kubeconfigFor(
          "http://127.0.0.1:1",
          "{exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-command-of-ours}}",
        ),
      undefined,
      /^unreachable: signing in to the cluster failed/,
    ],
  ])("%s", async (_, kubeconfig, context, reason) => {
    const { gaps } = await watchFor(50, kubeconfig(), context === undefined ? {} : { context });
    expect(gaps).toEqual([expect.stringMatching(reason)]);
  });
});

const plain = (server: string, user = "{}"): string => {
  const file = kubeconfigFor(server, user);
  writeFileSync(file, readFileSync(file, "utf8").replace(", insecure-skip-tls-verify: true", ""));
  return file;
};

describe("kubeconfigs that kubectl understands", () => {
  test("http:// without TLS settings, as kubectl proxy serves it", async () => {
    const url = await fakeServer({ "/deployments": deployments });
    const settings = { namespace: "atk", kubeconfig: plain(url) };
    expect(await checkCluster({ settings, workloads: ["api"] })).toBeUndefined();
  });

  test("http:// to another host with credentials: refused, with what to do", async () => {
    const settings = {
      namespace: "atk",
      kubeconfig: plain("http://cluster.example", "{token: t}"),
    };
    expect(await checkCluster({ settings, workloads: ["api"] })).toMatch(
      /http:\/\/cluster\.example is not encrypted .* use its https address/,
    );
  });

  test("tokenFile, relative to the kubeconfig, its last line's end cut off", async () => {
    let authorization: string | undefined;
    const url = await fakeServer({
      "/deployments": (request, response) => {
        ({ authorization } = request.headers);
        deployments(request, response);
      },
    });
    const kubeconfig = plain(url, "{tokenFile: the-token}");
    writeFileSync(path.join(path.dirname(kubeconfig), "the-token"), "secret-1\n");
    await checkCluster({ settings: { namespace: "atk", kubeconfig }, workloads: ["api"] });
    expect(authorization).toBe("Bearer secret-1");
  });

  test("a tokenFile that is not there is no anonymous request", async () => {
    const url = await fakeServer({ "/deployments": deployments });
    const settings = { namespace: "atk", kubeconfig: plain(url, "{tokenFile: none}") };
    expect(await checkCluster({ settings, workloads: ["api"] })).toMatch(/signing in .*none/);
  });

  test("a long answer of the API ends between words, marked", async () => {
    const long = `pods is forbidden: ${"a very long explanation ".repeat(40)}`;
    const url = await fakeServer({ "/deployments": status(403, long) });
    const settings = { namespace: "atk", kubeconfig: plain(url) };
    const reason = await checkCluster({ settings, workloads: ["api"] });
    expect(reason).toMatch(/ …: bind the roles/);
  });
});

describe("before the load", () => {
  test("an unreachable cluster, an expired token and a namespace without the workload are reported in one sentence", async () => {
    const check = async (answers: Readonly<Record<string, Answer>>): Promise<string | undefined> =>
      checkCluster({
        settings: { namespace: "atk", kubeconfig: kubeconfigFor(await fakeServer(answers)) },
        workloads: ["api"],
      });
    const nobody = { namespace: "atk", kubeconfig: kubeconfigFor("http://127.0.0.1:1") };
    expect(await checkCluster({ settings: nobody, workloads: ["api"] })).toMatch(
      /cannot be reached/,
    );
    expect(await check({ "": status(401, "Unauthorized") })).toMatch(/token has expired/);
    expect(await check({})).toBe("namespace atk has none of api; it has no workload at all");
    expect(await check({ "/deployments": deployments })).toBeUndefined();
  });

  test("replicas that do not settle: bounded, and why", async () => {
    const unready = { ...deployment("api"), status: { replicas: 2, readyReplicas: 1 } };
    const server = await fakeServer({
      "/deployments": (_, response) => json(response, { items: [unready] }),
    });
    const settled = await awaitSettled({
      settings: { namespace: "atk", kubeconfig: kubeconfigFor(server) },
      workloads: ["api"],
      clock: { startedAt: Date.now(), scale: 10 },
      longestSeconds: 5,
    });
    expect(settled).toMatchObject({
      isSettled: false,
      sentence: "replicas had not settled when the load began: api has 1 of 2 pods ready",
    });
    expect(settled.waitedMs).toBeLessThan(3000);
  });
});

const podOf = (uid: string, second: number) =>
  objectSchemas.pod.parse({
    metadata: {
      name: "api-0",
      uid,
      labels: { app: "api" },
      creationTimestamp: `2026-11-23T11:00:0${second}Z`,
    },
    spec: { containers: [{ name: "api" }] },
    status: {},
  });

const replicaSetEvent = (type: string, reason: string, name: string) =>
  objectSchemas.event.parse({
    metadata: { name },
    involvedObject: { kind: "ReplicaSet", name: "api-7d" },
    type,
    reason,
    message: "exceeded quota: compute",
    lastTimestamp: "2026-11-23T11:00:09Z",
  });

describe("names that come again", () => {
  const seen: ClusterRecord[] = [];
  const records = new ClusterRecorder({
    workloads: ["api"],
    clock: { startedAt: 0, scale: 1 },
    skewMs: 0,
    startedAt: 0,
    emit: (one) => seen.push(one),
  });
  records.workloads([objectSchemas.workload.parse(deployment("api"))], "StatefulSet", 1);

  test("a StatefulSet's next pod is another one, whatever its name", () => {
    records.pods([podOf("a", 1)], 2);
    records.pods([podOf("b", 5)], 3);
    const pods = seen.flatMap((record) =>
      record.type === "pod-created" || record.type === "pod-gone"
        ? [[record.type, record.pod, record.uid]]
        : [],
    );
    expect(pods).toEqual([
      ["pod-created", "api-0", "a"],
      ["pod-created", "api-0", "b"],
      ["pod-gone", "api-0", "a"],
    ]);
  });

  test("a ReplicaSet that may not create pods is reported, with its workload; what it created is not", () => {
    records.replicaSets([
      objectSchemas.replicaSet.parse({
        metadata: { name: "api-7d", labels: { app: "api" } },
      }),
    ]);
    records.event(replicaSetEvent("Normal", "SuccessfulCreate", "e1"));
    records.event(replicaSetEvent("Warning", "FailedCreate", "e2"));
    expect(seen.filter(({ type }) => type === "event")).toMatchObject([
      { workload: "api", reason: "FailedCreate" },
    ]);
  });
});

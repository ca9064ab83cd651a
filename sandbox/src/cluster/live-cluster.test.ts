/** The cluster in wall time, without the platform behind it: cheap handlers, real HTTP. */
import { existsSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { listen, respondJson } from "../http.ts";
import type { HttpListener } from "../http.ts";
import { PodLatencyModel } from "../pods/pod-latency.ts";
import { seededRandom } from "../../../src/domain/random.ts";
import { call } from "../testdata/client.ts";
import { startLiveCluster } from "./live-cluster.ts";
import type { SandboxCluster } from "../../../src/domain/sandbox.ts";
import type { LiveCluster } from "./live-cluster.ts";

const silent = (): void => undefined;
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A surface that answers at once, behind the pods of the API. */
async function start(
  options: SandboxCluster,
): Promise<{ live: LiveCluster; server: HttpListener; url: string }> {
  const live = await startLiveCluster({ ...options, seed: 2, log: silent });
  const latency = new PodLatencyModel(
    seededRandom(2),
    { factor: () => 1, delayMs: () => 0 },
    live.gate,
  );
  const server = await listen(
    undefined,
    live.gate.before(
      async (_request, response) => {
        await latency.hold(performance.now(), "api", "token.read");
        respondJson(response, 200, {});
      },
      () => "api",
    ),
    silent,
  );
  closers.push(
    () => server.close(),
    () => live.stop(),
  );
  return { live, server, url: `http://127.0.0.1:${server.port}/` };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("scales under load at ten times the speed, and tells Kubernetes and Prometheus", async () => {
  const { live, url } = await start({ scale: 10 });
  expect(existsSync(live.kubeconfig)).toBe(true);
  const statuses: number[] = [];
  const open: Promise<void>[] = [];
  const until = performance.now() + 9_000;
  while (performance.now() < until) {
    for (let i = 0; i < 8; i++)
      open.push(call(url).then(({ status }) => void statuses.push(status)));
    await sleep(50);
  }
  await Promise.all(open);
  expect(statuses.length).toBeGreaterThan(1_000);
  expect(new Set(statuses)).toEqual(new Set([200]));
  const { kubernetesUrl } = live;
  const hpa = await call(
    `${kubernetesUrl}/apis/autoscaling/v2/namespaces/atk/horizontalpodautoscalers/api`,
  );
  expect(hpa.json).toMatchObject({ status: { desiredReplicas: 8, currentReplicas: 8 } });
  const chosen = "fieldSelector=involvedObject.name=api,reason=SuccessfulRescale";
  const events = await call(`${kubernetesUrl}/api/v1/namespaces/atk/events?${chosen}`);
  expect(events.json).toMatchObject({
    items: [
      { message: expect.stringMatching(/^New size: 5; reason: .+ above target$/) },
      { message: expect.stringMatching(/^New size: 8; reason: .+ above target$/) },
    ],
  });
  const page = live.metrics();
  expect(page).toContain(
    'kube_horizontalpodautoscaler_status_desired_replicas{namespace="atk",horizontalpodautoscaler="api"} 8',
  );
  expect(page).toMatch(
    /container_cpu_usage_seconds_total\{namespace="atk",pod="api-[^"]+",container="api"\} \d/,
  );
  expect(page).toMatch(
    /nginx_ingress_controller_request_duration_seconds_bucket\{ingress="api",.+status="200",le="0.25"\} \d{3}/,
  );
  expect(live.truth()).toMatchObject({
    scale: 10,
    workloads: [{}, { name: "api", replicas: 8 }, {}],
  });
  const path = live.kubeconfig;
  await live.stop();
  expect(existsSync(path)).toBe(false);
}, 30_000);

test("a pod that dies is a 502, none that is ready a 503", async () => {
  const { live, url } = await start({});
  const asked = Array.from({ length: 20 }, () => call(url));
  await sleep(15);
  const { ready } = live.cluster.serving("api");
  expect(ready.length).toBe(2);
  for (const pod of ready) live.cluster.crash(pod);
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  expect(statuses).toContain(502);
  expect((await call(url)).status).toBe(503);
  expect(live.metrics()).toContain('status="503"');
});

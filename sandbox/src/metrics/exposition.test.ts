import { expect, test } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import { specifiedCluster } from "../cluster/specification.ts";
import { clusterFamilies } from "./cluster-metrics.ts";
import { exposition } from "./exposition.ts";
import { IngressMetrics } from "./ingress-metrics.ts";

const cluster = new Cluster(specifiedCluster({ seed: 1, scale: 1, mapping: "separate" }));

test("labels are escaped, numbers written as Prometheus reads them", () => {
  const samples: Parameters<typeof exposition>[0][number]["samples"] = [
    { labels: { path: 'a"b\\c\nd' }, value: 1.5 },
    { labels: {}, value: Infinity },
  ];
  expect(exposition([{ name: "x", type: "gauge", help: "An x.", samples }])).toBe(
    '# HELP x An x.\n# TYPE x gauge\nx{path="a\\"b\\\\c\\nd"} 1.5\nx +Inf\n',
  );
});

test("every line of the cluster's page has the form of the format, every name comes once", () => {
  const page = exposition(clusterFamilies(cluster));
  const lines = page.split("\n").slice(0, -1);
  const form =
    /^(?:# (?:HELP|TYPE) [a-z_]+ .+|[a-z_]+(?:\{(?:[a-z_]+="[^"]*",?)+\})? [-+.e\dA-Za-z]+)$/;
  expect(lines.filter((line) => !form.test(line))).toEqual([]);
  const types = lines.filter((line) => line.startsWith("# TYPE"));
  expect(new Set(types).size).toBe(types.length);
});

test.each([
  ["container_cpu_usage_seconds_total", 6],
  ["container_cpu_cfs_throttled_periods_total", 6],
  ["container_memory_working_set_bytes", 6],
  ["kube_pod_status_ready", 12],
  ["kube_deployment_status_replicas", 3],
  ["kube_deployment_status_replicas_available", 3],
  ["kube_horizontalpodautoscaler_spec_max_replicas", 3],
  ["kube_horizontalpodautoscaler_status_desired_replicas", 3],
  ["kube_horizontalpodautoscaler_status_condition", 27],
  ["kube_node_status_capacity", 4],
  ["kube_node_status_condition", 6],
])("%s has its samples", (name, count) => {
  expect(clusterFamilies(cluster).find((one) => one.name === name)?.samples.length).toBe(count);
});

test("request durations are cumulative buckets", () => {
  const ingress = new IngressMetrics("atk");
  const workload = cluster.serving("api");
  for (const durationMs of [4, 5, 40, 20_000])
    ingress.record({ workload, method: "POST", status: 200, durationMs });
  const [requests, durations] = ingress.families();
  expect(requests?.samples).toMatchObject([
    { value: 4, labels: { ingress: "api", status: "200" } },
  ]);
  const of = (le: string): unknown =>
    durations?.samples.find(({ labels }) => labels["le"] === le)?.value;
  expect([of("0.005"), of("0.05"), of("10"), of("+Inf")]).toEqual([2, 3, 3, 4]);
  const sum = durations?.samples.find(({ suffix }) => suffix === "_sum")?.value;
  expect(sum).toBeCloseTo(20.049);
});

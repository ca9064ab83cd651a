/**
 * Clusters that are hard to observe, each with the real API server's own answers: Headroom reports what it could not read,
 * or what is wrong, and fails no check of an autoscaler that does what it should.
 */
import { createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { loadAllYaml } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { failedChecks } from "../../bench/observed-simulation.ts";
import { keyFile } from "./certificates.ts";
import { startControlPlane, type ControlPlane } from "./control-plane.ts";
import { autoscaler, externalMetric, list, namespace, podsMetric, workload } from "./objects.ts";
import type { AutoscalerFields } from "./objects.ts";
import { eventually, observedRun, observerToken, type ObservedRun } from "./observed-run.ts";

interface Case {
  /** Its namespace. */
  readonly name: string;
  /** What is unusual about the workload `api`, or about the metric of its autoscaler. */
  readonly api?: Omit<Partial<AutoscalerFields>, "namespace" | "name">;
  /** A second one on the same workload. */
  readonly secondAutoscaler?: boolean;
  /** The account may not list this resource, or not watch it: `watch RESOURCE`. */
  readonly withoutRight?: string;
  readonly token?: (real: string) => string;
  /** How far the cluster's clock is ahead of ours. */
  readonly clockAheadMs?: number;
  /** What happens during the observation, to all of the cluster: such cases come one after the other. */
  readonly incident?: () => Promise<void>;
  /** It is observed during the incident of this case. */
  readonly duringIncidentOf?: string;
  /** All of them. */
  readonly gaps?: readonly RegExp[];
  /** All failed checks. */
  readonly failed?: readonly string[];
  /** In a finding. */
  readonly finding?: RegExp;
}

const forbidden = (subject: string): readonly RegExp[] => [
  new RegExp(`^no-answer ${subject}: .*forbidden \\(403\\).*observer-rbac\\.yaml$`),
];
const refusedToken = [/^unreachable: .*401.*token has expired/];

const cases: readonly Case[] = [
  { name: "healthy" },
  { name: "zero-replicas", api: { replicas: 0 } },
  { name: "two-autoscalers", secondAutoscaler: true, failed: ["A8"], finding: /AmbiguousSelector/ },
  {
    name: "paused-rollout",
    api: { isPaused: true },
    failed: ["A8"],
    finding: /no metrics returned from resource metrics API/,
  },
  {
    name: "unschedulable",
    api: { nodeSelector: { pool: "none" } },
    failed: ["A8"],
    finding: /no metrics returned from resource metrics API/,
  },
  {
    name: "never-ready",
    api: { annotations: { "headroom.test/never-ready": "" } },
    failed: ["A8"],
    finding: /pods might be unready/,
  },
  {
    name: "no-request",
    api: { requests: { memory: "128Mi" } },
    failed: ["A8"],
    finding: /missing request for cpu/,
  },
  {
    name: "no-custom-metric",
    api: { metric: podsMetric("absent") },
    gaps: [/^no-answer Pods\/absent: custom\.metrics\.k8s\.io has no value of Pods\/absent/],
    failed: ["A8"],
    finding: /FailedGetPodsMetric/,
  },
  {
    name: "no-external-metric",
    api: { metric: externalMetric("absent") },
    gaps: [/^no-answer External\/absent: external\.metrics\.k8s\.io has no value of External/],
    failed: ["A8"],
    finding: /FailedGetExternalMetric/,
  },
  { name: "no-pods", withoutRight: "pods", gaps: forbidden("pods") },
  { name: "no-events", withoutRight: "events", gaps: forbidden("events") },
  { name: "no-quotas", withoutRight: "resourcequotas", gaps: forbidden("resourcequotas") },
  { name: "no-deployments", withoutRight: "deployments", gaps: forbidden("deployments") },
  { name: "no-replicasets", withoutRight: "replicasets", gaps: forbidden("replicasets") },
  { name: "no-hpas", withoutRight: "horizontalpodautoscalers", gaps: forbidden("hpas") },
  {
    name: "no-right-to-custom-metrics",
    api: { metric: podsMetric("requests") },
    withoutRight: "custom.metrics.k8s.io",
    gaps: forbidden("custom.metrics.k8s.io"),
  },
  {
    name: "no-watch-of-hpas",
    withoutRight: "watch horizontalpodautoscalers",
    gaps: [/^watch-broken hpas: .*cannot watch resource.*observer-rbac\.yaml$/],
  },
  { name: "no-usage", withoutRight: usageOf("pods"), gaps: forbidden("pods.metrics.k8s.io") },
  {
    name: "wrong-token",
    token: (real) => `${real.slice(0, -8)}AAAAAAAA`,
    gaps: refusedToken,
  },
  {
    name: "token-expires",
    // The API server accepts it for a minute after its end.
    token: (real) => withExpiry(real, Date.now() / 1000 - 50),
    gaps: refusedToken,
  },
  {
    name: "clock-ahead",
    clockAheadMs: 3_600_000,
    gaps: [
      /^clock-offset: the clock of the cluster at .* is 3600 s ahead of ours; its time stamps were corrected/,
    ],
  },
  {
    name: "clock-behind",
    clockAheadMs: -600_000,
    gaps: [/^clock-offset: .* is 600 s behind ours/],
  },
  {
    name: "api-server-restarts",
    incident: async () => {
      await wait(10_000);
      await plane.restartApiServer(8000);
      await wait(20_000);
    },
    gaps: [/^unreachable: /],
  },
  {
    name: "node-not-ready",
    incident: async () => {
      await setNodeReady("False");
      await wait(20_000);
      await setNodeReady("True");
      await wait(10_000);
    },
    finding: /node-1/,
  },
  {
    name: "no-metrics-api",
    incident: async () => {
      await plane.serveMetrics(false);
      await wait(observedMs);
    },
    gaps: [/pods\.metrics\.k8s\.io: .*404.*install metrics-server/, /nodes\.metrics\.k8s\.io/],
    failed: ["A8"],
    finding: /FailedGetResourceMetric/,
  },
  {
    name: "no-custom-metrics-api",
    duringIncidentOf: "no-metrics-api",
    api: { metric: podsMetric("requests") },
    gaps: [
      /pods\.metrics\.k8s\.io: /,
      /^no-answer custom\.metrics\.k8s\.io: .*\(404\): install an adapter/,
      /nodes\.metrics\.k8s\.io/,
    ],
    failed: ["A8"],
    finding: /FailedGetPodsMetric/,
  },
];
const observedMs = 40_000;

/** As a kubelet would report it; no kubelet contradicts it here. */
const setNodeReady = (status: "True" | "False"): Promise<string> =>
  plane.kubectl([
    ..."patch node node-1 --subresource=status --type=strategic -p".split(" "),
    JSON.stringify({
      status: {
        conditions: [
          { type: "Ready", status, reason: "Test", lastTransitionTime: new Date().toISOString() },
        ],
      },
    }),
  ]);

let plane: ControlPlane;
const runs = new Map<string, ObservedRun>();

beforeAll(async () => {
  plane = await startControlPlane();
  await plane.kubectl(["create", "-f", "-"], namespace("atk"));
  await plane.kubectl(["apply", "-f", rbac]);
  await plane.kubectl(["create", "-f", "-"], list(cases.flatMap(objectsOf)));
  for (const { name } of cases) {
    plane.metrics.values.usage.set(`${name}/api`, { cpuMilli: 100, memoryMi: 100 });
    plane.metrics.values.pods.set(`${name}/api/requests`, "50");
  }
  // A pod's usage is served from its second scrape on; then every autoscaler that can be active is.
  const able = cases.filter(({ failed, api }) => failed === undefined && api?.replicas !== 0);
  const active = '{.status.conditions[?(@.type=="ScalingActive")].status}';
  const shown = `jsonpath={range .items[*]}{.metadata.namespace}=${active} {end}`;
  await eventually(
    () => plane.kubectl(["get", "hpa", "-A", "-o", shown]),
    (text) => able.every(({ name }) => text.split(" ").includes(`${name}=True`)),
    90_000,
  );
  const real = await observerToken(plane);
  const observe = async (each: Case): Promise<void> => {
    const { name, token = (same) => same, clockAheadMs, incident } = each;
    const shifted =
      clockAheadMs === undefined ? undefined : await plane.shiftedServer(clockAheadMs);
    const kubeconfig = plane.kubeconfigOf({ token: token(real) }, shifted?.url);
    const during = incident ?? (() => wait(observedMs));
    const phases = [{ load: 1, during }];
    runs.set(name, await observedRun({ namespace: name, kubeconfig, phases }));
    shifted?.stop();
  };
  const observeAll = (of: (each: Case) => boolean): Promise<unknown> =>
    Promise.all(cases.filter(of).map(observe));
  await observeAll(
    ({ incident, duringIncidentOf }) => incident === undefined && duringIncidentOf === undefined,
  );
  for (const each of cases)
    if (each.incident !== undefined)
      await observeAll((other) => other === each || other.duringIncidentOf === each.name);
}, 420_000);
afterAll(() => plane?.stop());

test.each(cases)("$name", ({ name, gaps = [], failed = [], finding = /^/ }) => {
  const run = runs.get(name);
  if (run === undefined) throw new Error(`${name} was not observed`);
  expect(run.gaps).toEqual(gaps.map((gap) => expect.stringMatching(gap) as unknown));
  expect(failedChecks(run.judged)).toEqual(failed);
  expect(JSON.stringify(run.judged.findings)).toMatch(finding);
});

test.each(["clock-ahead", "clock-behind"])(
  "%s: what the cluster stamps is on our clock",
  (name) => {
    const stamped = (runs.get(name)?.records ?? []).flatMap(({ type, at }) =>
      ["pod-created", "pod-condition", "hpa-scaled", "pod-cpu"].includes(type) ? [at] : [],
    );
    expect(stamped.length).toBeGreaterThan(10);
    expect(Math.max(...stamped)).toBeLessThan(Date.now());
    expect(Math.min(...stamped)).toBeGreaterThan(Date.now() - 600_000);
  },
);

const rbac = path.resolve(import.meta.dirname, "../../deploy/kubernetes/observer-rbac.yaml");
const rulesShape = z.array(
  z.object({
    apiGroups: z.tuple([z.string()]),
    resources: z.array(z.string()),
    verbs: z.array(z.string()),
  }),
);
/** Those that the manifest grants in the platform's namespace. */
const platformRules = rulesShape.parse(
  loadAllYaml(readFileSync(rbac, "utf8")).find(
    ({ kind, metadata }) => kind === "Role" && metadata?.namespace === "atk",
  )?.["rules"],
);

/** The namespace with its workload, and the account's rights in it. */
function objectsOf(each: Case): readonly unknown[] {
  const { name, secondAutoscaler = false, withoutRight } = each;
  const rules = platformRules.flatMap(({ apiGroups, resources, verbs }) =>
    resources.flatMap((resource) => {
      const right = rightOf(apiGroups[0], resource);
      const left = verbs.filter((verb) => `${verb} ${right}` !== withoutRight);
      return right === withoutRight ? [] : [{ apiGroups, resources: [resource], verbs: left }];
    }),
  );
  const api = { namespace: name, name: "api", ...each.api };
  const role = { name: "observer", namespace: name };
  const apiVersion = "rbac.authorization.k8s.io/v1";
  return [
    namespace(name),
    workload(api),
    autoscaler(api),
    ...(secondAutoscaler ? [autoscaler({ ...api, autoscaler: "second" })] : []),
    { apiVersion, kind: "Role", metadata: role, rules },
    {
      apiVersion,
      kind: "RoleBinding",
      metadata: role,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.name },
      subjects: [{ kind: "ServiceAccount", name: "headroom-observer", namespace: "headroom" }],
    },
  ];
}

/** `pods` are also a resource of the usage metrics; of an adapter's metrics each is one. */
function rightOf(group: string, resource: string): string {
  if (resource === "*") return group;
  return group === "metrics.k8s.io" ? usageOf(resource) : resource;
}
function usageOf(resource: string): string {
  return `${resource}.metrics.k8s.io`;
}

/** The same token with another end, signed by the cluster's own key. @param expiry seconds since 1970 */
function withExpiry(token: string, expiry: number): string {
  const [head = "", body = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as object;
  const changed = JSON.stringify({ ...claims, exp: Math.round(expiry) });
  const signed = `${head}.${Buffer.from(changed).toString("base64url")}`;
  const key = createPrivateKey(readFileSync(keyFile(plane.folder, "service-accounts")));
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

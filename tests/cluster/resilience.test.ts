/** Events of a resilience run through the real deployment, eviction and node controllers, with the rights of `deploy/kubernetes`. */
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EventStepName } from "../../src/domain/resilience.ts";
import type { AnEvent, EventMaker } from "../../src/events/event-maker.ts";
import { eventRoles, kubernetesEvents } from "../../src/events/kubernetes-events.ts";
import { jsonApi } from "../../src/observe/kubernetes/json-api.ts";
import { openTransport } from "../../src/observe/kubernetes/transport.ts";
import { missingBinaries } from "./binaries.ts";
import { startControlPlane, type ControlPlane } from "./control-plane.ts";
import { list, namespace, workload } from "./objects.ts";

const folder = path.resolve(import.meta.dirname, "../../deploy/kubernetes");
const of = "atk";
const missing = missingBinaries();

describe.skipIf(missing.some((name) => name !== "helm"))("events on a real control plane", () => {
  let plane: ControlPlane;
  let maker: EventMaker;

  beforeAll(async () => {
    plane = await startControlPlane();
    await plane.kubectl(["create", "-f", "-"], namespace(of));
    const files = ["observer-rbac.yaml", "events.yaml"].flatMap((name) => [
      "-f",
      path.join(folder, name),
    ]);
    await plane.kubectl(["apply", "--validate=strict", ...files]);
    const api = workload({ namespace: of, name: "api", replicas: 4 });
    await plane.kubectl(["create", "-f", "-"], list([api]));
    await rolledOut();
    maker = await makerOf("headroom-events");
  }, 120_000);
  afterAll(async () => {
    maker?.close?.();
    await plane?.stop();
  });

  const rolledOut = (): Promise<string> =>
    plane.kubectl(["rollout", "status", "deployment/api", "-n", of, "--timeout=60s"]);

  async function makerOf(account: string): Promise<EventMaker> {
    const token = (await plane.kubectl(["create", "token", account, "-n", "headroom"])).trim();
    const transport = await openTransport({ kubeconfig: plane.kubeconfigOf({ token }) });
    return kubernetesEvents(jsonApi(transport, eventRoles), {
      namespace: of,
      workloadOf: () => "api",
    });
  }

  const podsOf = async (): Promise<readonly { readonly name: string; readonly node: string }[]> => {
    const columns =
      "jsonpath={range .items[*]}{.metadata.name} {.spec.nodeName} {.metadata.deletionTimestamp};{end}";
    const text = await plane.kubectl(["get", "pods", "-n", of, "-l", "app=api", "-o", columns]);
    return text
      .split(";")
      .map((line) => line.trim().split(" "))
      .filter((words) => words.length === 2)
      .map(([name = "", node = ""]) => ({ name, node }));
  };

  async function made(event: AnEvent) {
    const steps: EventStepName[] = [];
    await maker.check(event);
    const sentence = await maker.make(event, {
      step: (name) => void steps.push(name),
      signal: AbortSignal.timeout(40_000),
    });
    return { steps, sentence };
  }
  const allSteps = ["detected", "rescheduled", "started", "ready"];

  test("the observer's account is refused before the load", async () => {
    const observer = await makerOf("headroom-observer");
    await expect(observer.check({ kind: "rolling-update" })).rejects.toThrow(
      /does not let us get deployments in the namespace atk: bind the roles of deploy\/kubernetes\/events.yaml/,
    );
    observer.close?.();
  });

  test("a deployment that is not there, and one without an earlier revision", async () => {
    await expect(maker.check({ kind: "rolling-update", target: "web" })).rejects.toThrow(
      "the namespace atk has no deployment and no StatefulSet web",
    );
    await expect(maker.check({ kind: "rollback" })).rejects.toThrow("has no earlier revision");
  });

  test("a rolling update replaces every pod, and a rollback restores the template before it", async () => {
    const template = ["get", "deployment", "api", "-n", of, "-o", "jsonpath={.spec.template}"];
    const [before, first] = [await podsOf(), await plane.kubectl(template)];
    const { steps } = await made({ kind: "rolling-update" });
    expect(steps).toStrictEqual(allSteps);
    const after = await podsOf();
    expect(after).toHaveLength(4);
    for (const { name } of after) expect(before.map((pod) => pod.name)).not.toContain(name);
    expect(await plane.kubectl(template)).toContain("restartedAt");
    await made({ kind: "rollback" });
    expect(JSON.parse(await plane.kubectl(template))).toStrictEqual(JSON.parse(first));
  }, 100_000);

  test("a StatefulSet is rolled out, too", async () => {
    const graph = workload({ namespace: of, name: "graph-node", kind: "StatefulSet", replicas: 2 });
    await plane.kubectl(["create", "-f", "-"], list([graph]));
    const set = ["statefulset/graph-node", "-n", of];
    await plane.kubectl(["rollout", "status", ...set, "--timeout=60s"]);
    const { steps } = await made({ kind: "subgraph-restart", target: "graph-node" });
    expect(steps).toStrictEqual(allSteps);
    const updated = await plane.kubectl([
      "get",
      ...set,
      "-o",
      "jsonpath={.status.updatedReplicas}",
    ]);
    expect(updated).toBe("2");
    await plane.kubectl(["delete", ...set]);
  }, 90_000);

  test("a deleted pod is replaced", async () => {
    const before = await podsOf();
    const { steps, sentence = "" } = await made({ kind: "pod-deletion" });
    expect(steps).toStrictEqual(allSteps);
    const after = new Set((await podsOf()).map(({ name }) => name));
    const gone = before.filter(({ name }) => !after.has(name));
    expect(gone).toHaveLength(1);
    expect(sentence).toBe(`deleted the pod ${gone[0]?.name}`);
  }, 60_000);

  test("a node is drained by evictions, and uncordoned", async () => {
    const target = (await podsOf())[0]?.node ?? "";
    const { steps, sentence } = await made({ kind: "node-drain", target });
    expect(steps).toStrictEqual(allSteps);
    expect(sentence).toMatch(/^evicted \d+ pods? of atk/);
    const after = await podsOf();
    expect(after).toHaveLength(4);
    for (const { node } of after) expect(node).not.toBe(target);
    const unschedulable = ["get", "node", target, "-o", "jsonpath={.spec.unschedulable}"];
    expect(await plane.kubectl(unschedulable)).toBe("");
    const evictions = plane
      .audit()
      .filter(({ verb, objectRef }) => verb === "create" && objectRef?.subresource === "eviction");
    expect(evictions.length).toBeGreaterThan(0);
    for (const { user } of evictions)
      expect(user.username).toBe("system:serviceaccount:headroom:headroom-events");
  }, 60_000);
});

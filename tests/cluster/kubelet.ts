/**
 * A kubelet for tests: a node whose pods are local processes, beside the nodes of kwok. Only pods that select and tolerate
 * it run here (`onProcesses`). There are no images, no cgroups and no network namespaces: a command is one of this
 * machine, CPU limits are not enforced, and each pod has an address of its own, of loopback or of `podNetwork`, `status.podIP`, for its
 * process to listen on.
 */
import { mkdtempSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import path from "node:path";
import {
  CoordinationV1Api,
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  V1MicroTime,
  type V1Pod,
} from "@kubernetes/client-node";
import { listening } from "../../src/testdata/free-port.ts";
import { certificateFile, keyFile } from "./certificates.ts";
import type { ControlPlane } from "./control-plane.ts";
import type { PodUsage, Usage, UsageSource } from "./metrics-api.ts";
import { processesLabel } from "./objects.ts";
import { podNetwork } from "./pod-network.ts";
import { startWatch } from "./watch.ts";
import { RunningPod } from "./kubelet/pod.ts";
import { ProcessGuard, sessionUsage, type SessionUsage } from "./kubelet/processes.ts";

export interface Kubelet {
  readonly node: string;
  /** As a machine without power: its processes are gone at once, and it reports nothing any more. */
  lose(): Promise<void>;
  stop(): Promise<void>;
}

export interface KubeletOptions {
  /** Before the second restart of a container, doubled with each; a kubelet's is 10 s. */
  readonly crashBackoffMs?: number;
  /** Of its node; absent: `processes`. */
  readonly node?: string;
  /** Which pods select its node, by `onPool`; absent: those of `onProcesses`. */
  readonly pool?: string;
}

const leases = "kube-node-lease";
const heartbeatMs = 10_000;
/** Memory is compared with limits so often. */
const memoryMs = 250;

export async function startKubelet(
  plane: ControlPlane,
  { crashBackoffMs = 10_000, node = "processes", pool = "" }: KubeletOptions = {},
): Promise<Kubelet> {
  const config = new KubeConfig();
  config.loadFromFile(plane.kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const coordination = config.makeApiClient(CoordinationV1Api);
  const folder = mkdtempSync(path.join(plane.folder, "kubelet-"));
  const guard = new ProcessGuard(folder);
  let isLost = false;
  const host = { api, guard, folder, crashBackoffMs, isLost: () => isLost };
  const pods = new Map<string, RunningPod>();

  const server = createServer(
    {
      key: readFileSync(keyFile(plane.folder, "server")),
      cert: readFileSync(certificateFile(plane.folder, "server")),
    },
    (request, response) => answerLogs([...pods.values()], request, response),
  );
  const port = await listening(server);
  // The port is one of this machine, so that the subnet is this node's, too.
  const subnet = podNetwork === undefined ? `127.${port >> 8}.${port & 255}` : `${podNetwork}.1`;
  let addresses = 1;
  const freeAddress = (): string => {
    const used = new Set([...pods.values()].map(({ address }) => address));
    for (;;) {
      addresses = (addresses % 254) + 1;
      const address = `${subnet}.${addresses}`;
      if (!used.has(address)) return address;
    }
  };

  const onPod = (object: V1Pod): void => {
    const { uid = "", deletionTimestamp, deletionGracePeriodSeconds = 0 } = object.metadata ?? {};
    const running = pods.get(uid);
    if (running === undefined && object.status?.phase === "Pending") {
      const pod = new RunningPod(object, freeAddress(), host);
      pods.set(uid, pod);
      pod.start();
    }
    if (deletionTimestamp !== undefined)
      void pods.get(uid)?.terminate(deletionGracePeriodSeconds * 1000);
  };
  const onDeletion = (object: V1Pod): void => {
    const { uid = "" } = object.metadata ?? {};
    const pod = pods.get(uid);
    pods.delete(uid);
    void pod?.kill(0);
  };
  const readySince = new Date();
  const heartbeat = async (): Promise<void> => {
    const headers = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
    const renewed = { name: node, namespace: leases, body: leaseObject(node) };
    await coordination.patchNamespacedLease(renewed, headers);
    const status = nodeStatus(port, readySince);
    await api.patchNodeStatus({ name: node, body: { status } }, headers);
  };
  await api.createNode({ body: nodeObject(node, pool, `${subnet}.0/24`) });
  await coordination.createNamespacedLease({ namespace: leases, body: leaseObject(node) });
  await heartbeat();
  const beating = setInterval(() => void heartbeat().catch(() => undefined), heartbeatMs);

  const limiting = setInterval(() => {
    const limited = [...pods.values()]
      .flatMap(({ containers }) => containers)
      .filter((each) => each.session !== undefined && each.memoryLimit !== undefined);
    if (limited.length === 0) return;
    const usage = sessionUsage();
    for (const each of limited) {
      const used = usage.get(each.session ?? 0)?.memoryBytes ?? 0;
      if (used > (each.memoryLimit ?? Infinity)) each.killOutOfMemory();
    }
  }, memoryMs);

  plane.metrics.sources.push(measuring(pods));
  const fieldSelector = `spec.nodeName=${node}`;
  const watch = await startWatch({
    config,
    path: "/api/v1/pods",
    fieldSelector,
    list: () => api.listPodForAllNamespaces({ fieldSelector }),
    onChange: onPod,
    onDelete: onDeletion,
  });
  await plane.kubectl(["wait", "node", node, "--for=condition=Ready"]);
  const end = async (): Promise<void> => {
    clearInterval(beating);
    clearInterval(limiting);
    const killed = [...pods.values()].map((pod) => pod.kill(0));
    await watch.stop();
    await Promise.all(killed);
  };
  return {
    node,
    lose: () => {
      isLost = true;
      return end();
    },
    stop: async () => {
      if (!isLost) await end();
      await guard.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const nodeObject = (name: string, pool: string, podCIDR: string) => ({
  metadata: {
    name,
    labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", [processesLabel]: pool },
  },
  spec: { podCIDR, taints: [{ key: processesLabel, effect: "NoSchedule" }] },
});

const resources = { cpu: "8", memory: "32Gi", pods: "110" };
const nodeStatus = (port: number, readySince: Date) => ({
  capacity: resources,
  allocatable: resources,
  addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
  daemonEndpoints: { kubeletEndpoint: { Port: port } },
  conditions: [
    {
      type: "Ready",
      status: "True",
      reason: "KubeletReady",
      lastHeartbeatTime: new Date(),
      lastTransitionTime: readySince,
    },
  ],
});

const leaseObject = (node: string) => ({
  metadata: { name: node },
  spec: { holderIdentity: node, leaseDurationSeconds: 40, renewTime: new V1MicroTime() },
});

/** CPU between two scrapes, and resident memory. Of a container that was restarted meanwhile there is none, nor of its pod. */
function measuring(pods: ReadonlyMap<string, RunningPod>): UsageSource {
  let previousAt = 0;
  let previous: ReadonlyMap<number, SessionUsage> = new Map();
  return (running) => {
    const at = Date.now();
    const sessions = sessionUsage();
    const served = running.flatMap((pod): readonly PodUsage[] => {
      const measured = (pods.get(pod.metadata.uid ?? "")?.containers ?? []).flatMap(
        ({ session, spec }) => (session === undefined ? [] : [{ session, name: spec.name }]),
      );
      const containers = new Map<string, Usage>();
      for (const { session, name } of measured) {
        const [now, before] = [sessions.get(session), previous.get(session)];
        if (now === undefined || before === undefined) return [];
        const cpuMilli = (1000 * Math.max(0, now.cpuMs - before.cpuMs)) / (at - previousAt);
        containers.set(name, { cpuMilli, memoryMi: now.memoryBytes / 1024 ** 2 });
      }
      const windowMs = at - previousAt;
      return containers.size === 0 ? [] : [{ pod, at, windowMs, containers }];
    });
    [previousAt, previous] = [at, sessions];
    return served;
  };
}

/** `/containerLogs/NAMESPACE/POD/CONTAINER`, to its present end. */
function answerLogs(
  pods: readonly RunningPod[],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? "/", "https://kubelet");
  const [, , namespace = "", name = "", container = ""] = url.pathname.split("/");
  const pod = pods.find(
    ({ object: { metadata } }) => metadata?.namespace === namespace && metadata.name === name,
  );
  const isPrevious = url.searchParams.get("previous") === "true";
  const text = pod?.container(container)?.log(isPrevious);
  if (text === undefined) return void response.writeHead(404).end("no such log");
  const lines = text.split("\n");
  // The last one is empty.
  const tail = url.searchParams.get("tailLines");
  response.end(lines.slice(tail === null ? 0 : -1 - Number(tail)).join("\n"));
}

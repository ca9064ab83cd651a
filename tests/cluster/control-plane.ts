/**
 * A real Kubernetes control plane on loopback: etcd, API server, controller manager and scheduler, with kwok in place of
 * kubelets and metrics that a test sets. Its state is a folder that is removed with it; it ends with the process that
 * started it, whatever ends that.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { messageOf } from "../../src/domain/errors.ts";
import { freePort } from "../../src/testdata/free-port.ts";
import { binaryPath, type BinaryName } from "./binaries.ts";
import {
  certificateFile,
  keyFile,
  writeCertificates,
  type CertificateName,
} from "./certificates.ts";
import { list } from "./objects.ts";
import { metricGroups, startMetricsApi, type MetricsApi } from "./metrics-api.ts";
import { shiftedServer, type ShiftedServer } from "./shifted-clock.ts";

export interface ControlPlane {
  readonly folder: string;
  /** Of the cluster's administrator. */
  readonly kubeconfig: string;
  readonly metrics: MetricsApi;
  /** As the administrator. @param input of `-f -`; an object is written as JSON. @throws Error with what it said */
  kubectl(args: readonly string[], input?: unknown): Promise<string>;
  /** A kubeconfig for another user of the same cluster. @param user as a kubeconfig has it, `{ token }` */
  kubeconfigOf(user: unknown, url?: string): string;
  /** The API server with another clock. */
  shiftedServer(aheadMs: number): Promise<ShiftedServer>;
  /** The APIs of metrics are there, or gone. */
  serveMetrics(isServed: boolean): Promise<void>;
  /** The API server is killed, and started again after so long. */
  restartApiServer(downMs: number): Promise<void>;
  /** What a server wrote. */
  log(name: BinaryName): string;
  audit(): readonly AuditEvent[];
  stop(): Promise<void>;
}

/** Of the API server's audit log, as far as it is read. */
export interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly namespace?: string;
    readonly subresource?: string;
  };
  readonly responseStatus?: { readonly code: number };
}

/** Of the nodes that kwok keeps. */
const kwokLabel = "headroom.test/kwok";
const nodes = ["node-1", "node-2", "node-3"];
const namespaceOfMetrics = "kube-system";

export interface ControlPlaneOptions {
  /** Flags of kube-controller-manager, beside the usual ones. */
  readonly controllerManager?: Flags;
}

export async function startControlPlane({
  controllerManager = {},
}: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const folder = mkdtempSync(path.join(tmpdir(), "headroom-cluster-"));
  const servers = new Map<BinaryName, ChildProcess>();
  let metrics: MetricsApi | undefined;
  const stop = async (): Promise<void> => {
    await metrics?.stop();
    await Promise.all([...servers.values()].map(ended));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    writeCertificates(folder);
    const ports = {
      etcd: await freePort(),
      peers: await freePort(),
      apiServer: await freePort(),
      controllerManager: await freePort(),
      scheduler: await freePort(),
      kwok: await freePort(),
    };
    const start = (name: BinaryName, flags: Flags): void => {
      servers.set(name, startServer(name, flags, logFile(folder, name)));
    };
    const certificate = (name: CertificateName): string => certificateFile(folder, name);
    const key = (name: Parameters<typeof keyFile>[1]): string => keyFile(folder, name);
    const server = `https://127.0.0.1:${ports.apiServer}`;
    let written = 0;
    const kubeconfigOf = (user: unknown, url = server): string => {
      const file = path.join(folder, `${++written}.kubeconfig`);
      const cluster = { server: url, "certificate-authority": certificate("ca") };
      const config = {
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "test", cluster }],
        users: [{ name: "test", user }],
        contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
        "current-context": "test",
      };
      writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
      return file;
    };
    const kubeconfigOfServer = (name: CertificateName): string =>
      kubeconfigOf({ "client-certificate": certificate(name), "client-key": key(name) });
    const kubeconfig = kubeconfigOfServer("admin");
    const kubectl: ControlPlane["kubectl"] = async (args, input) => {
      const running = promisify(execFile)(
        binaryPath("kubectl"),
        ["--kubeconfig", kubeconfig, ...args],
        { maxBuffer: 64 * 1024 ** 2 },
      );
      running.child.stdin?.end(typeof input === "object" ? JSON.stringify(input) : input);
      const { stdout, stderr } = await running;
      return stdout + stderr;
    };

    const etcdUrl = `http://127.0.0.1:${ports.etcd}`;
    const peerUrl = `http://127.0.0.1:${ports.peers}`;
    start("etcd", {
      name: "test",
      "data-dir": path.join(folder, "etcd"),
      "listen-client-urls": etcdUrl,
      "advertise-client-urls": etcdUrl,
      "listen-peer-urls": peerUrl,
      "initial-advertise-peer-urls": peerUrl,
      "initial-cluster": `test=${peerUrl}`,
      "unsafe-no-fsync": true,
      "log-level": "warn",
    });
    const auditPolicy = path.join(folder, "audit-policy.json");
    writeFileSync(auditPolicy, JSON.stringify(auditedAccounts));
    const startApiServer = async (): Promise<void> => {
      start("kube-apiserver", {
        "etcd-servers": etcdUrl,
        "bind-address": "127.0.0.1",
        "secure-port": ports.apiServer,
        "endpoint-reconciler-type": "none",
        // Nobody is told it; without one, a machine must have a default route.
        "advertise-address": "192.0.2.1",
        // Of loopback, so that `load-balancer.ts` can listen on them.
        "service-cluster-ip-range": "127.100.0.0/16",
        "authorization-mode": "Node,RBAC",
        "client-ca-file": certificate("ca"),
        "tls-cert-file": certificate("server"),
        "tls-private-key-file": key("server"),
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-key-file": key("service-accounts"),
        "service-account-signing-key-file": key("service-accounts"),
        "requestheader-client-ca-file": certificate("front-proxy-ca"),
        "requestheader-allowed-names": "front-proxy-client",
        "requestheader-username-headers": "X-Remote-User",
        "requestheader-group-headers": "X-Remote-Group",
        "requestheader-extra-headers-prefix": "X-Remote-Extra-",
        "proxy-client-cert-file": certificate("front-proxy-client"),
        "proxy-client-key-file": key("front-proxy-client"),
        "audit-policy-file": auditPolicy,
        "audit-log-path": path.join(folder, "audit.log"),
      });
      await until("the API server is ready", () => kubectl(["get", "--raw", "/readyz"]));
    };
    await startApiServer();
    const apiAccess = (name: "kube-controller-manager" | "kube-scheduler"): Flags => {
      const config = kubeconfigOfServer(name);
      return {
        kubeconfig: config,
        "authentication-kubeconfig": config,
        "authorization-kubeconfig": config,
        "bind-address": "127.0.0.1",
        "leader-elect": false,
      };
    };
    start("kube-controller-manager", {
      ...apiAccess("kube-controller-manager"),
      "secure-port": ports.controllerManager,
      "root-ca-file": certificate("ca"),
      "use-service-account-credentials": true,
      "service-account-private-key-file": key("service-accounts"),
      // Endpoints may not be of loopback, as pods' addresses are; `load-balancer.ts` follows pods.
      controllers: "*,-endpoints-controller,-endpointslice-controller",
      // The autoscaler's decisions, one line each.
      vmodule: "horizontal=5",
      ...controllerManager,
    });
    start("kube-scheduler", { ...apiAccess("kube-scheduler"), "secure-port": ports.scheduler });
    start("kwok", {
      kubeconfig,
      config: path.resolve("tests/cluster/stages.yaml"),
      "manage-nodes-with-label-selector": kwokLabel,
      "node-lease-duration-seconds": 40,
      "server-address": `127.0.0.1:${ports.kwok}`,
    });
    metrics = await startMetricsApi(folder, kubeconfig);
    const { port } = metrics;
    const serveMetrics = async (isServed: boolean): Promise<void> => {
      const services = list(metricServices(port));
      if (!isServed) await kubectl(["delete", "-f", "-", "--wait"], services);
      else {
        await kubectl(["apply", "-f", "-"], services);
        await kubectl(["wait", "apiservice", "--for=condition=Available", ...metricServiceNames]);
      }
    };
    await kubectl(["create", "-f", "-"], list([serviceOfMetrics(port), ...nodes.map(nodeObject)]));
    await serveMetrics(true);
    await kubectl(["wait", "node", "--for=condition=Ready", "--all"]);
    return {
      folder,
      kubeconfig,
      metrics,
      kubectl,
      kubeconfigOf,
      shiftedServer: (aheadMs) => shiftedServer(server, certificate("ca"), aheadMs),
      serveMetrics,
      restartApiServer: async (downMs) => {
        await ended(servers.get("kube-apiserver"));
        await wait(downMs);
        await startApiServer();
      },
      log: (name) => readFileSync(logFile(folder, name), "utf8"),
      audit: () =>
        readFileSync(path.join(folder, "audit.log"), "utf8")
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => JSON.parse(line) as AuditEvent),
      stop,
    };
  } catch (error) {
    const logs = [...servers.keys()].map((name) => `${name}: ${lastLines(folder, name)}`);
    await stop();
    throw new Error([messageOf(error), ...logs].join("\n"), { cause: error });
  }
}

type Flags = Readonly<Record<string, string | number | boolean>>;

/** Kills the server when its input ends: at the latest with the process that holds the other end. */
const guard = '"$@" & server=$!; cat >/dev/null; kill -9 "$server"; wait "$server" 2>/dev/null';

function startServer(name: BinaryName, flags: Flags, log: string): ChildProcess {
  const output = openSync(log, "a");
  const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  const child = spawn("sh", ["-c", guard, "sh", binaryPath(name), ...args], {
    stdio: ["pipe", output, output],
  });
  closeSync(output);
  return child;
}

async function ended(server: ChildProcess | undefined): Promise<void> {
  if (server === undefined || server.exitCode !== null) return;
  const gone = once(server, "exit");
  server.stdin?.end();
  await gone;
}

const startLimitMs = 40_000;

/** @throws Error where it does not succeed in that time */
async function until(what: string, attempt: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + startLimitMs;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`${what}: ${messageOf(error)}`, { cause: error });
      await wait(200);
    }
  }
}

const logFile = (folder: string, name: BinaryName): string => path.join(folder, `${name}.log`);
const lastLines = (folder: string, name: BinaryName): string =>
  readFileSync(logFile(folder, name), "utf8").split("\n").slice(-6).join("\n");

/** What accounts of Headroom's namespace ask for. */
const auditedAccounts = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    { level: "Metadata", userGroups: ["system:serviceaccounts:headroom"] },
    { level: "None" },
  ],
};

const nodeObject = (name: string): unknown => {
  const resources = { cpu: "8", memory: "32Gi", pods: "110" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", [kwokLabel]: "" },
    },
    status: { allocatable: resources, capacity: resources },
  };
};

const metricsName = "test-metrics";

/** Where the API server finds what it passes on to the API services. */
const serviceOfMetrics = (port: number): unknown => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: metricsName, namespace: namespaceOfMetrics },
  spec: { type: "ExternalName", externalName: "localhost", ports: [{ port }] },
});

const metricServiceNames = Object.entries(metricGroups).map(
  ([group, version]) => `${version}.${group}`,
);

const metricServices = (port: number): readonly unknown[] =>
  Object.entries(metricGroups).map(([group, version]) => ({
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name: `${version}.${group}` },
    spec: {
      group,
      version,
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { name: metricsName, namespace: namespaceOfMetrics, port },
    },
  }));

/**
 * What kube-proxy does on a node, for pods of `kubelet.ts`: a connection to a Service's cluster IP, an address of loopback,
 * goes to one of its ready pods and stays there. Where there is none it is refused.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import {
  CoreV1Api,
  KubeConfig,
  type V1Pod,
  type V1Service,
  type V1ServicePort,
} from "@kubernetes/client-node";
import type { ControlPlane } from "./control-plane.ts";
import { startWatch, type Watched } from "./watch.ts";

export interface LoadBalancer {
  stop(): Promise<void>;
}

interface Endpoint {
  readonly host: string;
  readonly port: number;
}

interface Frontend {
  readonly server: Server;
  /** At least one. */
  endpoints: readonly Endpoint[];
}

export async function startLoadBalancer(plane: ControlPlane): Promise<LoadBalancer> {
  const config = new KubeConfig();
  config.loadFromFile(plane.kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const frontends = new Map<string, Frontend>();
  const sockets = new Set<Socket>();

  const listen = (host: string, port: number, endpoints: readonly Endpoint[]): Frontend => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      // At random, as kube-proxy's rules choose.
      const chosen = frontend.endpoints[Math.floor(Math.random() * frontend.endpoints.length)];
      const pod = connect({ allowHalfOpen: true, noDelay: true, host: "", port: 0, ...chosen });
      for (const [socket, other] of [
        [client, pod],
        [pod, client],
      ] as const) {
        sockets.add(socket);
        socket.on("error", () => other.resetAndDestroy());
        socket.once("close", () => {
          sockets.delete(socket);
          other.destroySoon();
        });
        socket.pipe(other);
      }
    });
    const frontend = { server, endpoints };
    // A port that this user may not listen on stays closed.
    server.on("error", () => undefined);
    server.listen(port, host);
    return frontend;
  };

  const follow = (services: readonly V1Service[], pods: readonly V1Pod[]): void => {
    const unused = new Set(frontends.keys());
    for (const service of services)
      for (const port of service.spec?.ports ?? []) {
        const { clusterIP = "None" } = service.spec ?? {};
        const endpoints = endpointsOf(service, port, pods);
        if (clusterIP === "None" || endpoints.length === 0) continue;
        const address = `${clusterIP}:${port.port}`;
        unused.delete(address);
        const frontend = frontends.get(address) ?? listen(clusterIP, port.port, endpoints);
        frontend.endpoints = endpoints;
        frontends.set(address, frontend);
      }
    for (const address of unused) {
      // Its connections stay.
      frontends.get(address)?.server.close();
      frontends.delete(address);
    }
  };

  let services: Watched<V1Service> | undefined;
  let pods: Watched<V1Pod> | undefined;
  const onChange = (): void => follow(services?.list() ?? [], pods?.list() ?? []);
  const onDelete = onChange;
  services = await startWatch({
    config,
    path: "/api/v1/services",
    list: () => api.listServiceForAllNamespaces(),
    onChange,
    onDelete,
  });
  pods = await startWatch({
    config,
    path: "/api/v1/pods",
    list: () => api.listPodForAllNamespaces(),
    onChange,
    onDelete,
  });
  onChange();
  return {
    stop: async () => {
      await services?.stop();
      await pods?.stop();
      follow([], []);
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Ready ones; where all are being deleted, those that still serve. */
function endpointsOf(
  { metadata, spec }: V1Service,
  port: V1ServicePort,
  pods: readonly V1Pod[],
): readonly Endpoint[] {
  const selector = Object.entries(spec?.selector ?? {});
  if (selector.length === 0) return [];
  const serving = pods.filter(
    (pod) =>
      pod.metadata?.namespace === metadata?.namespace &&
      selector.every(([key, value]) => pod.metadata?.labels?.[key] === value) &&
      pod.status?.podIP !== undefined &&
      (spec?.publishNotReadyAddresses === true || isReady(pod)),
  );
  const staying = serving.filter((pod) => pod.metadata?.deletionTimestamp === undefined);
  const { targetPort = port.port } = port;
  return (staying.length > 0 ? staying : serving).map((pod) => ({
    host: pod.status?.podIP ?? "",
    port: typeof targetPort === "number" ? targetPort : portOf(pod, targetPort),
  }));
}

const isReady = ({ status }: V1Pod): boolean =>
  status?.conditions?.some((each) => each.type === "Ready" && each.status === "True") === true;

const portOf = ({ spec }: V1Pod, name: string): number =>
  spec?.containers.flatMap(({ ports = [] }) => ports).find((each) => each.name === name)
    ?.containerPort ?? 0;

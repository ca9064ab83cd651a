/**
 * metrics.k8s.io, custom.metrics.k8s.io and external.metrics.k8s.io behind the API server's aggregation: as metrics-server
 * it scrapes every 15 s and serves a pod from its second scrape on. A test sets what pods use and what metrics say; what
 * pods of `kubelet.ts` use is measured.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import { respondJson } from "../../sandbox/src/http.ts";
import type { KubernetesObject } from "../../sandbox/src/kubernetes/objects.ts";
import { selectorOf } from "../../sandbox/src/kubernetes/selectors.ts";
import { kibibytes, nanoCores, timestamp } from "../../sandbox/src/kubernetes/values.ts";
import { connect } from "../../src/observe/kubernetes/connection.ts";
import { objectSchemas, type PodObject } from "../../src/observe/kubernetes/objects.ts";
import { readList } from "../../src/observe/kubernetes/read-list.ts";
import { listening } from "../../src/testdata/free-port.ts";
import { certificateFile, keyFile } from "./certificates.ts";

/** Of one container, or of all containers of a workload together. */
export interface Usage {
  readonly cpuMilli: number;
  readonly memoryMi: number;
}

/** What a test sets; `NAMESPACE/APP` is the label `app` of pods. */
export interface MetricValues {
  /** Of the whole workload, shared by its ready pods; a workload that is absent has no usage metrics. */
  readonly usage: Map<string, Usage>;
  /** Of each pod: by `NAMESPACE/APP/METRIC`. */
  readonly pods: Map<string, string>;
  /** Of one object: by `NAMESPACE/RESOURCE/NAME/METRIC`. */
  readonly objects: Map<string, string>;
  /** By `NAMESPACE/METRIC`. */
  readonly external: Map<string, string>;
}

export const metricGroups = {
  "metrics.k8s.io": "v1beta1",
  "custom.metrics.k8s.io": "v1beta2",
  "external.metrics.k8s.io": "v1beta1",
} as const;

const scrapeMs = 15_000;

/** Between two scrapes. */
export interface PodUsage {
  readonly pod: PodObject;
  /** Epoch milliseconds, of the second one. */
  readonly at: number;
  readonly windowMs: number;
  /** By the container's name. */
  readonly containers: ReadonlyMap<string, Usage>;
}

/** Asked at each scrape. @returns usage of those of the running pods that it knows from its previous scrape */
export type UsageSource = (running: readonly PodObject[]) => readonly PodUsage[];

export interface MetricsApi {
  readonly port: number;
  readonly values: MetricValues;
  /** What pods use: as `values` says, and what a kubelet measures. */
  readonly sources: UsageSource[];
  /** Takes the next scrape now. */
  scrape(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMetricsApi(folder: string, kubeconfig: string): Promise<MetricsApi> {
  const values: MetricValues = {
    usage: new Map(),
    pods: new Map(),
    objects: new Map(),
    external: new Map(),
  };
  const connection = await connect({ namespace: "default", kubeconfig });
  let pods: readonly PodObject[] = [];
  let samples: readonly PodUsage[] = [];
  const sources = [usageThatIsSet(values.usage)];

  const scrape = async (): Promise<void> => {
    try {
      pods = (await readList(connection, "/api/v1/pods", objectSchemas.pod)).items;
    } catch {
      // The API server is being started: the samples grow old, as metrics-server's would.
      return;
    }
    const running = pods.filter(({ status }) => status.phase === "Running");
    samples = sources.flatMap((usageOf) => usageOf(running));
  };

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? "/", "https://metrics");
    const [, , group = "", version = "", ...rest] = url.pathname
      .split("/")
      .map((part) => decodeURIComponent(part));
    const list = (kind: string, items: readonly unknown[]): void =>
      respondJson(response, 200, {
        kind: `${kind}List`,
        apiVersion: `${group}/${version}`,
        metadata: {},
        items,
      });
    const selects = selectorOf(url.searchParams) ?? (() => true);
    const isSelected = ({ metadata }: PodObject): boolean =>
      selects({ metadata: { labels: metadata.labels } } as KubernetesObject);
    const [, namespace = "", resource = "", name = "", metric = ""] = rest;
    if (rest.join("") === "") return respondJson(response, 200, discovery(group, version));
    if (group === "metrics.k8s.io") {
      if (rest[0] === "nodes") return list("NodeMetrics", nodeMetrics(samples));
      const served = samples.filter(
        ({ pod }) => pod.metadata.namespace === namespace && isSelected(pod),
      );
      return list("PodMetrics", served.map(podMetrics));
    }
    if (group === "external.metrics.k8s.io") {
      const value = values.external.get(`${namespace}/${resource}`);
      const items = value === undefined ? [] : [{ metricName: resource, value, ...stamped() }];
      return list("ExternalMetricValue", items);
    }
    const described = (kind: string, object: string, value: string | undefined) =>
      value === undefined
        ? []
        : [
            {
              describedObject: { kind, namespace, name: object, apiVersion: "/v1" },
              metric: { name: metric },
              value,
              ...stamped(),
            },
          ];
    const items =
      resource === "pods"
        ? pods
            .filter((pod) => pod.metadata.namespace === namespace && isSelected(pod))
            .flatMap((pod) =>
              described("Pod", pod.metadata.name, values.pods.get(`${workloadOf(pod)}/${metric}`)),
            )
        : described(
            resource,
            name,
            values.objects.get([namespace, resource, name, metric].join("/")),
          );
    return items.length > 0
      ? list("MetricValue", items)
      : respondJson(response, 404, {
          kind: "Status",
          apiVersion: "v1",
          status: "Failure",
          reason: "NotFound",
          message: `the server could not find the metric ${metric} for ${resource} ${name}`,
          code: 404,
        });
  };

  const server = createServer(
    {
      key: readFileSync(keyFile(folder, "server")),
      cert: readFileSync(certificateFile(folder, "server")),
    },
    answer,
  );
  const port = await listening(server);
  const scraping = setInterval(() => void scrape(), scrapeMs);
  return {
    port,
    values,
    sources,
    scrape,
    stop: () => {
      clearInterval(scraping);
      connection.close();
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

const workloadOf = ({ metadata: { namespace = "", labels = {} } }: PodObject): string =>
  `${namespace}/${labels["app"] ?? ""}`;

const isReady = ({ status }: PodObject): boolean =>
  status.conditions?.some((each) => each.type === "Ready" && each.status === "True") === true;

const stamped = () => ({ timestamp: timestamp(Date.now()) });

/** Shared by the ready pods of a workload; in a pod, the first container does nine tenths of the work. */
function usageThatIsSet(usage: MetricValues["usage"]): UsageSource {
  let scrapedBefore = new Set<string>();
  return (running) => {
    const at = Date.now();
    const readyOf = (workload: string): number =>
      running.filter((pod) => workloadOf(pod) === workload && isReady(pod)).length;
    const served = running.flatMap((pod): readonly PodUsage[] => {
      const all = usage.get(workloadOf(pod));
      if (all === undefined || !scrapedBefore.has(pod.metadata.uid ?? "")) return [];
      const share = isReady(pod) ? 1 / readyOf(workloadOf(pod)) : 0;
      const cpuMilli = Math.max(1, all.cpuMilli * share);
      const others = pod.spec.containers.length - 1;
      const containers = pod.spec.containers.map(({ name }, index) => {
        const part = others === 0 ? 1 : index === 0 ? 0.9 : 0.1 / others;
        return [name, { cpuMilli: cpuMilli * part, memoryMi: all.memoryMi * part }] as const;
      });
      return [{ pod, at, windowMs: scrapeMs, containers: new Map(containers) }];
    });
    scrapedBefore = new Set(running.map(({ metadata }) => metadata.uid ?? ""));
    return served;
  };
}

function podMetrics({ pod, at, windowMs, containers }: PodUsage): unknown {
  const { name, namespace, labels } = pod.metadata;
  return {
    metadata: { name, namespace, labels, creationTimestamp: timestamp(at) },
    timestamp: timestamp(at),
    window: `${windowMs / 1000}s`,
    containers: [...containers].map(([container, usage]) => ({
      name: container,
      usage: { cpu: nanoCores(usage.cpuMilli), memory: kibibytes(usage.memoryMi * 1024 ** 2) },
    })),
  };
}

function nodeMetrics(samples: readonly PodUsage[]): readonly unknown[] {
  const nodeOf = ({ pod }: PodUsage): string => pod.spec.nodeName ?? "";
  return [...new Set(samples.map(nodeOf))].map((node) => {
    const used = samples
      .filter((sample) => nodeOf(sample) === node)
      .flatMap(({ containers }) => [...containers.values()]);
    const sum = (field: keyof Usage): number =>
      used.reduce((total, usage) => total + usage[field], 0);
    return {
      metadata: { name: node },
      ...stamped(),
      window: `${scrapeMs / 1000}s`,
      usage: { cpu: nanoCores(sum("cpuMilli")), memory: kibibytes(sum("memoryMi") * 1024 ** 2) },
    };
  });
}

/** Without it an API service is not available. The metrics' own names are not asked for by the autoscaler. */
const discovery = (group: string, version: string) => ({
  kind: "APIResourceList",
  apiVersion: "v1",
  groupVersion: `${group}/${version}`,
  resources:
    group === "metrics.k8s.io"
      ? [
          {
            name: "nodes",
            singularName: "",
            namespaced: false,
            kind: "NodeMetrics",
            verbs: ["get", "list"],
          },
          {
            name: "pods",
            singularName: "",
            namespaced: true,
            kind: "PodMetrics",
            verbs: ["get", "list"],
          },
        ]
      : [],
});

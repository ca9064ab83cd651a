/**
 * What an autoscaler's own metrics are between its syncs: `custom.metrics.k8s.io` and `external.metrics.k8s.io` are asked as
 * the controller asks them. What is not answered is named: no such API, forbidden, or no value.
 */
import * as z from "zod";
import { quantityNumber } from "../../domain/kubernetes-quantity.ts";
import { metricKey } from "../../domain/kubernetes-records.ts";
import type { Connection } from "./connection.ts";
import { KubernetesFailure } from "./kubernetes-failure.ts";
import { metricValues, selectorQuery, type NamedMetric, type Selector } from "./objects.ts";
import { namespacePath } from "./paths.ts";

/** A metric of an HPA that an adapter serves. */
export interface AskedMetric {
  readonly workload: string;
  readonly hpa: string;
  readonly metric: NamedMetric;
  /** Of the workload's pods; absent: it was not read. */
  readonly pods: Selector | undefined;
}

export interface ServedMetric {
  readonly workload: string;
  readonly hpa: string;
  readonly metric: string;
  readonly value: number;
  readonly count: number;
  readonly at: number;
}

interface PolledMetrics {
  readonly served: readonly ServedMetric[];
  /** By API, and by metric where that has no value: what its gap says. */
  readonly failed: ReadonlyMap<string, unknown>;
  /** APIs and metrics that answered. */
  readonly answered: readonly string[];
}

export async function servedMetrics(
  connection: Connection,
  namespace: string,
  asked: readonly AskedMetric[],
): Promise<PolledMetrics> {
  const served: ServedMetric[] = [];
  const failed = new Map<string, unknown>();
  const answered = new Set<string>();
  const versions = new Map<string, string>();
  for (const { workload, hpa, metric, pods } of asked) {
    const api = "external" in metric ? "external.metrics.k8s.io" : "custom.metrics.k8s.io";
    const path = pathOf(metric, namespace, pods);
    if (path === undefined || failed.has(api)) continue;
    const key = metricKey(metric);
    try {
      const version = versions.get(api) ?? (await versionOf(connection, api));
      versions.set(api, version);
      const { values, at } = await valuesOf(connection, `/apis/${api}/${version}/${path}`);
      answered.add(api);
      if (values.length === 0) failed.set(key, noValue(api, key));
      else {
        answered.add(key);
        const sum = values.reduce((total, value) => total + value, 0);
        const value = "pods" in metric ? sum / values.length : sum;
        served.push({ workload, hpa, metric: key, value, count: values.length, at });
      }
    } catch (error) {
      failed.set(api, error);
      answered.delete(api);
    }
  }
  return { served, failed, answered: [...answered] };
}

const group = z.object({ preferredVersion: z.object({ version: z.string() }) });

async function versionOf(connection: Connection, api: string): Promise<string> {
  const { document } = await connection.get(`/apis/${api}`);
  return shaped(group, document, api).preferredVersion.version;
}

function shaped<Shape>(shape: z.ZodType<Shape>, document: unknown, subject: string): Shape {
  const parsed = shape.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new KubernetesFailure(`${subject} answered in another shape`, "resource", 200);
}

/** None where the adapter does not know the metric (404). */
async function valuesOf(
  connection: Connection,
  path: string,
): Promise<{ readonly values: readonly number[]; readonly at: number }> {
  try {
    const { document, sentAt, receivedAt } = await connection.get(path);
    const { items } = shaped(metricValues, document, path);
    const values = items.flatMap(({ value }) => quantityNumber(value) ?? []);
    return { values, at: (sentAt + receivedAt) / 2 };
  } catch (error) {
    if (error instanceof KubernetesFailure && error.status === 404) return { values: [], at: 0 };
    throw error;
  }
}

const noValue = (api: string, key: string): KubernetesFailure =>
  new KubernetesFailure(
    `${api} has no value of ${key}: check the adapter's rule for the metric, and that what it reads is there`,
    "resource",
  );

/** As the controller asks, behind the version of the API. */
function pathOf(
  metric: NamedMetric,
  namespace: string,
  podSelector: Selector | undefined,
): string | undefined {
  const own = namespacePath(namespace);
  if ("external" in metric) {
    const { name, selector = {} } = metric.external.metric;
    return `${own}/${encodeURIComponent(name)}${query({ labelSelector: selector })}`;
  }
  const { name, selector = {} } = ("pods" in metric ? metric.pods : metric.object).metric;
  const encoded = encodeURIComponent(name);
  if ("pods" in metric)
    return podSelector === undefined
      ? undefined
      : `${own}/pods/*/${encoded}${query({ labelSelector: podSelector, metricLabelSelector: selector })}`;
  const { describedObject } = metric.object;
  const labels = query({ metricLabelSelector: selector });
  const of = encodeURIComponent(describedObject.name);
  return describedObject.kind === "Namespace"
    ? `namespaces/${of}/metrics/${encoded}${labels}`
    : `${own}/${resourceOf(describedObject)}/${of}/${encoded}${labels}`;
}

function query(selectors: Readonly<Record<string, Selector>>): string {
  const given = Object.entries(selectors)
    .map(([name, selector]) => [name, selectorQuery(selector)] as const)
    .filter(([, text]) => text !== "");
  return given.length === 0
    ? ""
    : `?${new URLSearchParams(given.map((pair) => [...pair])).toString()}`;
}

/** `ingresses.networking.k8s.io`: the plural that Kubernetes itself guesses from a kind. */
function resourceOf({
  apiVersion = "v1",
  kind,
}: {
  readonly apiVersion?: string | undefined;
  readonly kind: string;
}) {
  const singular = kind.toLowerCase();
  const plural = singular.endsWith("s")
    ? `${singular}es`
    : singular.endsWith("y")
      ? `${singular.slice(0, -1)}ies`
      : `${singular}s`;
  return apiVersion.includes("/") ? `${plural}.${apiVersion.split("/")[0] ?? ""}` : plural;
}

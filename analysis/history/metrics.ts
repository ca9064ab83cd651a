import { surfaceNames } from "../../src/domain/surface.ts";
import type { Finding } from "../../src/domain/verdict.ts";

/** How a metric is read: which way is bad, and how soon somebody must act (specification, alert severities). */
export interface MetricTraits {
  readonly title: string;
  readonly worse: "higher" | "lower";
  readonly severity: Finding["severity"];
}

type Kind = Omit<MetricTraits, "title">;

/** Numbers of the platform, by the first word; what follows is the workload. */
const workloadKinds: Readonly<Record<string, Kind & { readonly title: string }>> = {
  replicas: { title: "Most pods of", worse: "higher", severity: "P3" },
  "cpu-per-request": { title: "CPU per request of", worse: "higher", severity: "P3" },
};

/** By the last word of the metric; everything else is a latency. */
const kinds: Readonly<Record<string, Kind>> = {
  throughput: { worse: "lower", severity: "P2" },
  errors: { worse: "higher", severity: "P1" },
  ratio: { worse: "higher", severity: "P1" },
  availability: { worse: "lower", severity: "P1" },
  connections: { worse: "higher", severity: "P3" },
  "lock-waits": { worse: "higher", severity: "P3" },
  "cache-hits": { worse: "lower", severity: "P3" },
};

const partNames: Readonly<Record<string, string>> = { ...surfaceNames, database: "Database" };

/** The order in which metrics are reported: what is judged by the specification first. */
const firstMetrics = [
  "api.response.p95",
  "subgraph.response.p95",
  "web.page.p95",
  "database.query.p95",
  "throughput",
  "errors.ratio",
  "api.errors",
  "subgraph.errors",
  "web.errors",
  "api.availability",
  "subgraph.availability",
  "web.availability",
];

/** Unknown metrics (of an import, of a later version) are latencies until somebody says otherwise. */
export function metricTraits(metric: string): MetricTraits {
  const parts = metric.split(".");
  const ofWorkload = workloadKinds[parts[0] ?? ""];
  if (ofWorkload !== undefined && parts.length > 1)
    return { ...ofWorkload, title: `${ofWorkload.title} ${parts.slice(1).join(".")}` };
  const kind = kinds[parts.at(-1) ?? ""] ?? { worse: "higher", severity: "P2" };
  return { title: titleOf(metric, parts), ...kind };
}

function titleOf(metric: string, [first = "", ...rest]: readonly string[]): string {
  if (metric === "throughput") return "Throughput";
  if (metric === "errors.ratio") return "Error ratio";
  const name = partNames[first];
  if (name === undefined) return `All ${[first, ...rest].join(" ")}`;
  const what = rest.slice(0, -1).join(".");
  return [name, what, rest.at(-1)?.replaceAll("-", " ")].filter((word) => word !== "").join(" ");
}

export const inMetricOrder = (metrics: Iterable<string>): string[] =>
  [...metrics].toSorted((a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b));

function rankOf(metric: string): number {
  const at = firstMetrics.indexOf(metric);
  return at === -1 ? firstMetrics.length : at;
}

import type { Finding } from "../../src/domain/verdict.ts";

/** How a metric is read: which way is bad, and how soon somebody must act (specification, alert severities). */
export interface MetricTraits {
  readonly title: string;
  readonly worse: "higher" | "lower";
  readonly severity: Finding["severity"];
}

/** By the last word of the metric; everything else is a latency. */
const kinds: Readonly<Record<string, Omit<MetricTraits, "title">>> = {
  throughput: { worse: "lower", severity: "P2" },
  errors: { worse: "higher", severity: "P1" },
  ratio: { worse: "higher", severity: "P1" },
  availability: { worse: "lower", severity: "P1" },
};

const surfaceNames: Readonly<Record<string, string>> = {
  web: "Web",
  api: "API",
  subgraph: "Subgraph",
  database: "Database",
};

/** The order in which metrics are told: what is judged by the specification first. */
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
  const kind = kinds[parts.at(-1) ?? ""] ?? { worse: "higher", severity: "P2" };
  return { title: titleOf(metric, parts), ...kind };
}

function titleOf(metric: string, [first = "", ...rest]: readonly string[]): string {
  if (metric === "throughput") return "Throughput";
  if (metric === "errors.ratio") return "Error ratio";
  const name = surfaceNames[first];
  return name === undefined ? `All ${[first, ...rest].join(" ")}` : `${name} ${rest.join(" ")}`;
}

export const inMetricOrder = (metrics: Iterable<string>): string[] =>
  [...metrics].toSorted((a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b));

function rankOf(metric: string): number {
  const at = firstMetrics.indexOf(metric);
  return at === -1 ? firstMetrics.length : at;
}

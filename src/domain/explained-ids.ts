/**
 * Every id that a report names and that has a page, `docs/findings/<id>.md`: findings, checks, and why a run is not valid. Public.
 * A test compares them with the pages; the compiler refuses a finding or a reason whose id is not among them.
 */

/** Of runs, by what observed them. */
const runFindings = [
  "surface-down",
  "target-refused",
  "saturation",
  "error-burst",
  "generator-saturated",
  "assets-cut",
  "slow-assets",
  "slow-endpoint",
  "no-steady-state",
  "near-limit",
  "failures-seen",
  "writes-slow",
  "pods-throttled",
  "database-bottleneck",
  "pool-exhausted",
  "restarts",
  "transactions-failed",
  "client-slow-server-fast",
  "subgraph-lag",
  "database-slow",
  "database-slow-statement",
  "database-pool-exhausted",
  "database-connections",
  "database-lock-waits",
  "database-cache-misses",
  "database-replication-lag",
  "slow-asset",
  "page-failed",
  "nodes-not-ready",
  "autoscaling.scaled-to-zero",
  "autoscaling.hpa-changed",
  "pods-restarted",
  "utilisation-above-80-percent",
  "capacity-found",
] as const;

const gateFindings = [
  "slower-endpoint",
  "changed-shape",
  "platform-change",
  "small-regression",
  "gradual-regression",
] as const;

/** Of the objects in a cluster, before any load. */
const lintFindings = [
  "autoscaling.requests-missing",
  "autoscaling.container-unknown",
  "autoscaling.target-shared",
  "autoscaling.metric-missing",
  "autoscaling.quota-too-small",
  "autoscaling.limits-unlike-workload",
  "autoscaling.minimum-below-spare",
  "autoscaling.memory-never-freed",
  "autoscaling.latency-not-proportional",
  "autoscaling.readiness-missing",
  "autoscaling.maximum-unreachable",
  "autoscaling.maxima-above-limit",
] as const;

/** Of deployed workloads beside the specification's; the lint's have the prefix `autoscaling.`. */
const deployedDifferences = [
  "deployed-replicas-below-minimum",
  "deployed-no-autoscaler",
  "deployed-shared-workload",
  "deployed-requests-differ",
  "deployed-limits-differ",
  "deployed-limit-far-above-request",
  "deployed-readiness-missing",
  "deployed-probe-renders-page",
  "deployed-stateful-set",
] as const;

/** Of the specification's tables; the lint finds them as well, with the prefix `autoscaling.`. */
const tableContradictions = [
  "demand-above-maximum",
  "behaviour-per-metric",
  "minimum-unlike-workload",
] as const;

const planContradictions = [
  "maxima-unreachable",
  "order-date-passed",
  "database-fills-disk",
  "storage-reaches-limit",
  "targets-unclear",
  "use-unlike-history",
  "growth-unlike-history",
  "history-is-old",
] as const;

/** One that fails is a finding, too. */
const autoscalerChecks = [
  "autoscaling.a1-bounds",
  "autoscaling.a2-reaction",
  "autoscaling.a3-down-window",
  "autoscaling.a4-rate",
  "autoscaling.a5-disabled",
  "autoscaling.a6-predicted",
  "autoscaling.a7-flapping",
  "autoscaling.a8-conditions",
  "autoscaling.a9-pods-ready",
  "autoscaling.a10-time-to-serve",
  "autoscaling.a11-settled",
  "autoscaling.a12-terminations",
  "autoscaling.a13-nodes",
] as const;

/** Where the id of a check has a surface, a workload, a resource or a number in it, this is what is left. */
const otherChecks = [
  "response.p95",
  "web.page.p95",
  "web.page-load.p95",
  "database.query.p95",
  "throughput",
  "errors",
  "availability",
  "capacity",
  "platform.utilisation",
  "utilisation",
  "resilience.requests-lost",
  "resilience.recovery",
  "resilience.unavailable",
  "resilience.data-lost",
  "resilience.writes",
  "resilience.breaker",
  "resilience.downtime",
] as const;

const validityReasons = [
  "generator-saturated",
  "damaged-file",
  "unreadable-samples",
  "counts-disagree",
  "more-than-planned",
  "nothing-measured",
  "too-few-samples",
  "nothing-judged",
  "generator-not-observed",
  "generator-paused",
  "runner-late",
  "runner-share",
  "late-arrivals",
  "rate-not-reached",
  "requests-per-iteration",
] as const;

export type AutoscalerCheckId = (typeof autoscalerChecks)[number];
type DeployedDifferenceName = (typeof deployedDifferences)[number];
type TableContradictionName = (typeof tableContradictions)[number];

/** @anyOf [{"type":"string"}] */
export type FindingId =
  | (typeof runFindings)[number]
  | (typeof gateFindings)[number]
  | (typeof lintFindings)[number]
  | AutoscalerCheckId
  | `autoscaling.${DeployedDifferenceName | TableContradictionName}`;

/** Of a deployed workload. */
export type DeployedDifferenceId = DeployedDifferenceName;

/** @anyOf [{"type":"string"}] */
export type ContradictionId =
  | (typeof planContradictions)[number]
  | DeployedDifferenceName
  | TableContradictionName;

/** @anyOf [{"type":"string"}] */
export type ValidityCode = (typeof validityReasons)[number];

/** What may be silenced: findings, but those that say why a run is not valid or which check failed. */
export const silenceableIds: readonly string[] = [
  ...runFindings.filter((id) => id !== "generator-saturated"),
  ...gateFindings,
  ...lintFindings,
  ...[...deployedDifferences, ...tableContradictions].map((id) => `autoscaling.${id}`),
];

/** Those that have a page. */
export const explainedIds: readonly string[] = [
  ...new Set([
    ...runFindings,
    ...gateFindings,
    ...lintFindings,
    ...deployedDifferences,
    ...tableContradictions,
    ...planContradictions,
    ...autoscalerChecks,
    ...otherChecks,
    ...validityReasons,
  ]),
];

const all: ReadonlySet<string> = new Set(explainedIds);

/**
 * A surface, a workload, a resource or a number may stand around the id of a check: `api.response.p95`, `resilience.recovery.2`.
 * @returns the page that explains an id, of the longest run of its parts that has one; `undefined` for an unknown one
 */
export function pageOf(id: string): string | undefined {
  const parts = id.split(".");
  for (let length = parts.length; length > 0; length--)
    for (let from = 0; from + length <= parts.length; from++) {
      const part = parts.slice(from, from + length).join(".");
      if (all.has(part)) return part;
    }
  return undefined;
}

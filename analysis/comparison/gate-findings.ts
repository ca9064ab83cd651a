/** What a gate found besides its verdict: which endpoints carry the change, a changed shape, gradual regressions. Never the verdict itself. */
import { workloadOfCpuMetric } from "../../src/domain/history.ts";
import { judgedByLatency } from "../../src/domain/latency-objective.ts";
import type { Comparison } from "../../src/domain/comparison.ts";
import { formatRatio, plural } from "../../src/domain/number-text.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import { surfaceNoun } from "../phrases.ts";
import { surfaces, type Surface } from "../../src/domain/surface.ts";
import { compareSamples } from "./compare-samples.ts";
import { endpointOf, metricsOf, type GateMember } from "./gate-members.ts";
import type { GateJudgement } from "./judge-gate.ts";

type JudgedMetric = GateJudgement["metrics"][number];

export function gateFindings({ metrics }: Pick<GateJudgement, "metrics">): Finding[] {
  return [
    ...surfaces.flatMap((surface) => slowerEndpoints(metrics, surface)),
    ...surfaces.flatMap((surface) => changedShape(metrics, surface)),
    ...metrics.flatMap(platformChange),
    ...metrics.flatMap(smallRegression),
  ];
}

const shownEndpoints = 5;

/** Endpoints whose interval lies wholly beyond the margin, the worst first. */
function slowerEndpoints(metrics: readonly JudgedMetric[], surface: Surface): Finding[] {
  const worst = new Map<string, { ratio: number; text: string }>();
  const all = new Set<string>();
  for (const { id, outcome, comparison } of metrics) {
    const part = endpointOf(id);
    if (part?.surface !== surface || comparison === undefined) continue;
    all.add(part.endpoint);
    if (outcome !== "fail" || (worst.get(part.endpoint)?.ratio ?? 0) >= comparison.ratio) continue;
    const text = `${part.endpoint}: ${part.quantile} ${spanText(comparison)}`;
    worst.set(part.endpoint, { ratio: comparison.ratio, text });
  }
  if (worst.size === 0) return [];
  const ranked = [...worst].toSorted(([, a], [, b]) => b.ratio - a.ratio);
  const names = ranked.slice(0, shownEndpoints).map(([name]) => name);
  const more = ranked.length > names.length ? ` and ${ranked.length - names.length} more` : "";
  const carried =
    worst.size === all.size && all.size > 1
      ? `all ${plural(all.size, "endpoint")}, most by ${names[0] ?? ""}`
      : `${names.join(", ")}${more} (${worst.size} of ${plural(all.size, "endpoint")})`;
  return [
    {
      id: "slower-endpoint",
      severity: "P2",
      sentence: `The change of ${surfaceNoun[surface]} is carried by ${carried}.`,
      evidence: ranked
        .slice(0, shownEndpoints)
        .map(([, { text }]) => text)
        .join("; "),
      action: `Look at what the release changed behind ${names[0] ?? ""} first.`,
      surface,
    },
  ];
}

/** "1.21 times (1.18 to 1.24)". */
const spanText = ({ ratio, low, high }: Comparison): string =>
  `${formatRatio(ratio)} times the baseline (${formatRatio(low)} to ${formatRatio(high)})`;

/** p99 beyond the margin where p50 is fine, or the other way round: not a shift, another distribution. */
function changedShape(metrics: readonly JudgedMetric[], surface: Surface): Finding[] {
  const name = `${surface}.${judgedByLatency[surface].metric}`;
  const find = (quantile: string) => metrics.find(({ id }) => id === `${name}.${quantile}`);
  const [middle, tail] = [find("p50"), find("p99")];
  if (middle?.comparison === undefined || tail?.comparison === undefined) return [];
  const isTail = tail.outcome === "fail" && middle.outcome === "pass";
  const isMiddle = middle.outcome === "fail" && tail.outcome === "pass";
  if (!isTail && !isMiddle) return [];
  const [moved, kept] = isTail ? (["p99", "p50"] as const) : (["p50", "p99"] as const);
  return [
    {
      id: "changed-shape",
      severity: "P3",
      sentence: `Latency of ${surfaceNoun[surface]} changed its shape: ${moved} is beyond the margin, ${kept} is not.`,
      evidence: `p50 ${spanText(middle.comparison)}; p99 ${spanText(tail.comparison)}`,
      action: isTail
        ? "Look for what a few requests wait for: locks, garbage collection, cold caches."
        : "Look for work that was added to every request.",
      surface,
    },
  ];
}

function platformAdvice(id: string): string | undefined {
  if (id === "database.query.p95")
    return "Look at the statements that the release added or changed, and their plans.";
  return workloadOfCpuMetric(id) === undefined
    ? undefined
    : "Profile one request of each kind: the same work takes more CPU, and replicas will follow.";
}

/** The database or the CPU a request takes, beyond the margin: where the time went, or where it will go. */
function platformChange({ id, title, outcome, comparison }: JudgedMetric): Finding[] {
  const action = platformAdvice(id);
  if (action === undefined || outcome !== "fail" || comparison === undefined) return [];
  return [
    {
      id: "platform-change",
      severity: "P2",
      sentence: `${title} is beyond the margin.`,
      evidence: `${id}: ${spanText(comparison)}`,
      action,
    },
  ];
}

/** Passes, and is slower for certain. */
function smallRegression({ id, title, outcome, comparison, required }: JudgedMetric): Finding[] {
  const isCertain = comparison?.warnings.some(({ code }) => code === "small-regression") === true;
  if (!required || outcome !== "pass" || comparison === undefined || !isCertain) return [];
  return [
    {
      id: "small-regression",
      severity: "info",
      sentence: `${title} is worse for certain, by less than the margin.`,
      evidence: `${id}: ${spanText(comparison)}`,
      action:
        "Nothing blocks. Compare with an older baseline now and then (--reference): small steps add up.",
    },
  ];
}

/** Required metrics that went beyond the margin since an older, pinned reference, although each step was small. */
export function gradualRegressionFindings(
  reference: { readonly name: string; readonly members: readonly GateMember[] },
  candidate: readonly GateMember[],
  margin: number,
): Finding[] {
  const { name, members } = reference;
  return metricsOf({ baseline: members, candidate })
    .filter(({ required }) => required)
    .flatMap(({ id, title, better, floor = 0, ...values }) => {
      const [from, to] = [values.baseline, values.candidate].map((side) =>
        side.filter((value) => value !== undefined),
      );
      if (from === undefined || to === undefined || from.length === 0 || to.length === 0) return [];
      const comparison = compareSamples({ baseline: from, candidate: to, margin, better, floor });
      if (comparison.outcome !== "fail") return [];
      return [
        {
          id: "gradual-regression",
          severity: "P2" as const,
          sentence: `Gradual regression: ${title} is beyond the margin against the reference ${name}.`,
          evidence: `${id}: ${spanText(comparison)}, ${members.length} runs of the reference`,
          action: "The releases since then add up to this: find the steps with headroom history.",
        },
      ];
    });
}

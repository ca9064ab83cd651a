import { formatCount } from "../../src/domain/number-text.ts";
import { formatDuration } from "../../src/domain/time-text.ts";
import type { AutoscalingReport, WorkloadScaling } from "../../src/domain/autoscaling.ts";
import type { Report } from "../../src/domain/report.ts";
import { markup, type Fragment, type Markup } from "../markup.ts";
import { sparkline } from "../svg/sparkline.ts";
import { policyText, policyTone } from "../verdict-groups.ts";
import { badge } from "../kit/inline.ts";
import { figures } from "./chart-figures.ts";
import { mostWorkloads, type ChartPlan } from "./chart-plan.ts";
import { elapsedAt } from "./elapsed.ts";
import { gapList } from "./gaps.ts";
import { section, table, type Column, type Section } from "../kit/layout.ts";
import { scalingAnchor, workloadBlock } from "./workload.ts";

/** What scaled, when, and whether it obeyed its policy; then, for each workload, why. */
export function autoscaling(report: Report, plan: ChartPlan): Section | undefined {
  const seen = report.autoscaling;
  const names = [...plan.workloads.keys()];
  if (seen === undefined && names.length === 0 && plan.nodes.length === 0) return undefined;
  const hidden = (seen?.workloads.length ?? 0) - names.length;
  return section("autoscaling", "Autoscaling", leadOf(seen), [
    seen !== undefined && seen.workloads.length > 0 && summary(report, seen.workloads),
    seen && gapList(seen.gaps),
    seen && lint(seen),
    names.map((name) => workloadBlock(report, name, plan)),
    hidden > 0 && markup`<p class="muted">${hidden} more workloads are in verdicts.json.</p>`,
    plan.nodes.length > 0 && markup`<h3>Nodes</h3>`,
    figures(plan.nodes, plan, { level: 4 }),
  ]);
}

function leadOf(seen: AutoscalingReport | undefined): string {
  const usual =
    "Arrows mark the autoscaler’s steps; latency and errors of the same users stand beneath the pods, on the axis of all charts.";
  const scale = seen?.clock.scale ?? 1;
  if (scale === 1) return usual;
  return `${usual} The cluster’s clock ran ${formatCount(scale)} × as fast as ours: policies and the parts of time to serve count its seconds, charts and “after the load began” count ours.`;
}

const summaryColumns: readonly Column[] = [
  { title: "Workload" },
  { title: "Its policy" },
  { title: "Pods over the run" },
  { title: "Start → most → end" },
  { title: "Allowed" },
  { title: "First step" },
  { title: "Slowest to serve" },
];

const summary = (report: Report, workloads: readonly WorkloadScaling[]): Markup =>
  markup`<div class="scaled">${table(
    "What scaled, and whether it kept to its policy",
    summaryColumns,
    workloads.slice(0, mostWorkloads).map((workload, index) => summaryRow(report, workload, index)),
  )}</div>`;

function summaryRow(report: Report, workload: WorkloadScaling, index: number): readonly Fragment[] {
  const { autoscaler, replicas } = workload;
  return [
    markup`<a href="#${scalingAnchor(index)}">${workload.workload}</a>`,
    autoscaler === undefined
      ? badge("not-applicable", "no autoscaler")
      : markup`<span class="policy">${badge(policyTone(workload), policyText(workload))}</span>`,
    sparkOf(report, workload),
    replicas &&
      markup`<strong class="pods">${formatCount(replicas.atStart)} → ${formatCount(replicas.most)} → ${formatCount(replicas.atEnd)}</strong>`,
    autoscaler &&
      `${formatCount(autoscaler.minReplicas)} to ${formatCount(autoscaler.maxReplicas)}`,
    firstStep(report, workload),
    slowest(workload),
  ].map((cell) => (cell === undefined ? "–" : cell));
}

/** What ran: ready pods where they were told apart. All workloads have one scale, so that one pod looks small. */
function sparkOf(report: Report, { workload, replicas }: WorkloadScaling): Fragment {
  const all = report.series.filter(({ chart }) => chart === "replicas");
  const lines = all.filter((series) => series.workload === workload);
  const line = lines.find(({ role }) => role === "ready") ?? lines[0];
  if (line === undefined || line.points.length < 2) return undefined;
  const most = all
    .flatMap(({ points }) => points)
    .reduce((highest, [, value]) => Math.max(highest, value), 0);
  const said = replicas && `${replicas.least} to ${replicas.most} pods`;
  return sparkline({
    points: line.points,
    domain: [0, Math.max(most, 1)],
    isStep: true,
    label: `${workload}: ${said ?? line.label}`,
  });
}

function firstStep(report: Report, { decisions }: WorkloadScaling): string | undefined {
  const step = decisions.find(({ from, to }) => from !== to);
  return step && `${elapsedAt(report, step.at)}, ${step.from} → ${step.to}`;
}

function slowest({ timeToServe }: WorkloadScaling): string | undefined {
  if (timeToServe.length === 0) return undefined;
  const longest = Math.max(...timeToServe.map(({ totalMs }) => totalMs));
  return Number.isFinite(longest) ? formatDuration(longest) : "never served";
}

const mostLint = 30;

/** Contradictions that a look at the objects shows before any load. */
function lint({ lint: found }: AutoscalingReport): Markup | undefined {
  if (found.length === 0) return undefined;
  const more = found.length - mostLint;
  return markup`<h3>Before the load: what the configuration promises and cannot keep</h3>
<ul class="lint">${found.slice(0, mostLint).map(
    ({ id, sentence, action }) =>
      markup`<li><p>${sentence} <code class="muted">${id}</code></p><p class="action"><span class="arrow" aria-hidden="true">→</span> ${action}</p></li>
`,
  )}${more > 0 && markup`<li class="muted">${more} more in verdicts.json</li>`}</ul>`;
}

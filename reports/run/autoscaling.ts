import { absent, formatCount } from "../../src/domain/number-text.ts";
import { formatDuration } from "../../src/domain/time-text.ts";
import type { AutoscalingReport, WorkloadScaling } from "../../src/domain/autoscaling.ts";
import type { Report } from "../../src/domain/report.ts";
import {
  column,
  gaps,
  heading,
  itemTable,
  rest,
  sentences,
  type Block,
  type Cell,
  type ColumnOf,
  type Part,
} from "../kit/block.ts";
import type { Line } from "../kit/inline.ts";
import { podWords } from "../platform-words.ts";
import { missedChecks, policyText, policyTone, withoutName } from "../verdict-groups.ts";
import { countOutcomes, outcomeWords } from "../wording.ts";
import { figures, mostWorkloads, type ChartPlan } from "./chart-plan.ts";
import { atMost, elapsedAt, shownGaps } from "./words.ts";
import { scalingAnchor, workloadPart } from "./workload.ts";

/** What scaled, when, and whether it obeyed its policy; then, for each workload, why. */
export function autoscaling(report: Report, plan: ChartPlan): Part | undefined {
  const all = report.autoscaling;
  const names = [...plan.workloads.keys()];
  if (all === undefined && names.length === 0 && plan.nodes.length === 0) return undefined;
  return {
    id: "autoscaling",
    title: "Autoscaling",
    lead: leadOf(all),
    blocks: [
      ...(all === undefined
        ? []
        : [...summary(report, all), ...gaps(shownGaps(all.gaps)), ...lint(all)]),
      ...names.map((name): Block => ({ kind: "part", part: workloadPart(report, name, plan) })),
      ...rest((all?.workloads.length ?? 0) - names.length, "more workloads are in verdicts.json."),
      ...(plan.nodes.length === 0
        ? []
        : [
            {
              kind: "part" as const,
              part: { id: "nodes", title: "Nodes", blocks: figures(plan.nodes, plan) },
            },
          ]),
    ],
  };
}

function leadOf(all: AutoscalingReport | undefined): string {
  const usual =
    "Arrows mark the autoscaler’s steps; latency and errors of the same users stand beneath the pods, on the axis of all charts.";
  const scale = all?.clock.scale ?? 1;
  if (scale === 1) return usual;
  return `${usual} The cluster’s clock ran ${formatCount(scale)} × as fast as ours: policies and the parts of time to serve count its seconds, charts and “after the load began” count ours.`;
}

/** Every column that a scaled workload has somewhere; each form shows some of them. */
export const workloadColumns = (report: Report) =>
  ({
    name: column("workload", "Workload", ({ workload }) => ({
      shown: { text: workload, link: `#${anchorOf(report, workload)}` },
    })),
    policy: column("policy", "Policy", (workload) => ({
      shown:
        workload.autoscaler === undefined
          ? { text: "no autoscaler", tone: "not-applicable" }
          : { text: policyText(workload), tone: policyTone(workload) },
    })),
    curve: column("curve", "Pods over the run", (workload) => curveCell(report, workload)),
    pods: column("pods", "Pods", (workload) => {
      const { replicas } = workload;
      if (replicas === undefined) return absent;
      const steps = [replicas.atStart, replicas.most, replicas.atEnd].map(formatCount).join(" → ");
      return { text: podWords(workload) ?? absent, shown: { strong: steps } };
    }),
    allowed: column("allowed", "Allowed", ({ autoscaler }) =>
      autoscaler === undefined
        ? absent
        : `${formatCount(autoscaler.minReplicas)} to ${formatCount(autoscaler.maxReplicas)}`,
    ),
    firstStep: column("first_step", "First step", ({ decisions }) => {
      const step = decisions.find(({ from, to }) => from !== to);
      return step === undefined
        ? absent
        : `${elapsedAt(report, step.at)}, ${step.from} → ${step.to}`;
    }),
    slowest: column("slowest", "Slowest to serve", ({ timeToServe }) => {
      if (timeToServe.length === 0) return absent;
      const longest = Math.max(...timeToServe.map(({ totalMs }) => totalMs));
      return Number.isFinite(longest) ? formatDuration(longest) : "never served";
    }),
    verdicts: column("verdicts", "Verdicts", ({ checks }) => {
      const counts = countOutcomes(checks.map(({ verdict }) => verdict));
      return {
        shown: counts.map(([tone, number]) => ({ text: `${number} ${outcomeWords[tone]}`, tone })),
      };
    }),
    missed: column("missed", "What was missed", (workload) => {
      const lines = missedLines(workload);
      return { shown: lines.length === 0 ? { muted: "nothing" } : { lines } };
    }),
  }) satisfies Record<string, ColumnOf<WorkloadScaling>>;

const anchorOf = ({ autoscaling: all }: Report, name: string): string =>
  scalingAnchor(all?.workloads.findIndex(({ workload }) => workload === name) ?? 0);

const missedLines = (workload: WorkloadScaling): readonly Line[] =>
  missedChecks(workload).map(({ number, verdict: { title, reason } }): Line => [
    { strong: number },
    ` ${withoutName(title, workload.workload)}: ${withoutName(reason, workload.workload)}`,
  ]);

function summary(report: Report, { workloads }: AutoscalingReport): readonly Block[] {
  const { name, policy, curve, pods, allowed, firstStep, slowest } = workloadColumns(report);
  const columns = [
    name,
    { ...policy, title: "Its policy" },
    curve,
    { ...pods, title: "Start → most → end" },
    allowed,
    firstStep,
    slowest,
  ];
  const title = "What scaled, and whether it kept to its policy";
  return itemTable("scaled", title, workloads.slice(0, mostWorkloads), columns);
}

/** What ran: ready pods where they were told apart. All workloads have one scale, so that one pod looks small. */
function curveCell(report: Report, { workload, replicas }: WorkloadScaling): Cell {
  const all = report.series.filter(({ chart }) => chart === "replicas");
  const lines = all.filter((series) => series.workload === workload);
  const line = lines.find(({ role }) => role === "ready") ?? lines[0];
  if (line === undefined || line.points.length < 2) return absent;
  const most = all
    .flatMap(({ points }) => points)
    .reduce((highest, [, value]) => (value > highest ? value : highest), 0);
  const text = replicas === undefined ? line.label : `${replicas.least} to ${replicas.most} pods`;
  const label = `${workload}: ${text}`;
  const sparkline = {
    points: line.points,
    domain: [0, Math.max(most, 1)] as const,
    isStep: true,
    label,
  };
  return { text, shown: { sparkline } };
}

const mostLint = 30;

/** Contradictions that a className at the objects shows before any load. */
function lint({ lint: all }: AutoscalingReport): readonly Block[] {
  if (all.length === 0) return [];
  const items = all.map(({ id, sentence, action }): Line => [
    `${sentence} `,
    { code: id },
    { reason: `→ ${action}` },
  ]);
  return [
    heading("Before the load: what the configuration promises and cannot keep"),
    sentences(atMost(items, mostLint)),
  ];
}

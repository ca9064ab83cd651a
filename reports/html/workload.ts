import { formatCount } from "../../src/domain/number-text.ts";
import { formatTimeOfDay } from "../../src/domain/time-text.ts";
import type { WorkloadScaling } from "../../src/domain/autoscaling.ts";
import type { Report } from "../../src/domain/report.ts";
import type { Verdict } from "../../src/domain/verdict.ts";
import { markup, type Fragment, type Markup } from "../markup.ts";
import type { Mark } from "../kit/time-frame.ts";
import { policyText, policyTone, withoutName } from "../verdict-groups.ts";
import { surfaceNames } from "../wording.ts";
import { verdictBadge } from "./badge.ts";
import { badge } from "../kit/inline.ts";
import { figures } from "./chart-figures.ts";
import type { ChartPlan } from "./chart-plan.ts";
import { elapsedAt } from "./elapsed.ts";
import { gapList } from "./gaps.ts";
import { facts, table, type Column } from "../kit/layout.ts";
import { timeToServe } from "./time-to-serve.ts";

export const scalingAnchor = (index: number): string => `scaling-${index + 1}`;

/** One workload: its autoscaler in words, what it did on the common axis, the checks, and why it decided so. */
export function workloadBlock(report: Report, name: string, plan: ChartPlan): Markup {
  const index = [...plan.workloads.keys()].indexOf(name);
  const workload = report.autoscaling?.workloads.find((each) => each.workload === name);
  const id = scalingAnchor(index);
  const marks = workload === undefined ? [] : stepMarks(report, workload);
  return markup`<section class="workload" id="${id}" aria-labelledby="${id}-title">
<h3 id="${id}-title">${name} ${workload?.autoscaler && badge(policyTone(workload), policyText(workload))}</h3>
${
  workload &&
  markup`${facts(factsOf(workload))}
${gapList(workload.gaps)}`
}
${figures(plan.workloads.get(name) ?? [], plan, { level: 4, marks })}
${
  workload && [
    checks(workload),
    timeToServe(report, workload),
    decisions(report, workload, Math.floor(mostDecisions / plan.workloads.size)),
    events(report, workload, Math.floor(mostEvents / plan.workloads.size)),
  ]
}
</section>
`;
}

function factsOf(workload: WorkloadScaling): readonly (readonly [string, Fragment])[] {
  const { autoscaler, replicas, surfaces } = workload;
  return [
    ["Autoscaler", autoscaler?.name ?? "none"],
    [
      "Allowed",
      autoscaler &&
        `${formatCount(autoscaler.minReplicas)} to ${formatCount(autoscaler.maxReplicas)} pods`,
    ],
    [
      "Seen",
      replicas &&
        `${formatCount(replicas.atStart)} at the start, ${formatCount(replicas.least)} to ${formatCount(replicas.most)}, ${formatCount(replicas.atEnd)} at the end`,
    ],
    ["Targets", autoscaler && lines(autoscaler.targets)],
    ["Behaviour", autoscaler && lines(autoscaler.behaviour)],
    ["Serves", surfaces.map((surface) => surfaceNames[surface]).join(", ")],
  ];
}

const lines = (sentences: readonly string[]): Fragment =>
  sentences.length === 0
    ? undefined
    : sentences.map((sentence, index) => [index > 0 && markup`<br>`, sentence]);

const mostMarks = 60;

/** Every change of size that was decided, for an arrow in all panels of the workload. */
const stepMarks = (report: Report, { decisions: all }: WorkloadScaling): readonly Mark[] =>
  all
    .filter(({ from, to }) => from !== to)
    .slice(0, mostMarks)
    .map(({ at, from, to }) => ({
      at,
      kind: to > from ? "up" : "down",
      label: `${from} → ${to} at ${elapsedAt(report, at)}`,
    }));

const checkColumns: readonly Column[] = [
  { title: "No." },
  { title: "Check of the autoscaler" },
  { title: "Verdict" },
];

const mostEvidence = 8;

function checks({ workload, checks: all }: WorkloadScaling): Markup | undefined {
  if (all.length === 0) return undefined;
  const rows = all.map(({ number, verdict, evidence }) => [
    number,
    markup`<span class="name">${withoutName(verdict.title, workload)}</span><span class="reason">${withoutName(verdict.reason, workload)}</span>${evidenceOf(evidence, verdict.outcome)}`,
    verdictBadge(verdict),
  ]);
  return markup`<div class="checks">${table(`${workload}: did the autoscaler keep to its policy?`, checkColumns, rows)}</div>`;
}

/** Open where something was missed: there it is what the reader looks for. */
const evidenceOf = (evidence: readonly string[], outcome: Verdict["outcome"]): Markup | undefined =>
  evidence.length === 0
    ? undefined
    : markup`<details${(outcome === "fail" || outcome === "inconclusive") && markup` open`}><summary>Evidence (${evidence.length})</summary><ul class="plain">${evidence.slice(0, mostEvidence).map((each) => markup`<li>${each}</li>`)}${evidence.length > mostEvidence && markup`<li class="muted">${evidence.length - mostEvidence} more in verdicts.json</li>`}</ul></details>`;

const decisionColumns: readonly Column[] = [
  { title: "After the load began" },
  { title: "Pods", numeric: true },
  { title: "Metric that asked for most" },
  { title: "It proposed", numeric: true },
  { title: "Stabilised", numeric: true },
  { title: "Limited by" },
  { title: "In words" },
];

/** Of all workloads together. */
const mostDecisions = 64;

/** From the metric through the raw proposal and the window to the policy that held it back. */
function decisions(
  report: Report,
  { workload, decisions: all }: WorkloadScaling,
  most: number,
): Fragment {
  if (all.length === 0) return undefined;
  const rows = all
    .slice(0, most)
    .map((each) => [
      elapsedAt(report, each.at),
      markup`<strong>${each.from} → ${each.to}</strong>`,
      each.metric,
      formatCount(each.proposed),
      formatCount(each.stabilised),
      each.limitedBy ?? markup`<span class="muted">nothing</span>`,
      markup`<span class="reason">${each.sentence}</span>`,
    ]);
  const more = all.length - rows.length;
  return markup`<h4>Why the autoscaler decided</h4>
<div class="decisions">${table(`${workload}: why the autoscaler decided`, decisionColumns, rows)}</div>${more > 0 && markup`<p class="muted">${more} later decisions are in verdicts.json.</p>`}`;
}

/** Of all workloads together. */
const mostEvents = 64;

function events(
  report: Report,
  { events: all }: WorkloadScaling,
  most: number,
): Markup | undefined {
  if (all.length === 0) return undefined;
  const items = all.slice(0, most).map(
    ({ at, reason, message }) =>
      markup`<li><strong>${elapsedAt(report, at)}</strong> <code>${reason}</code> ${message} <span class="muted">${formatTimeOfDay(at)}</span></li>
`,
  );
  const more = all.length - items.length;
  return markup`<details><summary>Events of the autoscaler (${all.length})</summary><ul class="plain">
${items}${more > 0 && markup`<li class="muted">${more} more in verdicts.json</li>`}</ul></details>`;
}

import { formatCount } from "../../src/domain/number-text.ts";
import { formatTimeOfDay } from "../../src/domain/time-text.ts";
import type { WorkloadScaling } from "../../src/domain/autoscaling.ts";
import type { Report } from "../../src/domain/report.ts";
import {
  column,
  facts,
  folded,
  gaps,
  heading,
  itemTable,
  numberColumn,
  rest,
  sentences,
  type Block,
  type Part,
} from "../kit/block.ts";
import type { Line } from "../kit/inline.ts";
import type { Mark } from "../kit/time-frame.ts";
import { policyText, policyTone, withoutName } from "../verdict-groups.ts";
import { surfaceNames } from "../wording.ts";
import { figures, type ChartPlan } from "./chart-plan.ts";
import { timeToServe } from "./time-to-serve.ts";
import { atMost, count, elapsedAt, shownGaps, verdictBadge } from "./words.ts";

export const scalingAnchor = (index: number): string => `scaling-${index + 1}`;

/** One workload: its autoscaler in words, what it did on the common axis, the checks, and why it decided so. */
export function workloadPart(report: Report, name: string, plan: ChartPlan): Part {
  const id = scalingAnchor([...plan.workloads.keys()].indexOf(name));
  const panels = plan.workloads.get(name) ?? [];
  const workload = report.autoscaling?.workloads.find((each) => each.workload === name);
  if (workload === undefined) return { id, title: name, blocks: figures(panels, plan) };
  return {
    id,
    title: name,
    mark: workload.autoscaler && { text: policyText(workload), tone: policyTone(workload) },
    blocks: [
      factsOf(workload),
      ...gaps(shownGaps(workload.gaps)),
      ...figures(panels, plan, stepMarks(report, workload)),
      ...checks(workload),
      ...timeToServe(report, workload),
      ...decisions(report, workload, Math.floor(mostDecisions / plan.workloads.size)),
      ...events(report, workload, Math.floor(mostEvents / plan.workloads.size)),
    ],
  };
}

function factsOf({ autoscaler, replicas, surfaces }: WorkloadScaling): Block {
  const [least, most] = [autoscaler?.minReplicas, autoscaler?.maxReplicas].map(formatCount);
  return facts([
    ["Autoscaler", autoscaler?.name ?? "none"],
    ["Allowed", autoscaler && `${least} to ${most} pods`],
    [
      "Seen",
      replicas &&
        `${formatCount(replicas.atStart)} at the start, ${formatCount(replicas.least)} to ${formatCount(replicas.most)}, ${formatCount(replicas.atEnd)} at the end`,
    ],
    ["Targets", linesOf(autoscaler?.targets)],
    ["Behaviour", linesOf(autoscaler?.behaviour)],
    ["Serves", surfaces.map((surface) => surfaceNames[surface]).join(", ")],
  ]);
}

const linesOf = (lines: readonly string[] = []): Line | undefined =>
  lines.length === 0 ? undefined : { lines };

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

const mostEvidence = 8;

/** Evidence is open where something was missed: there it is what the reader looks for. */
const checks = ({ workload, checks: all }: WorkloadScaling): readonly Block[] =>
  itemTable("checks", `${workload}: did the autoscaler keep to its policy?`, all, [
    column("number", "No.", ({ number }) => number),
    column("check", "Check of the autoscaler", ({ verdict, evidence }) => {
      const { title, reason, outcome } = verdict;
      const name = withoutName(title, workload);
      const items = atMost(evidence, mostEvidence);
      const isOpen = outcome === "fail" || outcome === "inconclusive";
      const list = { folded: `Evidence (${evidence.length})`, items, isOpen };
      const shown = [{ name }, { reason: withoutName(reason, workload) }];
      return { text: name, shown: evidence.length === 0 ? shown : [...shown, list] };
    }),
    column("verdict", "Verdict", ({ verdict }) => ({ shown: verdictBadge(verdict) })),
  ]);

/** Of all workloads together. */
const mostDecisions = 64;

/** From the metric through the raw proposal and the window to the policy that held it back. */
function decisions(
  report: Report,
  { workload, decisions: all }: WorkloadScaling,
  most: number,
): readonly Block[] {
  if (all.length === 0) return [];
  const title = "Why the autoscaler decided";
  return [
    heading(title),
    ...itemTable("decisions", `${workload}: ${title.toLowerCase()}`, all.slice(0, most), [
      column("at", "After the load began", ({ at }) => elapsedAt(report, at)),
      numberColumn("pods", "Pods", ({ from, to }) => ({ shown: { strong: `${from} → ${to}` } })),
      column("metric", "Metric that asked for most", ({ metric }) => metric),
      count("proposed", "It proposed", ({ proposed }) => proposed),
      count("stabilised", "Stabilised", ({ stabilised }) => stabilised),
      column(
        "limit",
        "Limited by",
        ({ limitedBy }) => limitedBy ?? { shown: { muted: "nothing" } },
      ),
      column("words", "In words", ({ sentence: reason }) => ({ shown: { reason } })),
    ]),
    ...rest(all.length - most, "later decisions are in verdicts.json."),
  ];
}

/** Of all workloads together. */
const mostEvents = 64;

function events(report: Report, { events: all }: WorkloadScaling, most: number): readonly Block[] {
  if (all.length === 0) return [];
  const items = all.map(({ at, reason, message }): Line => [
    { strong: elapsedAt(report, at) },
    " ",
    { code: reason },
    ` ${message} `,
    { muted: formatTimeOfDay(at) },
  ]);
  return [folded(`Events of the autoscaler (${all.length})`, [sentences(atMost(items, most))])];
}

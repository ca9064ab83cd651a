import { formatCount, formatLatency, formatValue } from "../../src/domain/number-text.ts";
import { formatDuration, formatElapsed } from "../../src/domain/time-text.ts";
import {
  charts,
  column,
  facts,
  nothing,
  numberColumn,
  sentences,
  table,
  tableOf,
  type Block,
  type Part,
} from "../kit/block.ts";
import { partSection } from "../kit/block-page.ts";
import { pageShell } from "../kit/page-shell.ts";
import { timeChart, type Panel } from "../kit/time-chart.ts";
import type { TimeFrame } from "../kit/time-frame.ts";
import { markup, type Markup } from "../markup.ts";
import {
  frontOf,
  type FrontEntry,
  type SimulatedWorkload,
  type SimulationDocument,
  type SweepDocument,
} from "./document.ts";
import { nodePanels, workloadFrame, workloadPanels } from "./panels.ts";
import { scatter } from "./scatter.ts";

const pointsPerLine = 600;

/** `headroom simulate -o page.html`: one file, complete without its script, that asks no network, from the outcome down to the assumptions. */
export function simulationPage(document: SimulationDocument): string {
  return pageShell({
    title: markup`${titleOf(document)} · Headroom simulation`,
    header: header(document),
    sections: partsOf(document).map((part) => partSection(part)),
    footer: markup`Headroom ${document.headroom} · seed ${document.seed} · a simulation, not a measurement`,
  });
}

const titleOf = ({ totals }: SimulationDocument): string =>
  totals.violationSeconds === 0
    ? "No violation"
    : `${formatDuration(totals.violationSeconds * 1000)} of violation`;

function header(document: SimulationDocument): Markup {
  const { totals, workloads, durationMs } = document;
  const spent = [
    `${formatCount(totals.podHours)} pod-hours`,
    totals.nodeHours === undefined ? "" : `${formatCount(totals.nodeHours)} node-hours`,
    totals.cost === undefined ? "" : `cost ${formatCount(totals.cost)}`,
  ].filter((part) => part !== "");
  const parts = workloads.map(
    (one) =>
      `${one.name} went from ${one.smallestReplicas} to ${one.largestReplicas} replicas in ${one.rescales.length} steps and answered within ${formatLatency(one.largestP95Ms)} (p95, worst moment; limit ${formatValue(one.p95LimitMs, "ms")})`,
  );
  return markup`<header class="overview incomplete">
<div class="inner">
<p class="what">Simulation of <strong>${workloads.map(({ name }) => name).join(", ")}</strong> under ${document.load}, ${formatDuration(durationMs)}</p>
<h1><span class="word">${titleOf(document)}</span> <span class="exit">${spent.join(", ")}</span></h1>
<p class="sentence">${parts.join("; ")}.</p>
</div>
</header>`;
}

/** The parts of a simulation: each workload, what they share, the policies compared, why sizes changed, what it rests on. */
const partsOf = (document: SimulationDocument): readonly Part[] => [
  ...document.workloads.map((workload) => workloadPart(workload, document)),
  ...(document.workloads.length > 1 ? [sharedPart(document)] : []),
  ...(document.sweep === undefined ? [] : [sweepPart(document.sweep)]),
  ...document.workloads.map(decisionsPart),
  assumptionsPart(document),
];

function workloadPart(workload: SimulatedWorkload, document: SimulationDocument): Part {
  const { name, hpa, failedRequests, requests, violationSeconds } = workload;
  const frame = workloadFrame(workload, document.durationMs);
  const axis = "All charts share one axis: minutes and seconds from the start.";
  return {
    id: `workload-${name}`,
    title: name,
    lead: frame.bands.length === 0 ? axis : `${axis} On the red ground p95 is above its limit.`,
    blocks: [
      facts([
        ["Policy", hpa.source],
        ["Replicas", `${hpa.minReplicas} to ${hpa.maxReplicas}`],
        ["Targets", hpa.targets.join(", ")],
        ["Up", hpa.up],
        ["Down", hpa.down],
        ["Violation", formatDuration(violationSeconds * 1000)],
        ["Pod-hours", formatCount(workload.podHours)],
        ["Requests given up", `${formatCount(failedRequests)} of ${formatCount(requests)}`],
      ]),
      timeCharts(workloadPanels(workload, document), frame),
    ],
  };
}

function sharedPart(document: SimulationDocument): Part {
  const frame = { from: 0, to: document.durationMs, origin: 0, bands: [], marks: [] };
  return {
    id: "nodes",
    title: "Nodes and cost",
    blocks: [timeCharts(nodePanels(document), frame)],
  };
}

const timeCharts = (panels: readonly Panel[], frame: TimeFrame): Block =>
  charts(
    panels
      .filter(({ lines }) => lines.some(({ points }) => points.length > 0))
      .map((panel) => timeChart(panel, frame, pointsPerLine)),
    "column",
  );

const mostDecisions = 60;

function decisionsPart({ name, rescales }: SimulatedWorkload): Part {
  const head = { id: `why-${name}`, title: `Why ${name} scaled` };
  if (rescales.length === 0) return { ...head, blocks: [nothing("Its size never changes.")] };
  const more = rescales.length - mostDecisions;
  const decisions = tableOf(head, rescales.slice(0, mostDecisions), [
    column("rescale", "Rescale", ({ atMs, from, to }) => `${formatElapsed(atMs)}: ${from} → ${to}`),
    numberColumn("asked_for", "Asked for", ({ rawProposal }) => formatCount(rawProposal)),
    numberColumn("stabilised", "Stabilised", ({ stabilised }) => formatCount(stabilised)),
    column("sentence", "In words", ({ sentence }) => sentence),
  ]);
  return {
    ...head,
    lead: "The metric that asked for most decides; the stabilisation window may hold it back, and the policies only limit how fast the size moves.",
    blocks: [...table(decisions), ...(more > 0 ? [nothing(`${more} more with --json.`)] : [])],
  };
}

function sweepPart(sweep: SweepDocument): Part {
  const { axes, points } = sweep;
  const given = points.find((point) => point.isGiven);
  const beaten = given === undefined || given.onFront ? [] : [{ ...given, alike: 0 }];
  const policies = tableOf(
    { id: "front", title: "The front, the cheapest first" },
    [...frontOf(points), ...beaten],
    [
      ...axes.map((axis) => column<FrontEntry>(axis, axis, ({ choice }) => choice[axis] ?? "")),
      numberColumn("violation_seconds", "Violation", ({ violationSeconds }) =>
        formatDuration(violationSeconds * 1000),
      ),
      numberColumn("pod_hours", "Pod-hours", ({ podHours }) => formatCount(podHours)),
      numberColumn("given_up", "Given up", ({ failedRequests }) => formatCount(failedRequests)),
      column("remark", "", ({ isGiven, alike }) =>
        [...(isGiven ? ["as given"] : []), ...(alike > 0 ? [`and ${alike} alike`] : [])].join(", "),
      ),
    ],
  );
  return {
    id: "sweep",
    title: "Which policy",
    lead: `${points.length} policies for ${sweep.workload}, the same traffic and the same seed. A policy is on the front (◆) where no other has both fewer violation seconds and fewer pod-hours; everything else (●) is beaten by one of them.`,
    blocks: [charts([scatter(sweep)], "wide"), ...table(policies)],
  };
}

function assumptionsPart({ assumptions, workloads }: SimulationDocument): Part {
  const losses = tableOf(
    {
      id: "losses",
      title: "Figures of the specification's table that one object per workload cannot keep",
    },
    workloads.flatMap(({ hpa }) => hpa.losses),
    [column("loss", "What is lost", (loss: string) => loss)],
  );
  return {
    id: "assumptions",
    title: "What this rests on",
    lead: "The autoscaler is the exact one of Kubernetes; the platform around it is a model. Feed it with measured values.",
    blocks: [sentences(assumptions), ...table(losses, true)],
  };
}

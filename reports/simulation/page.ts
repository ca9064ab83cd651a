import { formatCount, formatLatency, formatValue } from "../../src/domain/number-text.ts";
import { formatDuration, formatElapsed } from "../../src/domain/time-text.ts";
import { facts, nothing, section, table, type Section } from "../kit/layout.ts";
import { pageShell } from "../kit/page-shell.ts";
import { markup, type Markup } from "../markup.ts";
import { chartGrid } from "../kit/chart.ts";
import { timeFigure, type Panel } from "../kit/time-chart.ts";
import type { TimeFrame } from "../kit/time-frame.ts";
import {
  frontOf,
  type SimulatedWorkload,
  type SimulationDocument,
  type SweepDocument,
} from "./document.ts";
import { nodePanels, workloadFrame, workloadPanels } from "./panels.ts";
import { scatter } from "./scatter.ts";
import { simulationStyle } from "./style.ts";

const pointsPerLine = 600;

/** `headroom simulate -o page.html`: one file without script or network, from the outcome down to the assumptions. */
export function simulationPage(document: SimulationDocument): string {
  const sections = [
    ...document.workloads.map((workload) => workloadSection(workload, document)),
    ...(document.workloads.length > 1 ? [sharedSection(document)] : []),
    ...(document.sweep === undefined ? [] : [sweepSection(document.sweep)]),
    ...document.workloads.map(decisions),
    assumptions(document),
  ];
  return pageShell({
    title: markup`${titleOf(document)} · Headroom simulation`,
    style: simulationStyle,
    header: header(document),
    sections,
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

function workloadSection(workload: SimulatedWorkload, document: SimulationDocument): Section {
  const { name, hpa, failedRequests, requests, violationSeconds } = workload;
  const frame = workloadFrame(workload, document.durationMs);
  const lead =
    frame.bands.length === 0
      ? "All charts share one axis: minutes and seconds from the start."
      : "All charts share one axis: minutes and seconds from the start. On the red ground p95 is above its limit.";
  const content = [
    policyFacts([
      ["Policy", hpa.source],
      ["Replicas", `${hpa.minReplicas} to ${hpa.maxReplicas}`],
      ["Targets", hpa.targets.join(", ")],
      ["Up", hpa.up],
      ["Down", hpa.down],
      ["Violation", formatDuration(violationSeconds * 1000)],
      ["Pod-hours", formatCount(workload.podHours)],
      ["Requests given up", `${formatCount(failedRequests)} of ${formatCount(requests)}`],
    ]),
    chartColumn(workloadPanels(workload, document), frame),
  ];
  return section(`workload-${name}`, name, lead, content);
}

const policyFacts = (pairs: Parameters<typeof facts>[0]): Markup =>
  markup`<div class="policy">${facts(pairs)}</div>`;

function sharedSection(document: SimulationDocument): Section {
  const frame = { from: 0, to: document.durationMs, origin: 0, bands: [], marks: [] };
  return section("nodes", "Nodes and cost", undefined, chartColumn(nodePanels(document), frame));
}

const chartColumn = (panels: readonly Panel[], frame: TimeFrame): Markup =>
  markup`<div class="charts">${panels
    .filter(({ lines }) => lines.some(({ points }) => points.length > 0))
    .map((panel) => timeFigure(panel, frame, { pointsPerLine }))}</div>`;

const mostDecisions = 60;

function decisions({ name, rescales }: SimulatedWorkload): Section {
  const id = `why-${name}`;
  const title = `Why ${name} scaled`;
  if (rescales.length === 0)
    return section(id, title, undefined, nothing("Its size never changes."));
  const lead =
    "The metric that asked for most decides; the stabilisation window may hold it back, and the policies only limit how fast the size moves.";
  const rows = rescales
    .slice(0, mostDecisions)
    .map(({ atMs, from, to, rawProposal, stabilised, sentence }) => [
      `${formatElapsed(atMs)}: ${from} → ${to}`,
      formatCount(rawProposal),
      formatCount(stabilised),
      sentence,
    ]);
  const columns = [
    { title: "Rescale" },
    { title: "Asked for", numeric: true },
    { title: "Stabilised", numeric: true },
    { title: "In words" },
  ];
  const more = rescales.length - mostDecisions;
  return section(id, title, lead, [
    table(title, columns, rows),
    more > 0 && markup`<p class="muted">${more} more with --json.</p>`,
  ]);
}

function sweepSection(sweep: SweepDocument): Section {
  const { axes, points } = sweep;
  const front = frontOf(points);
  const lead = `${points.length} policies for ${sweep.workload}, the same traffic and the same seed. A policy is on the front (◆) where no other has both fewer violation seconds and fewer pod-hours; everything else (●) is beaten by one of them.`;
  const columns = [
    ...axes.map((axis) => ({ title: axis })),
    { title: "Violation", numeric: true },
    { title: "Pod-hours", numeric: true },
    { title: "Given up", numeric: true },
    { title: "" },
  ];
  const given = points.find((point) => point.isGiven);
  const beaten = given === undefined || given.onFront ? [] : [{ ...given, alike: 0 }];
  const rows = [...front, ...beaten].map((point) => [
    ...axes.map((axis) => point.choice[axis] ?? ""),
    formatDuration(point.violationSeconds * 1000),
    formatCount(point.podHours),
    formatCount(point.failedRequests),
    [point.isGiven && "as given", point.alike > 0 && `and ${point.alike} alike`]
      .filter((word) => word !== false)
      .join(", "),
  ]);
  return section("sweep", "Which policy", lead, [
    chartGrid([scatter(sweep)]),
    table("The front, the cheapest first", columns, rows),
  ]);
}

function assumptions({ assumptions: sentences, workloads }: SimulationDocument): Section {
  const losses = workloads.flatMap(({ hpa }) => hpa.losses);
  return section(
    "assumptions",
    "What this rests on",
    "The autoscaler is the exact one of Kubernetes; the platform around it is a model. Feed it with measured values.",
    [
      markup`<ul class="method">${sentences.map((sentence) => markup`<li>${sentence}</li>`)}</ul>`,
      losses.length > 0 &&
        markup`<details><summary>${losses.length} figures of the specification's table that one object per workload cannot keep</summary><ul class="method">${losses.map((loss) => markup`<li>${loss}</li>`)}</ul></details>`,
    ],
  );
}

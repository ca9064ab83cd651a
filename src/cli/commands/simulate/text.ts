/** The document as plain text: what happens over time, every rescale with its reason, the front of a sweep. */
import { formatCount, formatValue } from "../../../domain/number-text.ts";
import { formatDuration, formatElapsed } from "../../../domain/time-text.ts";
import { frontOf } from "../../../../reports/simulation/document.ts";
import type {
  SimulatedWorkload,
  SimulationDocument,
  SweepDocument,
} from "../../../../reports/simulation/document.ts";
import { textTable } from "../../../../reports/kit/text-table.ts";

const rowsWanted = 12;
const mostRescales = 40;

export function simulationText(document: SimulationDocument): string {
  return [
    `${document.load}; ${formatDuration(document.durationMs)}, seed ${document.seed}\n`,
    ...document.workloads.map((workload) => workloadText(workload, document)),
    totalsText(document),
    ...(document.sweep === undefined ? [] : [sweepText(document.sweep)]),
  ].join("\n");
}

function workloadText(workload: SimulatedWorkload, document: SimulationDocument): string {
  const { name, hpa, loadShare } = workload;
  const share = loadShare === 1 ? "" : `, ${formatValue(loadShare, "ratio")} of the load`;
  return [
    `${name}: ${hpa.minReplicas} to ${hpa.maxReplicas} replicas by ${hpa.source}${share}\n`,
    `  largest of ${hpa.targets.join(", ")}\n`,
    `  up ${hpa.up}; down ${hpa.down}\n`,
    "\n",
    momentsTable(workload, document),
    "\n",
    rescalesText(workload),
  ].join("");
}

/** A dozen rows; latency is the worst since the row before, the rest is the moment. */
function momentsTable(
  { series }: SimulatedWorkload,
  { nodes, durationMs }: SimulationDocument,
): string {
  const step = stepOf(durationMs);
  const hasCost = nodes?.pricePerNodeHour !== undefined;
  const rows: string[][] = [];
  for (let from = 0; from < durationMs; from += step) {
    const index = series.findIndex(({ atMs }) => atMs >= from);
    const moment = series[index];
    if (moment === undefined) break;
    const worst = series
      .filter(({ atMs }) => atMs > from - step && atMs <= from)
      .reduce((most, { p95Ms }) => Math.max(most, p95Ms), 0);
    const fleet = nodes?.series[index];
    const { ofTarget } = moment;
    const [leader] = Object.entries(ofTarget).toSorted(([, a], [, b]) => b - a);
    rows.push([
      formatElapsed(moment.atMs),
      formatCount(moment.requestsPerMinute),
      String(moment.desiredReplicas),
      String(moment.readyReplicas),
      leader === undefined ? "–" : `${Math.round(leader[1] * 100)} % ${leader[0]}`,
      formatValue(worst, "ms"),
      ...(fleet === undefined ? [] : [String(fleet.ready), String(fleet.pendingPods)]),
      formatCount(moment.podHours),
      ...(fleet === undefined ? [] : [formatCount(fleet.nodeHours)]),
      ...(hasCost ? [formatCount(fleet?.cost ?? 0)] : []),
    ]);
  }
  const header = [
    "time",
    "requests/min",
    "desired",
    "ready",
    "of target",
    "worst p95",
    ...(nodes === undefined ? [] : ["nodes", "pending"]),
    "pod-hours",
    ...(nodes === undefined ? [] : ["node-hours"]),
    ...(hasCost ? ["cost"] : []),
  ];
  return textTable([header, ...rows], []);
}

/** Round steps of five minutes, an hour and the like. */
function stepOf(durationMs: number): number {
  const minutes = [1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440];
  const step = minutes.find((each) => durationMs / (each * 60_000) <= rowsWanted) ?? 2880;
  return step * 60_000;
}

function rescalesText({ rescales }: SimulatedWorkload): string {
  if (rescales.length === 0) return "the size never changes\n";
  const rows = rescales
    .slice(0, mostRescales)
    .map(({ atMs, from, to, sentence }) => [formatElapsed(atMs), `${from} → ${to}`, sentence]);
  const more = rescales.length - mostRescales;
  return [
    "why it scaled\n",
    textTable(rows, [1, 2]),
    more > 0 ? `… and ${more} more; --json has all\n` : "",
  ].join("");
}

function totalsText({ workloads, totals }: SimulationDocument): string {
  const header = ["", "violation", "worst p95", "failed", "replicas", "rescales", "pod-hours"];
  const rows = workloads.map((one) => [
    one.name,
    `${one.violationSeconds} s`,
    formatValue(one.largestP95Ms, "ms"),
    formatCount(one.failedRequests),
    `${one.smallestReplicas} to ${one.largestReplicas}`,
    String(one.rescales.length),
    formatCount(one.podHours),
  ]);
  const fleet = [
    totals.nodeHours === undefined ? "" : `${formatCount(totals.nodeHours)} node-hours`,
    totals.cost === undefined ? "" : `cost ${formatCount(totals.cost)}`,
  ].filter((part) => part !== "");
  return `${textTable([header, ...rows])}${fleet.length === 0 ? "" : `${fleet.join(", ")}\n`}`;
}

function sweepText({ axes, points, workload }: SweepDocument): string {
  const front = frontOf(points);
  const given = points.find((point) => point.isGiven);
  const row = (mark: string, point: SweepDocument["points"][number]): string[] => [
    mark,
    ...axes.map((axis) => point.choice[axis] ?? ""),
    `${point.violationSeconds} s`,
    formatCount(point.podHours),
    formatCount(point.failedRequests),
  ];
  const rows = [
    ["", ...axes, "violation", "pod-hours", "failed"],
    ...front.map((point) => row(point.isGiven ? "front, as given" : "front", point)),
    ...(given === undefined || given.onFront ? [] : [row("as given", given)]),
  ];
  const alike = front.reduce((sum, point) => sum + point.alike, 0);
  return [
    `sweep of ${workload}: ${points.length} simulations, ${front.length} on the Pareto front of violation seconds against pod-hours\n`,
    textTable(rows),
    alike === 0 ? "" : `${alike} more equal one of these in both measures\n`,
  ].join("");
}

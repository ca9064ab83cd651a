/** What a workload carries, as pictures: its response times and its throughput over load. */
import { decimal, percent } from "../../src/domain/number-text.ts";
import type { CapacityLevel, FittedLaw, WorkloadCapacity } from "../../src/domain/capacity.ts";
import { key, type Chart } from "../kit/chart.ts";
import {
  axisFromZero,
  inWords,
  linearAxis,
  type Axis,
  type Plot,
  type PlotDot,
  type PlotPoint,
} from "../kit/plot.ts";
import { rateText, whole } from "./formats.ts";

const perMinute = (perSecond: number): number => perSecond * 60;
const requests = (perSecond: number): string => `${rateText(perSecond)} requests/min`;

/** Levels of the runs that the capacity stands on: those with the fewest pods. */
const ownLevels = ({ levels, replicas }: WorkloadCapacity): readonly CapacityLevel[] =>
  levels.filter((level) => replicas === undefined || level.replicas === replicas);

const classNameOf = ({ state }: Pick<CapacityLevel, "state">): string =>
  state === "generator-saturated" ? "left-out" : state;

/** How high above its limit a response time is still drawn. */
const mostOfLimit = 2.5;

type Surface = WorkloadCapacity["surfaces"][number];

/** Response times over load, with the limit and the interval of the capacity; one for each surface. */
export const loadLatencyCharts = (workload: WorkloadCapacity): readonly Chart[] =>
  workload.surfaces.flatMap((surface) => loadLatencyChart(workload, surface) ?? []);

function loadLatencyChart(workload: WorkloadCapacity, surface: Surface): Chart | undefined {
  const levels = latencyLevels(workload, surface);
  const [first] = levels;
  if (first === undefined) return undefined;
  const capacities = [workload.capacityAtObjective ?? []].flat();
  const offered = [
    ...levels.map((level) => level.x),
    ...capacities.map(({ point }) => perMinute(point)),
  ];
  const x = axisFromZero(Math.max(...offered), 5, whole, "requests/min offered");
  const title = `${workload.workload}: response time of ${surface} over load`;
  const plot: Plot = {
    title,
    description: inWords(levels, ({ rate, p95Ms }) => `${rate}: p95 ${latencyText(p95Ms, whole)}`),
    plotHeight: 200,
    x,
    y: linearAxis([0, first.limitMs * mostOfLimit], 4, (ms) => `${whole(ms)} ms`),
    lines: [
      { className: "main", points: latencyLine(levels, ({ p95Ms }) => p95Ms) },
      { className: "other1 d1", points: latencyLine(levels, ({ p50Ms }) => p50Ms) },
    ],
    dots: levels.map((level) => ({
      className: classNameOf(level),
      x: level.x,
      y: level.p95Ms,
      words: `${level.rate}, ${level.state}: p50 ${decimal(level.p50Ms ?? 0)} ms, p95 ${latencyText(level.p95Ms, decimal)}`,
    })),
    // An open end is drawn to the edge.
    spans: capacities.map(({ low, high }) => ({
      className: "interval",
      from: Number.isFinite(low) ? Math.max(0, perMinute(low)) : 0,
      to: Number.isFinite(high) ? perMinute(high) : x.to,
    })),
    uprights: capacities.map(({ point }) => ({
      className: "knee",
      x: perMinute(point),
      label: `capacity ${requests(point)}`,
    })),
    levels: [{ className: "ceiling", y: first.limitMs, label: `limit ${whole(first.limitMs)} ms` }],
  };
  const legend = [
    key("main", "line", "p95"),
    key("other1 d1", "line", "p50"),
    key("saturated", "dot", "saturated level"),
    ...capacities.map(() => key("interval", "ground", "interval of the capacity")),
  ];
  return { title, legend, plots: [plot], note: loadNote(workload, levels.length) };
}

/** A level at one surface, whose load is its place. */
type LatencyLevel = ReturnType<typeof latencyLevels>[number];

const latencyLevels = (workload: WorkloadCapacity, surface: Surface) =>
  ownLevels(workload).flatMap(({ latency, offeredPerSecond, state }) => {
    const [x, rate] = [perMinute(offeredPerSecond), requests(offeredPerSecond)];
    return latency.flatMap(({ p95Ms, ...level }) =>
      level.surface !== surface || p95Ms === undefined ? [] : [{ ...level, p95Ms, state, x, rate }],
    );
  });

const latencyText = (ms: number, format: (ms: number) => string): string =>
  Number.isFinite(ms) ? `${format(ms)} ms` : "never answered";

const latencyLine = (
  levels: readonly LatencyLevel[],
  of: (level: LatencyLevel) => number | undefined,
): readonly PlotPoint[] =>
  levels
    .filter((level) => level.state !== "generator-saturated" && Number.isFinite(of(level)))
    .map((level) => [level.x, of(level) ?? 0] as const)
    .toSorted(([a], [b]) => a - b);

function loadNote({ bindingLimit, replicas, state }: WorkloadCapacity, levels: number): string {
  const pods =
    replicas === undefined
      ? "an unknown number of pods"
      : `${replicas} ${replicas === 1 ? "pod" : "pods"}`;
  const bound = bindingLimit === undefined ? "" : ` ${bindingLimit.sentence.replace(/\.$/, "")}.`;
  const open = state === "identified" ? "" : " The capacity was not found: see the state above.";
  return `${levels} levels at ${pods}.${bound}${open} An arrow is a response time beyond the picture.`;
}

/** Throughput over requests at once with its law, and how far each level lies from it. */
export function throughputChart(workload: WorkloadCapacity): Chart | undefined {
  const levels = ownLevels(workload).filter(({ concurrency }) => concurrency > 0);
  if (levels.length < 2) return undefined;
  const law = throughputLaw(workload.law);
  const most = Math.max(...levels.map(({ concurrency }) => concurrency));
  const x = axisFromZero(most, 5, (n) => decimal(n), "requests in the system");
  const upper = throughputPlot(workload, levels, x);
  const { title } = upper;
  const legend = [key("level", "dot", "levels"), key("saturated", "dot", "saturated")];
  if (law === undefined)
    return {
      title,
      legend,
      plots: [upper],
      note: "No law could be fitted to these levels: what stopped it stands among what was not measured.",
    };
  return {
    title,
    legend: [...legend, key("main", "line", "fitted law")],
    plots: [upper, residualPlot(workload.workload, levels, { at: law.at, x })],
    note: `${law.coefficients}; intervals in the table. Below: each level, percent off the law. A pattern there, rather than a scatter, says that the law does not hold.`,
  };
}

/** Requests per minute at N at once; absent where a coefficient is. */
function throughputLaw(law: FittedLaw | undefined) {
  const [sigma, kappa, lambda] = [law?.sigma.point, law?.kappa.point, law?.lambda.point];
  if (sigma === undefined || kappa === undefined || lambda === undefined) return undefined;
  return {
    at: (n: number) => perMinute((lambda * n) / (1 + sigma * (n - 1) + kappa * n * (n - 1))),
    coefficients: `σ ${decimal(sigma, 4)}, κ ${decimal(kappa, 6)}, λ ${decimal(lambda, 2)}/s`,
  };
}

const curvePoints = 80;

function throughputPlot(
  { workload, law: fitted }: WorkloadCapacity,
  levels: readonly CapacityLevel[],
  x: Axis,
): Plot {
  const law = throughputLaw(fitted);
  const { point, low, high } = fitted?.peak ?? {};
  const numbers = Array.from(
    { length: curvePoints },
    (_, index) => (x.to * (index + 1)) / curvePoints,
  );
  const curve = law === undefined ? [] : numbers.map((n) => [n, Math.max(0, law.at(n))] as const);
  const completed = levels.map(({ completedPerSecond }) => perMinute(completedPerSecond));
  const height = Math.max(...completed, ...curve.map(([, y]) => y));
  return {
    title: `${workload}: throughput (requests/min) and its scalability law`,
    description: inWords(
      levels,
      ({ concurrency, completedPerSecond }) =>
        `N ${decimal(concurrency)}: ${requests(completedPerSecond)}`,
    ),
    plotHeight: 200,
    x,
    y: linearAxis([0, height * 1.08], 4, whole),
    lines: [{ className: "main", points: curve }],
    dots: levels.map((level) => levelDot(level, perMinute(level.completedPerSecond))),
    spans:
      low === undefined || high === undefined || low > x.to
        ? []
        : [{ className: "interval", from: low, to: Math.min(high, x.to) }],
    uprights:
      point === undefined || point > x.to
        ? []
        : [{ className: "knee", x: point, label: `knee at ${decimal(point)}` }],
  };
}

function residualPlot(
  workload: string,
  levels: readonly CapacityLevel[],
  { at, x }: { readonly at: (n: number) => number; readonly x: Axis },
): Plot {
  const residuals = levels.map((level) => ({
    level,
    share: perMinute(level.completedPerSecond) / at(level.concurrency) - 1,
  }));
  const reach = Math.max(0.05, ...residuals.map(({ share }) => Math.abs(share))) * 1.15;
  return {
    title: `${workload}: levels against the law`,
    description: inWords(
      residuals,
      ({ level, share }) => `N ${decimal(level.concurrency)}: ${percent(share)}`,
    ),
    plotHeight: 80,
    x,
    y: linearAxis([-reach, reach], 3, percent),
    levels: [{ className: "zero", y: 0, label: "" }],
    dots: residuals.map(({ level, share }) => levelDot(level, share)),
  };
}

const levelDot = (level: CapacityLevel, y: number): PlotDot => ({
  className: classNameOf(level),
  x: level.concurrency,
  y,
  words: `${level.phase}, ${level.state}: N ${decimal(level.concurrency)}, ${requests(level.completedPerSecond)}`,
});

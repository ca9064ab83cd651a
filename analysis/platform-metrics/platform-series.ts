import { mean } from "simple-statistics";
import type { Series } from "../../src/domain/report.ts";
import type { Surface } from "../../src/domain/surface.ts";
import { surfaces } from "../../src/domain/surface.ts";
import { latencyNoun, sentenceCase } from "../phrases.ts";
import { subjectOf, type ObservedLine } from "./observed-lines.ts";
import { ingressLine, type PlatformContext } from "./platform-context.ts";
import { busiest, resourceNames } from "./utilisation.ts";

const style = "line" as const;

/** One axis for the client, the ingress and the servers (the database's own observer adds its line); then what else moved. */
export const platformSeries = (context: PlatformContext): Series[] =>
  [...correlation(context), ...utilisation(context), ...details(context)].filter(
    ({ points }) => points.length > 0,
  );

function correlation(context: PlatformContext): Series[] {
  const { lines } = context;
  return [
    ...surfaces.map((surface) => client(context, surface)),
    ...(lines.get("ingress.p95") ?? []).map((line) => ingress(context, line)),
    ...(lines.get("server.p95") ?? []).map((line) =>
      seriesOf("correlation", `Server ${subjectOf(line)}, p95`, line),
    ),
  ];
}

const seriesOf = (chart: string, label: string, { unit, points }: ObservedLine): Series => ({
  chart,
  label,
  unit,
  style,
  points,
});

const platformSeriesOf = (chart: string, label: string, line: ObservedLine): Series => ({
  ...seriesOf(chart, label, line),
  section: "platform",
});

/** It belongs to a surface where it stands before that one alone: `dapp` serves two. */
function ingress(context: PlatformContext, line: ObservedLine): Series {
  const served = surfaces.filter((surface) => ingressLine(context, surface) === line);
  const [only] = served;
  return {
    ...seriesOf("correlation", `Ingress ${subjectOf(line)}, p95`, line),
    ...(only === undefined || served.length > 1 ? {} : { surface: only }),
  };
}

/** Buckets in which more than 5 % failed have no finite p95 and are gaps. */
function client({ measured }: PlatformContext, surface: Surface): Series {
  const points = [...measured.surfaces.latencyByBucket[surface]]
    .toSorted(([one], [other]) => one - other)
    .flatMap(([at, histogram]) => {
      const p95 = histogram.quantile(0.95) ?? Infinity;
      return Number.isFinite(p95) ? [[at, p95] as const] : [];
    });
  const label = `${sentenceCase(latencyNoun[surface])} at the client, p95`;
  return { chart: "correlation", label, unit: "ms", surface, style, points };
}

/** The busiest of each resource. */
const utilisation = (context: PlatformContext): Series[] =>
  resourceNames.flatMap((resource) => {
    const found = busiest(context, resource);
    const label = `${sentenceCase(resource)}: ${found === undefined ? "" : subjectOf(found.line)}`;
    return found === undefined ? [] : [platformSeriesOf("utilisation", label, found.line)];
  });

interface Detail {
  readonly chart: string;
  readonly query: string;
  readonly label: string;
  /** Shown only where a line reaches this: a flat line at nothing is no picture. */
  readonly worthSeeing: number;
}

const detailCharts = [
  { chart: "CPU throttling", query: "container.throttling", label: "", worthSeeing: 0.05 },
  {
    chart: "connection pools",
    query: "postgres.connections.utilisation",
    label: "PostgreSQL, share of its limit: ",
    worthSeeing: 0.2,
  },
  {
    chart: "connection pools",
    query: "subgraph.pool.wait",
    label: "graph-node, wait: ",
    worthSeeing: 1,
  },
  {
    chart: "connection pools",
    query: "subgraph.semaphore.wait",
    label: "graph-node, wait for a turn: ",
    worthSeeing: 1,
  },
  {
    chart: "subgraph lag",
    query: "subgraph.lag",
    label: "Blocks behind: ",
    worthSeeing: 1,
  },
  {
    chart: "errors",
    query: "ingress.errors",
    label: "Ingress, 5xx: ",
    worthSeeing: 0.001,
  },
  { chart: "errors", query: "chain.failures", label: "Chain calls: ", worthSeeing: 0.001 },
  {
    chart: "errors",
    query: "chain.sending.failures",
    label: "Transactions not sent: ",
    worthSeeing: 0.001,
  },
  { chart: "errors", query: "portal.errors", label: "Portal, 5xx: ", worthSeeing: 0.001 },
  { chart: "back ends", query: "chain.p95", label: "Chain, p95: ", worthSeeing: 0 },
  { chart: "back ends", query: "portal.mean", label: "Portal, mean: ", worthSeeing: 0 },
] as const satisfies readonly Detail[];

/** The worst lines of each, at most four. */
const details = ({ lines }: PlatformContext): Series[] =>
  detailCharts.flatMap(({ chart, query, label, worthSeeing }) =>
    (lines.get(query) ?? [])
      .filter(({ points }) => points.some(([, value]) => value >= worthSeeing))
      .toSorted((one, other) => averageOf(other) - averageOf(one))
      .slice(0, 4)
      .map((line) => platformSeriesOf(chart, `${label}${subjectOf(line)}`, line)),
  );

const averageOf = ({ points }: ObservedLine): number => mean(points.map(([, value]) => value));

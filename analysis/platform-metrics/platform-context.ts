import { workloadOf } from "../../src/domain/plan.ts";
import { quantile } from "simple-statistics";
import { looksBack } from "../../profiles/platform/store-queries.ts";
import { Histogram } from "../../src/domain/histogram.ts";
import type { RunData } from "../../src/domain/run.ts";
import { surfaces, type Surface } from "../../src/domain/surface.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import { isJudged } from "../judged-time.ts";
import type { GroupName } from "../measurements/groups.ts";
import type { Measurements } from "../measurements/index.ts";
import { isObserved, observedTime, type ObservedTime } from "../observed-time.ts";
import {
  judgedPoints,
  linesOf,
  lookBackMs,
  type ObservedLine,
  type ObservedLines,
} from "./observed-lines.ts";

/** What the rules read: the load as measured, and what the store saw meanwhile. */
export interface PlatformContext {
  readonly data: RunData;
  readonly measured: Measurements;
  readonly lines: ObservedLines;
}

/** Looks for one kind of thing worth saying. Pure. */
export type PlatformRule = (context: PlatformContext) => readonly Finding[];

/** Fewer values of a line in the judged time say nothing: 15 s apart, this is the better part of a minute. */
export const minimumValues = 3;
/** Fewer requests say nothing about a p95 here. */
const minimumRequests = 100;
/** Fewer probes say nothing about the database's p95. */
const minimumProbes = 50;

export const platformContext = (data: RunData, measured: Measurements): PlatformContext => ({
  data,
  measured,
  lines: linesOf(data.observations, "prometheus"),
});

/** @returns `undefined` where the environment names no metrics store */
export const observedPlatform = (
  data: RunData,
  measured: Measurements,
): PlatformContext | undefined =>
  data.run.plan.observers?.includes("prometheus") === true
    ? platformContext(data, measured)
    : undefined;

const judgedValues = ({ lines, measured }: PlatformContext, line: ObservedLine): number[] =>
  judgedPoints(line, measured.time, lookBackMs(lines)).map(([, value]) => value);

/** Lines of a query with enough values in the judged time, those values beside. */
export function judgedLines(
  context: PlatformContext,
  name: string,
): { readonly line: ObservedLine; readonly values: readonly number[] }[] {
  return (context.lines.get(name) ?? [])
    .map((line) => ({ line, values: judgedValues(context, line) }))
    .filter(({ values }) => values.length >= minimumValues);
}

/** What a request is for the server: a document counts without its assets, as the ingress sees it. */
const requestGroups = {
  web: "response web read",
  api: "response api read",
  subgraph: "response subgraph read",
} as const satisfies Record<Surface, GroupName>;

/** p95 of a surface's requests as the client saw them. @returns `undefined` for too few, or where more than 5 % failed */
export function clientP95(
  { measured }: PlatformContext,
  surface: Surface,
): { readonly p95Ms: number; readonly requests: number } | undefined {
  const group = measured.surfaces.groups.get(requestGroups[surface]);
  if (group === undefined) return undefined;
  const whole = Histogram.merged(group.batches);
  const p95Ms = whole.quantile(0.95);
  if (p95Ms === undefined || !Number.isFinite(p95Ms) || whole.count < minimumRequests)
    return undefined;
  return { p95Ms, requests: whole.count };
}

/** Surfaces whose requests are slower than their objective. */
export function slowSurfaces(
  context: PlatformContext,
): { readonly surface: Surface; readonly p95Ms: number; readonly limitMs: number }[] {
  const { responseP95Ms } = context.data.run.plan.objectives;
  return surfaces.flatMap((surface) => {
    const client = clientP95(context, surface);
    const limitMs = responseP95Ms[surface];
    return client !== undefined && client.p95Ms > limitMs
      ? [{ surface, p95Ms: client.p95Ms, limitMs }]
      : [];
  });
}

/**
 * The ingress before a surface: named like its workload, or the only one whose name holds that of the workload or is held
 * by it (the chart's ingress `graph-node` leads to the StatefulSet `graph-node-combined`).
 */
export function ingressLine(
  { lines, data }: PlatformContext,
  surface: Surface,
): ObservedLine | undefined {
  const workload = workloadOf(data.run.plan, surface);
  const all = lines.get("ingress.p95") ?? [];
  const exact = all.find(({ labels }) => labels["ingress"] === workload);
  const alike = all.filter(({ labels: { ingress = "" } }) =>
    ingress === "" ? false : ingress.includes(workload) || workload.startsWith(`${ingress}-`),
  );
  return exact ?? (alike.length === 1 ? alike[0] : undefined);
}

/** A store's scrapes lie no further apart, as a rule, milliseconds. */
const scrapeStandsMs = 60_000;

/** How much of the judged time at least one of a query's lines was observed. */
export function observedOfLines(
  { lines, measured: { time } }: PlatformContext,
  ofQuery: readonly ObservedLine[],
): ObservedTime {
  const backMs = lookBackMs(lines);
  const instants = ofQuery.flatMap((line) => judgedPoints(line, time, backMs).map(([at]) => at));
  const excusedMs = ofQuery.some(({ name }) => looksBack(name)) ? backMs : 0;
  return observedTime(time, instants, { standsMs: scrapeStandsMs, excusedMs });
}

/**
 * p95 of a surface's ingress over the judged time: the 95th percentile of its values, because a server that is slow for a
 * part of the time is slow for the client's p95.
 * @returns `undefined` where it was seen for too little of that time, or stands before other surfaces too: fast ones hide a slow one
 */
export function ingressP95(context: PlatformContext, surface: Surface): number | undefined {
  const line = ingressLine(context, surface);
  const isShared = surfaces.some(
    (other) =>
      other !== surface &&
      context.data.run.plan.requestsPerMinuteBySurface[other] > 0 &&
      ingressLine(context, other) === line,
  );
  if (line === undefined || isShared) return undefined;
  const values = judgedValues(context, line);
  return values.length < minimumValues || !isObserved(observedOfLines(context, [line]))
    ? undefined
    : quantile(values, 0.95);
}

/** p95 of the database's probe in the judged time. @returns `undefined` where the database was not probed enough */
export function probeP95({
  data,
  measured,
}: PlatformContext): { readonly p95Ms: number; readonly probes: number } | undefined {
  const latencies = data.observations
    .filter(
      ({ source, name, at }) =>
        source === "database" && name === "probe.latency" && isJudged(measured.time, at),
    )
    .map(({ value }) => value);
  return latencies.length < minimumProbes
    ? undefined
    : { p95Ms: quantile(latencies, 0.95), probes: latencies.length };
}

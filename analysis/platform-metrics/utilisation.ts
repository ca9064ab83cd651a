import { mean } from "simple-statistics";
import type { GapCode } from "../../src/domain/observation.ts";
import { gapsOf } from "../gaps.ts";
import type { ObservedTime } from "../observed-time.ts";
import { utilisationLimit, utilisationVerdict } from "../utilisation.ts";
import { notTestable, type CheckHead, type CheckResult } from "../verdicts/check.ts";
import { defineRunCheck } from "../verdicts/run-check.ts";
import { judgedPoints, lookBackMs, subjectOf, type ObservedLine } from "./observed-lines.ts";
import { minimumValues, observedOfLines, type PlatformContext } from "./platform-context.ts";

/** Queries whose lines are shares of a resource. */
const resources = {
  cpu: { noun: "CPU", queries: ["container.cpu.utilisation", "node.cpu.utilisation"] },
  memory: { noun: "Memory", queries: ["container.memory.utilisation", "node.memory.utilisation"] },
  disk: {
    noun: "Disk",
    queries: ["node.disk.utilisation", "node.disk.busy", "volume.utilisation"],
  },
  network: { noun: "Network", queries: ["node.network.receive", "node.network.transmit"] },
} as const;
type Resource = keyof typeof resources;
export const resourceNames = [
  "cpu",
  "memory",
  "disk",
  "network",
] as const satisfies readonly Resource[];

/** Values closer together than this are nearly the same: scrapes come every 15 s as a rule. */
const apartMs = 15_000;

/** The alert of the specification as a check for each resource: the busiest of its containers, nodes, disks or links on the mean. */
export const platformUtilisationCheck = defineRunCheck(
  {
    id: "platform.utilisation",
    group: "utilisation",
    title: "Use of the platform's resources",
    requires: [],
    optional: ["platform"],
  },
  ({ platform }) =>
    platform === undefined ? [] : resourceNames.map((resource) => verdictOf(platform, resource)),
);

function verdictOf(context: PlatformContext, resource: Resource): CheckResult {
  const { noun } = resources[resource];
  const head: CheckHead = {
    id: `platform.utilisation.${resource}`,
    group: "utilisation",
    title: `${noun} use of the platform`,
  };
  const found = busiest(context, resource);
  if (found === undefined) return notTestable(head, whySilent(context, resource));
  const result = utilisationVerdict(head, {
    values: found.values,
    subject: `${noun} use of the busiest of ${found.of} (${subjectOf(found.line)})`,
    observer: "The metrics store",
    observed: observedOfResource(context, resource),
    shortage: whySilent(context, resource),
  });
  return { ...result, partial: result.partial ?? whyNoPass(context, resource) };
}

/** The query of the resource that was observed for least of the time; one without any sample is not scraped. */
const observedOfResource = (context: PlatformContext, resource: Resource): ObservedTime =>
  resources[resource].queries
    .map((query) => context.lines.get(query) ?? [])
    .filter((lines) => lines.length > 0)
    .map((lines) => observedOfLines(context, lines))
    .reduce((least, next) => (next.observedMs < least.observedMs ? next : least));

/** A question that the store did not answer, and a line too short to be judged, may hide a busier one. */
function whyNoPass(
  { data, lines, measured }: PlatformContext,
  resource: Resource,
): string | undefined {
  const { noun, queries } = resources[resource];
  const unanswered = gapsOf(data, "prometheus").find(
    ({ code, subjects = [] }) =>
      (code === "no-answer" || code === "partial-answer") &&
      queries.some((query) => subjects.includes(query)),
  );
  if (unanswered !== undefined)
    return `${noun} use is known in part: ${unanswered.sentence}. Of what was seen:`;
  const hot = queries
    .flatMap((query) => lines.get(query) ?? [])
    .map((line) => ({ line, values: judgedPoints(line, measured.time, lookBackMs(lines)) }))
    .find(
      ({ values }) =>
        values.length > 0 &&
        values.length < minimumValues &&
        mean(values.map(([, value]) => value)) > utilisationLimit.value,
    );
  return hot === undefined
    ? undefined
    : `${noun} use of ${subjectOf(hot.line)} was above the limit in ${hot.values.length} of ${minimumValues} values that it would take to judge it. Of what was seen:`;
}

interface Busiest {
  readonly line: ObservedLine;
  readonly values: readonly number[];
  readonly of: number;
}

/** The line with the highest mean over the judged time. */
export function busiest(
  { lines, measured: { time } }: PlatformContext,
  resource: Resource,
): Busiest | undefined {
  const all = resources[resource].queries
    .flatMap((query) => lines.get(query) ?? [])
    .map((line) => ({ line, values: spaced(judgedPoints(line, time, lookBackMs(lines))) }))
    .filter(({ values }) => values.length >= minimumValues)
    .toSorted((one, other) => mean([...other.values]) - mean([...one.values]));
  const [first] = all;
  return first === undefined ? undefined : { ...first, of: all.length };
}

function spaced(points: ObservedLine["points"]): number[] {
  const values: number[] = [];
  let last = -Infinity;
  for (const [at, value] of points) {
    if (at - last < apartMs) continue;
    values.push(value);
    last = at;
  }
  return values;
}

/** What the store said when it was asked, else that it had too little. */
function whySilent({ data, lines }: PlatformContext, resource: Resource): string {
  const { noun, queries } = resources[resource];
  const has = queries.some((query) => (lines.get(query) ?? []).length > 0);
  if (has) {
    const back = lookBackMs(lines) / 1000;
    return `${noun} use cannot be judged: fewer than ${minimumValues} values, ${apartMs / 1000} s apart, lie in the judged time; rates look back ${back} s and must not see what was before it.`;
  }
  const gaps = gapsOf(data, "prometheus");
  const failure =
    gaps.find(
      ({ code, subjects = [] }) =>
        code !== "no-samples" && queries.some((query) => subjects.includes(query)),
    ) ?? gaps.find(({ code }) => concernsAll.has(code));
  return failure === undefined
    ? `${noun} use can't be judged: the metrics store has no samples for ${queries.join(", ")}.`
    : `${noun} use can't be judged: ${failure.sentence}.`;
}

const concernsAll: ReadonlySet<GapCode> = new Set(["unreachable", "not-started", "not-finished"]);

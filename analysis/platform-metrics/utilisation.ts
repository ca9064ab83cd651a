import { mean } from "simple-statistics";
import type { RunEvent } from "../../src/domain/observation.ts";
import type { Limit, Verdict } from "../../src/domain/verdict.ts";
import { withoutSliver, type Seen } from "../seen.ts";
import { meanInterval } from "../statistics/mean-interval.ts";
import type { CheckHead } from "../verdicts/check.ts";
import { notTestable } from "../verdicts/check.ts";
import { judgedVerdict, smallestDetectable } from "../verdicts/compare-with-limit.ts";
import { judgedPoints, lookBackMs, subjectOf, type ObservedLine } from "./observed-lines.ts";
import { minimumValues, seenOfLines, type PlatformContext } from "./platform-context.ts";

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

const limit: Limit = {
  value: 0.8,
  unit: "ratio",
  good: "below",
  source: "specification, Monitoring Metrics: utilisation above 80 % is a P3 alert",
};

/** Values closer together than this are nearly the same: scrapes come every 15 s as a rule. */
const apartMs = 15_000;

/** The alert of the specification as a check for each resource: the busiest of its containers, nodes, disks or links on the mean. */
export const utilisationVerdicts = (context: PlatformContext): Verdict[] =>
  resourceNames.map((resource) => utilisationVerdict(context, resource));

function utilisationVerdict(context: PlatformContext, resource: Resource): Verdict {
  const { noun } = resources[resource];
  const head: CheckHead = {
    id: `platform.utilisation.${resource}`,
    title: `${noun} use of the platform`,
  };
  const found = busiest(context, resource);
  const observed = meanInterval(found?.values ?? [], "ratio");
  if (found === undefined || observed === undefined)
    return notTestable(head, whySilent(context, resource)).verdict;
  const verdict = judgedVerdict(head, {
    observed: {
      ...observed,
      low: Math.max(0, observed.low),
      warnings: [
        {
          code: "overlapping-windows",
          message:
            "what its values look back on overlaps: the interval is narrower than it should be",
        },
      ],
    },
    limit,
    minimumCount: minimumValues,
    smallestDetectable: smallestDetectable(observed, limit, "difference"),
    subject: `${noun} use of the busiest of ${found.of} (${subjectOf(found.line)}), mean,`,
  });
  const doubt = verdict.outcome === "pass" ? whyNoPass(context, resource) : undefined;
  if (doubt !== undefined)
    return notTestable(head, `${doubt} Of what was seen: ${verdict.reason}`).verdict;
  return withoutSliver(verdict, seenOfResource(context, resource), {
    observer: "The metrics store",
  });
}

/** The query of the resource that was seen for least of the time; one without any sample is not scraped. */
const seenOfResource = (context: PlatformContext, resource: Resource): Seen =>
  resources[resource].queries
    .map((query) => context.lines.get(query) ?? [])
    .filter((lines) => lines.length > 0)
    .map((lines) => seenOfLines(context, lines))
    .reduce((least, seen) => (seen.seenMs < least.seenMs ? seen : least));

/** A question that the store did not answer, and a line too short to be judged, may hide a busier one. */
function whyNoPass(
  { data, lines, measured }: PlatformContext,
  resource: Resource,
): string | undefined {
  const { noun, queries } = resources[resource];
  const trouble = data.events
    .filter(isStoreGap)
    .map(({ reason }) => reason)
    .find((reason) => / asked for /.test(reason) && queries.some((query) => names(reason, query)));
  if (trouble !== undefined) return `${noun} use is known in part: ${trouble}.`;
  const hot = queries
    .flatMap((query) => lines.get(query) ?? [])
    .map((line) => ({ line, values: judgedPoints(line, measured.time, lookBackMs(lines)) }))
    .find(
      ({ values }) =>
        values.length > 0 &&
        values.length < minimumValues &&
        mean(values.map(([, value]) => value)) > limit.value,
    );
  return hot === undefined
    ? undefined
    : `${noun} use of ${subjectOf(hot.line)} was above the limit in ${hot.values.length} of ${minimumValues} values that it would take to judge it.`;
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
    return `${noun} use can't be judged: fewer than ${minimumValues} values, ${apartMs / 1000} s apart, lie in the judged time; rates look back ${back} s and must not see what was before it.`;
  }
  const gaps = data.events.filter(isStoreGap).map(({ reason }) => reason);
  const failure =
    gaps.find(
      (each) => !each.includes("has no samples") && queries.some((query) => names(each, query)),
    ) ?? gaps.find((each) => /nothing was asked|asked again/.test(each));
  return failure === undefined
    ? `${noun} use can't be judged: the metrics store has no samples for ${queries.join(", ")}.`
    : `${noun} use can't be judged: ${failure}.`;
}

const isStoreGap = (event: RunEvent): event is Extract<RunEvent, { type: "gap" }> =>
  event.type === "gap" && event.source === "prometheus";

/** Does a sentence name a query, and not one whose name begins the same? */
const names = (sentence: string, query: string): boolean =>
  sentence.split(/[^\w.]+/).some((word) => word.replace(/\.$/, "") === query);

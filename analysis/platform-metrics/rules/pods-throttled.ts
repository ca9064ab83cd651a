import { workloadOf } from "../../../src/domain/plan.ts";
import { inSentence, percent, plural } from "../../../src/domain/number-text.ts";
import type { Surface } from "../../../src/domain/surface.ts";
import { mean } from "simple-statistics";
import { latencyNoun } from "../../phrases.ts";
import { subjectOf, type ObservedLine } from "../observed-lines.ts";
import {
  judgedLines,
  slowSurfaces,
  type PlatformContext,
  type PlatformRule,
} from "../platform-context.ts";

/** Share of CPU periods: where the usual alert of Kubernetes clusters (CPUThrottlingHigh) begins. */
const throttledRatio = 0.25;
const named = 3;

/** Containers that wanted more CPU than their limit lets them have, for a quarter of the judged time. */
export const podsThrottled: PlatformRule = (context) => {
  const all = judgedLines(context, "container.throttling");
  const throttled = all
    .map(({ line, values }) => ({ line, ratio: mean([...values]), count: values.length }))
    .filter(({ ratio }) => ratio >= throttledRatio)
    .toSorted((one, other) => other.ratio - one.ratio);
  const [worst] = throttled;
  if (worst === undefined) return [];
  // Users feel it where the surface that these pods serve is slow.
  const slow = slowSurfaces(context).filter(({ surface }) =>
    throttled.some(({ line }) => serves(context, line, surface)),
  );
  const list = throttled
    .slice(0, named)
    .map(({ line, ratio }) => `${subjectOf(line)} (${percent(ratio)})`)
    .join(", ");
  const beside = slow.map(
    ({ surface, p95Ms }) =>
      `p95 of ${latencyNoun[surface]} was ${inSentence(p95Ms, "ms")} meanwhile`,
  );
  return [
    {
      id: "pods-throttled",
      severity: slow.length > 0 ? "P2" : "info",
      sentence: `${plural(throttled.length, "container")} of ${all.length} ran into their CPU limit in more than ${percent(throttledRatio)} of their CPU periods: ${list}.`,
      evidence: `${["Mean share of throttled CFS periods over the judged phases, ".concat(plural(worst.count, "value"), " each"), ...beside].join("; ")}.`,
      surface: slow.length === 1 && slow[0] !== undefined ? slow[0].surface : undefined,
      action:
        "Raise the CPU limit, or let the autoscaler start earlier: a throttled pod is slow even at a low average use.",
    },
  ];
};

/** Is it a container or pod of the workload that serves a surface? */
function serves({ data }: PlatformContext, { labels }: ObservedLine, surface: Surface): boolean {
  const workload = workloadOf(data.run.plan, surface);
  return labels["container"] === workload || labels["pod"]?.startsWith(`${workload}-`) === true;
}

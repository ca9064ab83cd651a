import { formatCount, inSentence, percent, plural } from "../../src/domain/number-text.ts";
import { Histogram, relativeError } from "../../src/domain/histogram.ts";
import type { ProbeLatencies } from "../database/probe-latencies.ts";
import { quantileInterval } from "../statistics/quantile-interval.ts";
import { notAsked, notTestable } from "./check.ts";
import { tooLittleObserved } from "./coverage-rule.ts";
import { judgeP95, latencyQuantile, minimumP95Count } from "./latency-check.ts";
import { defineRunCheck } from "./run-check.ts";

/** The server's own statistics have means only, so that its queries' p95 cannot be had from them. */
const ofTheProbe =
  "The figure is that of Headroom's probe, a query at a constant rate, not of the platform's own queries.";

/** p95 of the observer's probe query against the objective. Too few probes leave the run as valid as it was. */
export const databaseQueryP95 = defineRunCheck(
  {
    id: "database.query.p95",
    group: "objective",
    title: "Database query time, p95",
    requires: ["plan"],
    optional: ["databaseProbe"],
  },
  ({ plan, databaseProbe }, head) => {
    const limitMs = plan.objectives.databaseP95Ms;
    if (!plan.judges.latency) return notAsked(head, "This profile does not judge latency.");
    if (databaseProbe === undefined) {
      return notTestable(
        head,
        `Nothing observed the database; its objective is p95 < ${limitMs} ms.`,
      );
    }
    const observed = quantileInterval(databaseProbe.batches, latencyQuantile, "ms");
    if (observed === undefined || observed.sampleCount < minimumP95Count) {
      return notTestable(head, shortage(databaseProbe, observed?.sampleCount ?? 0));
    }
    const verdict = judgeP95(head, observed, {
      limitMs,
      source: `objective, p95 of the database probe; histogram within ±${relativeError * 100} %`,
      subject: "p95 of the database probe",
      doubt: "run longer to narrow the interval",
    });
    const reason = observed.point === Infinity ? unbounded(databaseProbe, limitMs) : verdict.reason;
    const { observed: time, gaps } = databaseProbe;
    return {
      verdict: { ...verdict, reason: `${reason} ${ofTheProbe}` },
      partial: tooLittleObserved(time, {
        observer: "The probe of the database",
        gap: gaps[0]?.replace(/\.$/, ""),
      }),
    };
  },
);

function shortage({ gaps }: ProbeLatencies, count: number): string {
  const [gap] = gaps;
  const found =
    count === 0
      ? "No probe of the database was answered in a judged phase."
      : `${plural(count, "probe")} of the database in the judged phases, at least ${minimumP95Count} are needed for a p95: a longer run, or more probes a second.`;
  return gap === undefined ? found : `${found} ${gap}`;
}

function unbounded({ batches, gaps }: ProbeLatencies, limitMs: number): string {
  const { infinite, count } = Histogram.merged(batches);
  const [gap] = gaps;
  return `p95 of the database probe is unbounded: ${formatCount(infinite)} of ${formatCount(count)} probes (${percent(infinite / count)}) got no answer; the limit is ${inSentence(limitMs, "ms")}.${gap === undefined ? "" : ` ${gap}`}`;
}

import { eventText } from "../../src/domain/resilience.ts";
import type { Report } from "../../src/domain/report.ts";
import type { Band, Mark, TimeFrame } from "../kit/time-frame.ts";

/** The time axis of a report: from the start of the load to the end of the plan, or of what was measured. */
export function frameOf(report: Report): TimeFrame | undefined {
  const { run } = report;
  const instants = report.series.flatMap(({ points }) => points.map(([at]) => at));
  const [first, last] = [least(instants), greatest(instants)];
  if (!Number.isFinite(first) || first === last) return undefined;
  const origin = run.loadStartedAt ?? first;
  const plannedEnd = origin + run.plan.durationMs;
  const to = greatest([last, report.coverage.partial ? plannedEnd : last]);
  const frame = { from: least([origin, first]), to, origin };
  return { ...frame, bands: bandsOf(report, frame, last), marks: marksOf(report) };
}

type Span = Pick<TimeFrame, "from" | "to" | "origin">;

/** The plan's phases as far as they were measured; what was not is missing, and looks so. */
function bandsOf(
  { run, coverage, resilience }: Report,
  { origin, to }: Span,
  measuredTo: number,
): readonly Band[] {
  const end = coverage.partial ? measuredTo : to;
  const phases = run.plan.phases.map((phase): Band => {
    const from = origin + phase.startMs;
    const kind = phase.judged ? "judged" : "unjudged";
    return { from, to: Math.min(from + phase.durationMs, end), label: phase.name, kind };
  });
  // Until it had no effect any more.
  const eventBands = (resilience?.events ?? []).map(({ event, impact }): Band => ({
    from: event.startedAt,
    to: Math.min(to, impact.effectUntil),
    label: eventText(event),
    kind: "event",
  }));
  const missing: Band = { from: end, to, label: "not measured", kind: "missing" };
  return [...phases, missing, ...eventBands].filter(
    (band) => band.to > band.from && band.from < to,
  );
}

const marksOf = ({ events }: Report): readonly Mark[] =>
  events.flatMap((event): readonly Mark[] =>
    event.type === "abort"
      ? [{ at: event.at, label: "abort", kind: "abort" }]
      : event.type === "resilience"
        ? [{ at: event.startedAt, label: eventText(event), kind: "event" }]
        : [],
  );

const least = (values: readonly number[]): number =>
  values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
const greatest = (values: readonly number[]): number =>
  values.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);

import { Histogram } from "../../src/domain/histogram.ts";
import { sentencesOf } from "../gaps.ts";
import type { JudgedTime } from "../judged-time.ts";
import { isJudged } from "../judged-time.ts";
import { seenOf, type Seen } from "../seen.ts";
import { batchIndex } from "../statistics/batches.ts";
import { databaseGaps, observationsNamed, type DatabaseRecords } from "./observed.ts";

/** The probe's latencies over the judged phases, and why there are none where there are none. */
export interface ProbeLatencies {
  /** In equal-time batches, milliseconds from the intended start; no answer is infinite. */
  readonly batches: readonly Histogram[];
  /** Those that concern the probe, as sentences. */
  readonly gaps: readonly string[];
  /** How much of the judged time was probed. */
  readonly seen: Seen;
}

/** Probes come twice a second or more often. */
const probeStandsMs = 5000;

/** @returns `undefined` where nothing observed the database */
export function probeLatencies(
  records: DatabaseRecords,
  time: JudgedTime,
): ProbeLatencies | undefined {
  const probes = observationsNamed(records, "probe.latency");
  const all = databaseGaps(records);
  if (probes.length === 0 && all.length === 0) return undefined;
  const gaps = sentencesOf(
    all.filter(({ subjects }) => subjects === undefined || subjects.includes("probe")),
  );
  const batches = Array.from({ length: time.batchCount }, () => new Histogram());
  for (const { at, value } of probes) {
    if (!isJudged(time, at)) continue;
    batches[batchIndex(offsetOf(time, at), time.durationMs, time.batchCount)]?.record(value);
  }
  const instants = probes.map(({ at }) => at);
  return { batches, gaps, seen: seenOf(time, instants, { standsMs: probeStandsMs }) };
}

/** Judged time before an instant inside a judged phase. */
function offsetOf({ phases }: JudgedTime, at: number): number {
  const phase = phases.find(({ from, to }) => at >= from && at < to);
  return phase === undefined ? 0 : phase.offsetMs + at - phase.from;
}

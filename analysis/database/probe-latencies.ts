import type { Histogram } from "../../src/domain/histogram.ts";
import { sentencesOf } from "../gaps.ts";
import type { JudgedTime } from "../judged-time.ts";
import { batchesOf } from "../measurements/groups.ts";
import { observedTime, type ObservedTime } from "../observed-time.ts";
import { databaseGaps, observationsNamed, type DatabaseRecords } from "./observed.ts";

/** The probe's latencies over the judged phases, and why there are none where there are none. */
export interface ProbeLatencies {
  /** In equal-time batches, milliseconds from the intended start; no answer is infinite. */
  readonly batches: readonly Histogram[];
  /** Those that concern the probe, as sentences. */
  readonly gaps: readonly string[];
  /** How much of the judged time was probed. */
  readonly observed: ObservedTime;
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
  const batches = batchesOf(time, probes);
  const instants = probes.map(({ at }) => at);
  return { batches, gaps, observed: observedTime(time, instants, { standsMs: probeStandsMs }) };
}

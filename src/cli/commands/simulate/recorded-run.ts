/** A recorded run as input: what its autoscalers saw, or what its users sent. */
import { exportTraces } from "../../../../analysis/autoscaling/observed/export-traces.ts";
import type { ExportedTrace } from "../../../../analysis/autoscaling/observed/export-traces.ts";
import { gapsOf } from "../../../../analysis/gaps.ts";
import { measure } from "../../../../analysis/measurements/index.ts";
import type { TrafficShape } from "../../../config/traffic-shape.ts";
import { surfaces } from "../../../domain/surface.ts";
import { milliseconds, perMinute } from "../../../domain/units.ts";
import { UsageError } from "../../../domain/errors.ts";
import { readIntactRun } from "../../../store/judgeable-run.ts";
import { findRunDirectory } from "../../../store/run-directory.ts";

/** @throws StoreError where there is no such run, UsageError where no autoscaler was observed in it */
export function recordedTraces(root: string, name: string): readonly ExportedTrace[] {
  const data = readIntactRun(findRunDirectory(root, name));
  const traces = exportTraces(data);
  if (traces.length > 0) return traces;
  const [gap] = gapsOf(data, "kubernetes");
  const why = gap === undefined ? ", no cluster was watched" : `: ${gap.sentence}`;
  throw new UsageError(`run ${data.run.id} recorded no autoscaler${why}`, {
    code: "no-autoscaler-recorded",
    hint: "Run with --cluster, or on an environment with observers.kubernetes.",
  });
}

/**
 * What users sent in a run, in the time of the cluster that served it: a sandbox at scale 10 saw an hour in six minutes.
 * @throws StoreError where there is no such run, UsageError where it measured no request
 */
export function recordedShape(root: string, name: string): TrafficShape {
  const data = readIntactRun(findRunDirectory(root, name));
  const { time, buckets, surfaces: measured } = measure(data);
  const scale = data.run.target.clock?.scale ?? 1;
  const bucketsPerMinute = 60_000 / buckets.widthMs;
  const totals = { web: 0, api: 0, subgraph: 0 };
  const byTime = new Map<number, number>();
  for (const surface of surfaces) {
    for (const [at, { requests }] of measured.countsByBucket[surface]) {
      totals[surface] += requests;
      byTime.set(at, (byTime.get(at) ?? 0) + requests);
    }
  }
  const all = totals.web + totals.api + totals.subgraph;
  if (all === 0)
    throw new UsageError(`run ${data.run.id} measured no request`, {
      code: "no-traffic-recorded",
      hint: "Name a run whose load began.",
    });
  const points = [...byTime]
    .toSorted(([a], [b]) => a - b)
    // The last bucket is rarely full.
    .slice(0, Math.max(1, byTime.size - 1))
    .map(([at, requests]) => ({
      atMs: milliseconds(Math.max(0, at - time.loadStart) * scale),
      requestsPerMinute: perMinute(requests * bucketsPerMinute),
    }));
  const shares = {
    web: totals.web / all,
    api: totals.api / all,
    subgraph: totals.subgraph / all,
  };
  return { kind: "profile", name: `of run ${data.run.id}`, points, shares };
}

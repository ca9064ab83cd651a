/** Stamps that contradict each other: then nobody can tell which of two runs came first. */
import { formatDuration } from "../../src/domain/time-text.ts";
import type { Warning } from "../../src/domain/estimate.ts";
import type { RunRecord } from "../../src/domain/run.ts";

/** Clocks of one network are closer than this; a run's own stamps are from one clock. */
const toleranceMs = 2000;

/** Empty: the order of the runs can be trusted. @param now of the machine that judges, epoch milliseconds */
export function clockWarnings(
  baseline: readonly RunRecord[],
  candidate: readonly RunRecord[],
  now: number,
): Warning[] {
  const runs = [...baseline, ...candidate];
  return [
    ...runs.flatMap((run) => ahead(run, now)),
    ...runs.flatMap(setBack),
    ...otherMachines(baseline, candidate),
    ...otherScales(baseline, candidate),
  ];
}

/** Do the stamps say which run came first? Judgements by pairs need it. */
export const isOrderKnown = (warnings: readonly Warning[]): boolean =>
  !warnings.some(({ code }) => code === "clocks-apart");

function ahead({ id, startedAt }: RunRecord, now: number): Warning[] {
  const aheadMs = startedAt - now;
  if (aheadMs <= toleranceMs) return [];
  const message = `run ${id} began ${formatDuration(aheadMs)} in the future of this machine: the clocks are apart, and the order of the runs cannot be trusted`;
  return [{ code: "clocks-apart", message }];
}

function setBack({ id, state, plan, startedAt, loadStartedAt, endedAt }: RunRecord): Warning[] {
  if (state !== "complete" || endedAt === undefined) return [];
  const tookMs = endedAt - (loadStartedAt ?? startedAt);
  if (tookMs >= plan.durationMs - toleranceMs) return [];
  const message = `run ${id} ended ${formatDuration(tookMs)} after its load began and planned ${formatDuration(plan.durationMs)}: its clock was set while it ran, and the order of the runs cannot be trusted`;
  return [{ code: "clocks-apart", message }];
}

/** Two machines stamp with two clocks: between a run here and a run there seconds may lie that nobody measured. */
function otherMachines(baseline: readonly RunRecord[], candidate: readonly RunRecord[]): Warning[] {
  const [from, to] = [machinesOf(baseline), machinesOf(candidate)];
  if (from === to || from === "" || to === "") return [];
  const message = `the runs were stamped by different machines (${from} against ${to}): their clocks may be apart, so they make no pairs`;
  return [{ code: "clocks-apart", message }];
}

const machinesOf = (runs: readonly RunRecord[]): string =>
  [...new Set(runs.map(({ generator: { cpuCores, cpuModel } }) => `${cpuCores} × ${cpuModel}`))]
    .toSorted()
    .join(" and ");

function otherScales(baseline: readonly RunRecord[], candidate: readonly RunRecord[]): Warning[] {
  const [from, to] = [baseline, candidate].map((runs) =>
    [...new Set(runs.map(({ target }) => target.clock?.scale ?? 1))]
      .toSorted((a, b) => a - b)
      .join(" and "),
  );
  if (from === to || baseline.length === 0 || candidate.length === 0) return [];
  const message = `the clusters' clocks run at different speeds (${from ?? ""} against ${to ?? ""} times ours): autoscaling of the two arms cannot be compared`;
  return [{ code: "cluster-clocks-apart", message }];
}

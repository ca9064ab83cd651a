/** Run-to-run noise of the required metrics, from stored runs of one build. */
import { byStart } from "./judge-sets.ts";
import { metricsOf, type GateMember } from "./gate-members.ts";
import { runNoise } from "./plan-gate.ts";
import { chooseScale, medianOf } from "./scale.ts";

export interface HistoryNoise {
  readonly metrics: readonly { readonly id: string; readonly noise: number }[];
  /** Metrics with too few values. */
  readonly unknown: readonly string[];
  /** Median of the runs, start of the sandbox and sign-in included; absent where no run ended. */
  readonly runMs?: number;
}

/** On the scale of the comparison: a metric near zero is noisy only as far as its floor lets it. */
export function historyNoise(members: readonly GateMember[], margin = 0.05): HistoryNoise {
  const sorted = byStart(members);
  const noises = metricsOf({ baseline: sorted, candidate: [] })
    .filter(({ required }) => required)
    .map(({ id, better, floor = 0, baseline }) => {
      const values = baseline.filter((value) => value !== undefined);
      if (values.length === 0) return { id, noise: undefined };
      const { place } = chooseScale(values, values, { margin, better, floor });
      return { id, noise: runNoise(values.map((value) => Math.exp(place(value)))) };
    });
  const lengths = sorted.flatMap(({ run }) =>
    run.endedAt === undefined ? [] : [run.endedAt - run.startedAt],
  );
  return {
    metrics: noises.flatMap(({ id, noise }) => (noise === undefined ? [] : [{ id, noise }])),
    unknown: noises.flatMap(({ id, noise }) => (noise === undefined ? [id] : [])),
    runMs: lengths.length === 0 ? undefined : medianOf(lengths),
  };
}

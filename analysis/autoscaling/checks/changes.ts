/** Changes of size, read from samples of `spec.replicas`. */
import type { HpaSpec } from "../types.ts";
import type { ReplicaSample } from "./observations.ts";

export interface SizeChange {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

export function sizeChanges(samples: readonly ReplicaSample[]): readonly SizeChange[] {
  const changes: SizeChange[] = [];
  samples.forEach(({ at, specReplicas }, index) => {
    const before = samples[index - 1];
    if (before !== undefined && before.specReplicas !== specReplicas)
      changes.push({ at, from: before.specReplicas, to: specReplicas });
  });
  return changes;
}

/** Kubernetes corrects a size outside [min, max] at once, past metrics and policies: that is no decision to judge. */
export function isCorrection({ from, to }: SizeChange, spec: HpaSpec): boolean {
  const { minReplicas = 1, maxReplicas } = spec;
  return (from > maxReplicas && to === maxReplicas) || (from < minReplicas && to === minReplicas);
}

/** The size at an instant: that of the last sample up to it. */
export function sizeAt(samples: readonly ReplicaSample[], at: number): number {
  return (samples.findLast((sample) => sample.at <= at) ?? samples[0])?.specReplicas ?? 0;
}

/** Lowest and highest load within [from, to]; `undefined` where none was measured. */
export function loadRange(
  load: readonly { readonly at: number; readonly perSecond: number }[],
  from: number,
  to: number,
): { readonly lowest: number; readonly highest: number } | undefined {
  const rates = load.filter(({ at }) => at >= from && at <= to).map(({ perSecond }) => perSecond);
  if (rates.length === 0) return undefined;
  return { lowest: Math.min(...rates), highest: Math.max(...rates) };
}

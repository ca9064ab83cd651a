/**
 * What others do, to compare with: E-divisive candidates in windows of 50, accepted by Student's t at p ≤ 0.01, then
 * the weakest merged away until all have p < 0.001. The rules of Apache Otava as published (Fleming et al. 2023, arXiv
 * 2301.03034), with its population variance, without a smallest segment; reimplemented for this comparison.
 */
import { mean, variance } from "simple-statistics";
import { incompleteBeta } from "../analysis/statistics/incomplete-beta.ts";
import type { Detector } from "./detect-simulation.ts";

const windowLength = 50;
const firstP = 0.01;
const finalP = 0.001;

export const studentTDetector =
  (minChange: number): Detector =>
  (values) => {
    const found = new Set<number>();
    for (let start = 0; ;) {
      const window = values.slice(start, start + windowLength);
      const inside = splitRecursively(window).map((index) => index + start);
      for (const index of inside) found.add(index);
      if (start + windowLength >= values.length) break;
      start = Math.max(start + windowLength / 2, ...inside);
    }
    return merged(
      values,
      [...found].toSorted((a, b) => a - b),
      minChange,
    );
  };

function splitRecursively(values: readonly number[]): number[] {
  const index = bestCandidate(values);
  if (index === undefined || studentTP(values.slice(0, index), values.slice(index)) > firstP)
    return [];
  return [
    ...splitRecursively(values.slice(0, index)),
    index,
    ...splitRecursively(values.slice(index)).map((later) => later + index),
  ];
}

function bestCandidate(values: readonly number[]): number | undefined {
  let best: { index: number; statistic: number } | undefined;
  const within = new Float64Array(values.length + 1);
  const before = new Float64Array(values.length + 1);
  for (let end = 1; end <= values.length; end++) {
    let sum = 0;
    for (let i = end - 2; i >= 0; i--) {
      sum += Math.abs((values[end - 1] ?? 0) - (values[i] ?? 0));
      within[i] = (within[i] ?? 0) + sum;
    }
    before[end] = within[0] ?? 0;
    for (let index = 1; index < end; index++) {
      const [left, right] = [before[index] ?? 0, within[index] ?? 0];
      const [n, m] = [index, end - index];
      const cross = (within[0] ?? 0) - left - right;
      const statistic =
        (2 * cross -
          (n > 1 ? (2 * m * left) / (n - 1) : 0) -
          (m > 1 ? (2 * n * right) / (m - 1) : 0)) /
        (n + m);
      if (best === undefined || statistic > best.statistic) best = { index, statistic };
    }
  }
  return best?.index;
}

function merged(
  values: readonly number[],
  indices: readonly number[],
  minChange: number,
): number[] {
  let rest = [...indices];
  for (;;) {
    const judged = rest.map((index, i) => {
      const left = values.slice(rest[i - 1] ?? 0, index);
      const right = values.slice(index, rest[i + 1] ?? values.length);
      return {
        index,
        p: studentTP(left, right),
        change: Math.abs(mean(right) / mean(left) - 1),
      };
    });
    const weak = judged.toSorted((a, b) => b.p - a.p).find(({ p }) => p >= finalP);
    const small = judged
      .toSorted((a, b) => a.change - b.change)
      .find(({ change }) => change < minChange);
    const dropped = weak ?? small;
    if (dropped === undefined) return rest;
    rest = rest.filter((index) => index !== dropped.index);
  }
}

/** Two-sided, equal variances. */
function studentTP(left: readonly number[], right: readonly number[]): number {
  const [n, m] = [left.length, right.length];
  const degreesOfFreedom = n + m - 2;
  if (degreesOfFreedom <= 0) return 1;
  const pooled =
    ((n - 1) * variance([...left]) + (m - 1) * variance([...right])) / degreesOfFreedom;
  const difference = mean(left.slice()) - mean(right.slice());
  if (pooled === 0) return difference === 0 ? 1 : 0;
  const t2 = difference ** 2 / (pooled * (1 / n + 1 / m));
  return incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t2), degreesOfFreedom / 2, 0.5);
}

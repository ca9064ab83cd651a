/** Adds up the points of one k6 result: latencies, errors, throughput, dropped iterations. */
import { Histogram } from "../domain/histogram.ts";
import type { HistoryValue } from "../domain/history.ts";
import { isSurface, type Surface } from "../domain/surface.ts";
import type { ResultPoint } from "../engine/result-points.ts";
import { CoveredTime } from "./covered-time.ts";

export interface K6Result {
  readonly values: readonly HistoryValue[];
  /** Start of the run, epoch milliseconds; absent where the file does not say it. */
  readonly at: number | undefined;
  readonly warnings: readonly string[];
}

const quantiles = [50, 95, 99] as const;

export class K6Totals {
  readonly #all = new Histogram();
  readonly #bySurface = new Map<Surface, Histogram>();
  readonly #time = new CoveredTime();
  #requests = 0;
  #dropped = 0;
  /** Rows of http_req_failed, and those with value 1. */
  readonly #failed = { rows: 0, sum: 0 };
  /** Requests that their own tags judge. */
  readonly #tagged = { judged: 0, failed: 0 };

  add({ metric, at, value, tags }: ResultPoint): void {
    if (metric === "dropped") this.#dropped += value;
    else if (metric === "failed") {
      this.#failed.rows++;
      this.#failed.sum += value;
    } else if (metric === "requests") {
      this.#requests += value;
      if (tags.isFailed !== undefined) this.#tagged.judged += value;
      if (tags.isFailed === true) this.#tagged.failed += value;
      this.#time.ended(at, 0, value);
    } else {
      this.#time.ended(at, value, 0);
      // k6 writes 0 ms for a request that never got as far as an answer.
      this.#record(tags.isAnswered === false || value === 0 ? Infinity : value, tags.surface);
    }
  }

  /** @param surface what the whole file is about, where its requests carry no tag `surface` */
  result(surface: string | undefined): K6Result {
    const warnings: string[] = [];
    const values = [
      ...this.#latencies(surface, warnings),
      ...this.#errors(warnings),
      ...this.#throughput(),
      ...droppedValues(this.#dropped, warnings),
    ];
    return { values, at: this.#time.start, warnings };
  }

  #record(value: number, tag: string | undefined): void {
    this.#all.record(value);
    if (tag === undefined || !isSurface(tag)) return;
    const histogram = this.#bySurface.get(tag) ?? new Histogram();
    histogram.record(value);
    this.#bySurface.set(tag, histogram);
  }

  #latencies(surface: string | undefined, warnings: string[]): HistoryValue[] {
    if (this.#bySurface.size === 0) return quantileValues(responsePrefix(surface), this.#all);
    const tagged = Histogram.merged(this.#bySurface.values()).count;
    if (surface !== undefined && tagged < this.#all.count)
      warnings.push(
        `${this.#all.count - tagged} requests carry no tag surface: they count in response.*, and not for --surface ${surface}, because others are tagged`,
      );
    const isOneSurface = this.#bySurface.size === 1 && tagged === this.#all.count;
    return [
      ...(isOneSurface ? [] : quantileValues(responsePrefix(undefined), this.#all)),
      ...[...this.#bySurface].flatMap(([name, histogram]) =>
        quantileValues(responsePrefix(name), histogram),
      ),
    ];
  }

  #errors(warnings: string[]): HistoryValue[] {
    const { rows, sum } = this.#failed;
    if (this.#requests === 0 && rows === 0) return [];
    if (rows >= this.#requests) return [errorRatio(sum / rows)];
    const { judged, failed } = this.#tagged;
    const lacking = `${this.#requests - rows} of ${this.#requests} requests have no http_req_failed (http.setResponseCallback(null), or k6 before 0.31)`;
    if (judged < this.#requests) {
      warnings.push(`${lacking} and no tag that says how they ended: errors.ratio is not known`);
      return [];
    }
    warnings.push(`${lacking}: errors.ratio is counted from their status`);
    return [errorRatio(failed / this.#requests)];
  }

  #throughput(): HistoryValue[] {
    const covered = this.#time.coveredMs;
    return this.#requests > 0 && covered > 0 ? [throughput(this.#requests, covered)] : [];
  }
}

/** `api.response`; a surface that is not ours is no surface. */
export const responsePrefix = (surface: string | undefined): string =>
  surface !== undefined && isSurface(surface) ? `${surface}.response` : "response";

const quantileValues = (prefix: string, histogram: Histogram): HistoryValue[] =>
  quantiles.flatMap((percent): HistoryValue[] => {
    const value = histogram.quantile(percent / 100);
    return value === undefined ? [] : [{ metric: `${prefix}.p${percent}`, value, unit: "ms" }];
  });

export const errorRatio = (value: number): HistoryValue => ({
  metric: "errors.ratio",
  value,
  unit: "ratio",
});

export const throughput = (requests: number, durationMs: number): HistoryValue => ({
  metric: "throughput",
  value: (requests / durationMs) * 60_000,
  unit: "1/min",
});

/** k6 has the metric only where it dropped something: its absence is none. */
export function droppedValues(dropped: number, warnings: string[]): HistoryValue[] {
  if (dropped === 0) return [];
  warnings.push(
    `${dropped} iterations were dropped: the load was lower than planned, and the latencies leave them out`,
  );
  return [{ metric: "dropped-iterations", value: dropped, unit: "count" }];
}

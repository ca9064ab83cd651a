/** Percentile curves: latency over the share of requests that took no longer, on an axis in nines. */
import { scaleLog } from "d3-scale";
import type { LatencyDistribution } from "../../src/domain/latency-distribution.ts";
import { decimal, formatCount, formatLatency, formatValue } from "../../src/domain/number-text.ts";
import { column, numberColumn, tableOf } from "./block.ts";
import { key, type Chart } from "./chart.ts";
import { inWords, logTicks } from "./plot.ts";

/** Shares of requests, 0..1, with latencies in milliseconds, ascending. */
export interface PercentileCurve {
  readonly label: string;
  /** Of the stylesheet. */
  readonly className: string;
  readonly requests: number;
  readonly percentiles: LatencyDistribution["percentiles"];
}

/** Where a share stands: p90 at 10, p99 at 100, p99.9 at 1,000. */
const inNines = (share: number): number => 1 / (1 - share);

/** "p50", "p99.9". */
const percentileName = (share: number): string => `p${decimal(share * 100, 6)}`;

const drawn = ({ percentiles }: PercentileCurve): LatencyDistribution["percentiles"] =>
  percentiles.filter(([, ms]) => Number.isFinite(ms) && ms > 0);

/** `undefined` where no curve has two points. */
export function percentileChart(
  title: string,
  curves: readonly PercentileCurve[],
): Chart | undefined {
  const values = curves.flatMap((curve) => drawn(curve).map(([, ms]) => ms));
  const shares = curves.flatMap(({ percentiles }) => percentiles.map(([share]) => share));
  if (values.length < 2) return undefined;
  const [low, high] = scaleLog([Math.min(...values), Math.max(...values) * 1.01], [0, 1])
    .nice()
    .domain();
  const most = Math.max(...shares);
  const ticks = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999];
  const y = [low ?? 1, high ?? 10] as const;
  return {
    title,
    legend: curves.map(({ className, label }) => key(className, "line", label)),
    plots: [
      {
        title,
        description: inWords(
          curves,
          (curve) =>
            `${curve.label}: ${curve.percentiles.map(([share, ms]) => `${percentileName(share)} ${formatLatency(ms)}`).join(", ")}`,
        ),
        plotHeight: 200,
        x: {
          from: 1,
          to: inNines(most),
          isLog: true,
          ticks: ticks
            .filter((share) => share <= most)
            .map((share) => ({
              at: inNines(share),
              label: share === 0 ? "least" : percentileName(share),
            })),
        },
        y: {
          from: y[0],
          to: y[1],
          isLog: true,
          ticks: logTicks(y, 5, (value) => formatValue(value, "ms")),
        },
        lines: curves.map((curve) => ({
          className: curve.className,
          points: curve.percentiles.map(
            ([share, ms]) => [inNines(share), ms > 0 ? ms : y[0]] as const,
          ),
        })),
      },
    ],
    note: "A curve ends where fewer than ten requests lie beyond it, and where the requests without a good answer begin.",
    numbers: tableOf(
      { id: "numbers", title: `${title}: percentiles` },
      [...new Set(shares)].toSorted((one, other) => one - other),
      [
        column("percentile", "Percentile", (share: number) =>
          share === 0 ? "least" : percentileName(share),
        ),
        ...curves.map(({ label, percentiles, requests }) =>
          numberColumn(label, `${label} (n = ${formatCount(requests)})`, (share: number) =>
            formatLatency(percentiles.find(([each]) => each === share)?.[1]),
          ),
        ),
      ],
    ),
  };
}

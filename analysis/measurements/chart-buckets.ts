/** Slices of time that a chart has a point for. They start where the load does, so that the first is a whole one. */
export interface ChartBuckets {
  readonly widthMs: number;
  /** Start of the bucket that an instant falls into, epoch ms. */
  readonly startOf: (at: number) => number;
}

/** At least 5 s wide, and at most about 400 of them. @param loadStart epoch ms @param durationMs of the plan */
export function chartBuckets(loadStart: number, durationMs: number): ChartBuckets {
  const widths = [5, 10, 15, 30, 60, 120, 300].map((seconds) => seconds * 1000);
  const widthMs = widths.find((width) => durationMs / width <= 400) ?? 600_000;
  // Windows are of whole seconds.
  const origin = Math.floor(loadStart / 1000) * 1000;
  return { widthMs, startOf: (at) => origin + Math.floor((at - origin) / widthMs) * widthMs };
}

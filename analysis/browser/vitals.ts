import { quantileSorted } from "simple-statistics";
import type { VitalSummary } from "../../src/domain/browser.ts";
import { vitalNames, type PageViews } from "./page-views.ts";

/** Up to the first is good, beyond the second poor; milliseconds, CLS without unit. @see https://web.dev/articles/vitals */
const bands = {
  LCP: [2500, 4000],
  CLS: [0.1, 0.25],
  INP: [200, 500],
  FCP: [1800, 3000],
  TTFB: [800, 1800],
} as const satisfies Record<VitalSummary["name"], readonly [good: number, poor: number]>;

/** Web Vitals at p75, as they are published; one that was never measured is absent. */
export const vitalsOf = ({ vitals }: PageViews): readonly VitalSummary[] =>
  vitalNames.flatMap((name) => {
    const values = vitals[name].toSorted((a, b) => a - b);
    if (values.length === 0) return [];
    const p75 = quantileSorted(values, 0.75);
    return [{ name, p75, band: bandOf(name, p75), sampleCount: values.length }];
  });

function bandOf(name: VitalSummary["name"], value: number): VitalSummary["band"] {
  const [good, poor] = bands[name];
  if (value <= good) return "good";
  return value <= poor ? "needs improvement" : "poor";
}

import { absent } from "../../src/domain/number-text.ts";
import type { SiteTrend } from "./document.ts";
import { valueText } from "./trend-words.ts";

/** @returns "180 ms – 195 ms" */
export const formatRange = (
  low: number | undefined,
  high: number | undefined,
  trend: SiteTrend,
): string =>
  low === undefined || high === undefined
    ? absent
    : `${valueText(low, trend)} – ${valueText(high, trend)}`;

import {
  absent,
  formatApart,
  formatLatency,
  formatValue,
  signedPercent,
} from "../../src/domain/number-text.ts";
import type { ChangePoint } from "../../src/domain/history.ts";
import type { SiteDocument, SiteTrend } from "./document.ts";
import { isWorse } from "./document.ts";

type Change = Pick<ChangePoint, "index" | "before" | "after" | "ratio" | "low" | "high">;

export const valueText = (value: number | undefined, { unit }: SiteTrend): string =>
  unit === "ms" ? formatLatency(value) : formatValue(value, unit);

/** @returns "+12.1 %" */
export function changeText({ ratio, before, after }: Change): string {
  const share = ratio === undefined ? after / before - 1 : ratio - 1;
  if (!Number.isFinite(share) || !Number.isFinite(before)) return absent;
  return signedPercent(share);
}

export const intervalText = ({ low, high }: Change): string =>
  low === undefined || high === undefined
    ? absent
    : `${changeText({ index: 0, before: 1, after: low })} to ${changeText({ index: 0, before: 1, after: high })}`;

/** "since 2026-02-05 worse: 183 ms → 208 ms, +14 %". */
export function changeSentence(change: Change, trend: SiteTrend, site: SiteDocument): string {
  const date = site.nightlyRuns[change.index]?.date ?? absent;
  const { before, after } = change;
  const levels = `${formatApart(before, after, trend.unit)} → ${formatApart(after, before, trend.unit)}`;
  return `since ${date} ${isWorse(trend, change) ? "worse" : "better"}: ${levels}, ${changeText(change)}`;
}

const blocks = "▁▂▃▄▅▆▇█";

/** A line of blocks for a terminal; a gap is a space. The newest at the right end. */
export function sparkline(values: readonly (number | undefined)[], width: number): string {
  const shown = values.slice(-width);
  const finite = shown.filter(
    (value): value is number => value !== undefined && Number.isFinite(value),
  );
  const least = Math.min(...finite);
  const span = Math.max(...finite) - least;
  return shown
    .map((value) => {
      if (value === undefined || !Number.isFinite(value)) return " ";
      return blocks.charAt(span === 0 ? 3 : Math.round(((value - least) / span) * 7));
    })
    .join("");
}

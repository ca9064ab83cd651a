/** Lines and cells that several parts of a run share. */
import {
  absent,
  formatCount,
  formatLatency,
  formatShare,
  formatValue,
} from "../../src/domain/number-text.ts";
import { formatElapsed } from "../../src/domain/time-text.ts";
import type { Report } from "../../src/domain/report.ts";
import type { Limit, Verdict } from "../../src/domain/verdict.ts";
import type { Cell } from "../kit/block.ts";
import { numbers } from "../kit/columns.ts";
import type { Inline, Line } from "../kit/inline.ts";
import { outcomeText } from "../wording.ts";

/** "0:00" is the moment the load began, as on all charts.    @returns "2:05" after the load began, "−0:12" before it */
export const elapsedAt = ({ run }: Report, at: number): string =>
  formatElapsed(at - (run.loadStartedAt ?? run.startedAt));

export const verdictBadge = (verdict: Verdict): Inline => ({
  text: outcomeText(verdict),
  tone: verdict.outcome,
});

export const planLimit = (value: number): Limit => ({
  value,
  unit: "ms",
  good: "below",
  source: "plan",
});

/** The first of them; the documents have all. */
export const atMost = (items: readonly Line[], most: number): readonly Line[] =>
  items.length <= most
    ? items
    : [
        ...items.slice(0, most),
        { muted: `${formatCount(items.length - most)} more in verdicts.json` },
      ];

const figures = numbers({ none: absent });
export const count = figures(formatCount);
export const latency = figures(formatLatency);
export const perMinute = figures((value) => formatValue(value, "1/min"));

/** @returns "3 0.2 %", and plain "0" */
export const countAndShare = (part: number, total: number): Cell =>
  part === 0
    ? formatCount(0)
    : { shown: [formatCount(part), " ", { muted: formatShare(part, total) }] };

/** A value with its interval, drawn beneath. */
export const estimateLine = (
  value: string,
  interval: string,
  picture: Inline,
): readonly Inline[] => [{ strong: value }, " ", { muted: interval }, picture];

const mostGaps = 20;

export const shownGaps = (gaps: readonly string[]): readonly Line[] => atMost(gaps, mostGaps);

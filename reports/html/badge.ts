import type { Verdict } from "../../src/domain/verdict.ts";
import { markup, type Markup } from "../markup.ts";
import { icon } from "../svg/icon.ts";
import { outcomeText, type Tone } from "../wording.ts";

/** A verdict in a table: shape, colour and word. */
export const badge = (verdict: Verdict): Markup => toneBadge(verdict.outcome, outcomeText(verdict));

export const toneBadge = (tone: Tone, text: string): Markup =>
  markup`<span class="badge ${tone}">${icon(tone, 16)} ${text}</span>`;

import type { Verdict } from "../../src/domain/verdict.ts";
import { badge } from "../kit/inline.ts";
import type { Markup } from "../markup.ts";
import { outcomeText } from "../wording.ts";

export const verdictBadge = (verdict: Verdict): Markup =>
  badge(verdict.outcome, outcomeText(verdict));

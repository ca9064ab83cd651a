import { plural } from "../src/domain/number-text.ts";
import type { AppliedSilence } from "../src/domain/silence.ts";
import { note, sentences, type Block } from "./kit/block.ts";
import type { Line } from "./kit/inline.ts";

/** A line for each id that the environment file silences: whoever reads the findings knows what is not among them. */
export const silencedLines = (silenced: readonly AppliedSilence[] = []): readonly Line[] =>
  silenced.map(({ id, reason, until, state, findings }): Line => [
    { code: id },
    state === "expired"
      ? `: the silence expired on ${until} (${reason}); ${findings.length === 0 ? "it was not found" : "it is shown again"}`
      : ` silenced until ${until} (${reason}): ${findings.length === 0 ? "not found" : `${plural(findings.length, "finding")}, ${findings.map(({ severity, sentence }) => `${severity} ${sentence}`).join(" ")}`}`,
  ]);

export const silencedBlocks = (silenced: readonly AppliedSilence[] = []): readonly Block[] =>
  silenced.length === 0
    ? []
    : [note("Silenced by the environment file:"), sentences(silencedLines(silenced))];

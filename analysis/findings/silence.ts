import type { AppliedSilence, Silence } from "../../src/domain/silence.ts";
import { isoDate } from "../../src/domain/time-text.ts";
import type { Finding } from "../../src/domain/verdict.ts";

interface Silenced {
  /** Those that are left. */
  readonly findings: readonly Finding[];
  /** Absent where nothing is to be silenced. */
  readonly silenced?: readonly AppliedSilence[] | undefined;
}

/**
 * Takes findings out that are silenced, and says which. Outcomes do not depend on findings: silence changes what is read, never
 * what is decided.
 * @param at when the run or gate began, epoch milliseconds: a run that is judged again is judged by its own day
 */
export function applySilence(
  findings: readonly Finding[],
  silences: readonly Silence[] = [],
  at: number,
): Silenced {
  if (silences.length === 0) return { findings };
  const silenced = silences.map((silence): AppliedSilence => ({
    ...silence,
    state: isoDate(at) <= silence.until ? "silenced" : "expired",
    findings: findings.filter(({ id }) => id === silence.id),
  }));
  const ids = new Set(silenced.filter(({ state }) => state === "silenced").map(({ id }) => id));
  return { findings: findings.filter(({ id }) => !ids.has(id)), silenced };
}

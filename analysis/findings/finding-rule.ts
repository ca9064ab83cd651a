import type { ErrorGroup, LatencyRow } from "../../src/domain/report.ts";
import type { Finding, Validity, Verdict } from "../../src/domain/verdict.ts";
import type { RunFacts } from "../run-facts.ts";

/** Everything that is known once the run is judged. */
export interface FindingContext extends RunFacts {
  readonly verdicts: readonly Verdict[];
  readonly validity: Validity;
  readonly latency: readonly LatencyRow[];
  readonly errors: readonly ErrorGroup[];
}

/** Looks for one kind of thing worth saying. Pure. */
export type FindingRule = (context: FindingContext) => readonly Finding[];

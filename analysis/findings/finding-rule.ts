import type { ErrorGroup, GeneratorHealth, LatencyRow } from "../../src/domain/report.ts";
import type { RunData } from "../../src/domain/run.ts";
import type { Finding, Validity, Verdict } from "../../src/domain/verdict.ts";
import type { Measurements } from "../measurements/index.ts";

/** Everything that is known once the run is judged. */
export interface FindingContext {
  readonly data: RunData;
  readonly measured: Measurements;
  readonly verdicts: readonly Verdict[];
  readonly validity: Validity;
  readonly latency: readonly LatencyRow[];
  readonly errors: readonly ErrorGroup[];
  readonly health: GeneratorHealth;
  /** Why the generator was saturated, in words; empty: it was not. */
  readonly generatorSaturation: readonly string[];
}

/** Looks for one kind of thing worth saying. Pure. */
export type FindingRule = (context: FindingContext) => readonly Finding[];

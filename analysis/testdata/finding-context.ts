import type { RunData } from "../../src/domain/run.ts";
import type { FindingContext } from "../findings/finding-rule.ts";
import { measure } from "../measurements/index.ts";
import { factsOf } from "../run-facts.ts";

/** Of a run, before anything of it is judged. */
export const findingContext = (data: RunData): FindingContext => ({
  ...factsOf(data, measure(data)),
  verdicts: [],
  validity: { state: "valid", notes: [] },
  latency: [],
  errors: [],
});

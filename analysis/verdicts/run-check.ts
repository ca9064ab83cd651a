import type { RunFacts } from "../run-facts.ts";
import { checksOver, type Check } from "./check.ts";

/** A check of a run, over the facts that were derived from it. */
export type RunCheck = Check<RunFacts>;

/** Facts that a run did not ask for are `undefined`, and a check that reads them names them as optional. */
export const defineRunCheck = checksOver<RunFacts>({
  whyMissing: (facts, name) => (facts[name] === undefined ? `${name} is missing` : undefined),
  unobserved: () => undefined,
});

import type { Surface } from "../../src/domain/surface.ts";
import type { Verdict, VerdictGroup } from "../../src/domain/verdict.ts";
import type { RunFacts } from "../run-facts.ts";

/** What a check came to. A shortage is for the run's validity: too little was measured to judge at all. */
export interface CheckResult {
  readonly verdict: Verdict;
  readonly shortage?: { readonly measured: number; readonly minimum: number };
}

interface CheckMetadata {
  /** Public: the id of its verdict and its JUnit name. */
  readonly id: string;
  readonly group: VerdictGroup;
  readonly title: string;
  readonly surface?: Surface;
  readonly requires: readonly (keyof RunFacts)[];
}

export interface Check extends CheckMetadata {
  /** One result, or one for each workload or resource that was observed. */
  readonly run: (facts: RunFacts) => readonly CheckResult[];
}

/** What a check needs to know to write a verdict of its own. */
export type CheckHead = Pick<Check, "id" | "group" | "title" | "surface">;

/** A check from its metadata and a pure function over the facts it requires. */
export const defineCheck = <Required extends keyof RunFacts>(
  head: CheckHead & { readonly requires: readonly Required[] },
  judge: (facts: Pick<RunFacts, Required>, head: CheckHead) => CheckResult,
): Check => ({ ...head, run: (facts) => [judge(pick(facts, head.requires), head)] });

/** A check of every workload or resource that was observed; none where this run did not ask for it. */
export const defineChecks = <Required extends keyof RunFacts>(
  head: CheckHead & { readonly requires: readonly Required[] },
  judge: (facts: Pick<RunFacts, Required>) => readonly Verdict[],
): Check => ({
  ...head,
  run: (facts) => judge(pick(facts, head.requires)).map((verdict) => ({ verdict })),
});

/** The inputs of those names and nothing else. */
function pick<Inputs extends object, Name extends keyof Inputs>(
  inputs: Inputs,
  names: readonly Name[],
): Pick<Inputs, Name> {
  const picked: Partial<Pick<Inputs, Name>> = {};
  for (const name of names) picked[name] = inputs[name];
  if (!isComplete(picked, names)) throw new RangeError(`inputs lack one of ${names.join(", ")}`);
  return picked;
}

const isComplete = <Inputs, Name extends keyof Inputs>(
  picked: Partial<Pick<Inputs, Name>>,
  names: readonly Name[],
): picked is Pick<Inputs, Name> => names.every((name) => name in picked);

/** The fields that every verdict of a check shares. */
export const verdictHead = ({ id, group, title, surface }: CheckHead) => ({
  checkId: id,
  group,
  title,
  surface,
});

export const notAsked = (head: CheckHead, reason: string): CheckResult => ({
  verdict: { ...verdictHead(head), outcome: "not-applicable", cause: "not-asked", reason },
});

export const notTestable = (head: CheckHead, reason: string): CheckResult => ({
  verdict: { ...verdictHead(head), outcome: "not-applicable", cause: "not-testable", reason },
});

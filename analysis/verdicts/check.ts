/** The frame of every check: metadata, and a pure function over what it requires and nothing else. */
import type { Surface } from "../../src/domain/surface.ts";
import type { NotApplicableVerdict, Verdict, VerdictGroup } from "../../src/domain/verdict.ts";
import { standsOnPart, type CoverageRule } from "./coverage-rule.ts";

export interface CheckResult {
  readonly verdict: Verdict;
  /** For the run's validity: too little was measured to judge at all. */
  readonly shortage?: { readonly measured: number; readonly minimum: number } | undefined;
  /** What was observed, one sentence each; the misses first. */
  readonly evidence?: readonly string[] | undefined;
  /** Why the verdict rests on a part of what it judges, in words that lead up to its reason; absent: it does not. */
  readonly partial?: string | undefined;
}

/** What a check needs to know to write a verdict of its own. */
export interface CheckHead {
  /** Public: the id of its verdict and its JUnit name. */
  readonly id: string;
  readonly group: VerdictGroup;
  readonly title: string;
  readonly surface?: Surface | undefined;
}

export interface Requirements<Required, Optional> {
  /** Without one of these the check is not testable. */
  readonly requires: readonly Required[];
  /** Read as well where they are there. */
  readonly optional?: readonly Optional[];
  /** Default "most". */
  readonly coverage?: CoverageRule;
}

export interface Check<Inputs> extends CheckHead, Requirements<keyof Inputs, keyof Inputs> {
  /** One result, or one for each workload or resource that was observed. */
  readonly run: (inputs: Inputs) => readonly CheckResult[];
}

/** What a check is given: the inputs that it names. */
export type Given<Inputs, Required extends keyof Inputs, Optional extends keyof Inputs> = Pick<
  Inputs,
  Optional
> & { readonly [Name in Required]-?: Exclude<Inputs[Name], undefined> };

/** What a family of inputs knows of its own holes. */
interface Holes<Inputs> {
  /** @returns `undefined` where the input is there */
  readonly whyMissing: (inputs: Inputs, name: keyof Inputs) => string | undefined;
  /** When an input was not observed though it is there; `undefined`: never. */
  readonly unobserved: (inputs: Inputs, name: keyof Inputs) => string | undefined;
}

/** The `defineCheck` of a family of inputs: what a run is judged by, or one workload's autoscaler. */
export const checksOver =
  <Inputs extends object>({ whyMissing, unobserved }: Holes<Inputs>) =>
  <
    Head extends CheckHead,
    Required extends keyof Inputs = never,
    Optional extends keyof Inputs = never,
  >(
    head: Head & Requirements<Required, Optional>,
    judge: (
      given: Given<Inputs, Required, Optional>,
      head: CheckHead,
    ) => CheckResult | readonly CheckResult[],
  ): Head & Check<Inputs> => {
    const { requires, optional = [], coverage = "most" } = head;
    return {
      ...head,
      run: (inputs) => {
        const missing = requires.flatMap((name) => whyMissing(inputs, name) ?? []);
        const given = pick(inputs, [...requires, ...optional]);
        if (missing.length > 0 || !isGiven(given, requires, optional))
          return [notTestable(head, `not testable: ${missing.join("; ")}`)];
        const judged = judge(given, head);
        const holes = new Set(requires.flatMap((name) => unobserved(inputs, name) ?? []));
        const partial =
          holes.size === 0
            ? undefined
            : `not testable: ${[...holes].join("; ")}; of what was seen:`;
        return ("verdict" in judged ? [judged] : judged).map((result) =>
          covered({ ...result, partial: result.partial ?? partial }, coverage),
        );
      },
    };
  };

/** The inputs of those names and nothing else. */
function pick<Inputs extends object>(
  inputs: Inputs,
  names: readonly (keyof Inputs)[],
): Partial<Inputs> {
  const picked: Partial<Inputs> = {};
  for (const name of names) picked[name] = inputs[name];
  return picked;
}

const isGiven = <Inputs, Required extends keyof Inputs, Optional extends keyof Inputs>(
  picked: Partial<Inputs>,
  requires: readonly Required[],
  optional: readonly Optional[],
): picked is Partial<Inputs> & Given<Inputs, Required, Optional> =>
  requires.every((name) => picked[name] !== undefined) && optional.every((name) => name in picked);

/** The result where its verdict stands on what was observed; else it is not testable. */
function covered({ partial, ...result }: CheckResult, rule: CoverageRule): CheckResult {
  const { verdict } = result;
  if (partial === undefined || standsOnPart(rule, verdict)) return result;
  const { checkId: id, group, title, surface, reason } = verdict;
  return { ...result, ...notTestable({ id, group, title, surface }, `${partial} ${reason}`) };
}

/** The fields that every verdict of a check shares. */
export const verdictHead = ({ id, group, title, surface }: CheckHead) => ({
  checkId: id,
  group,
  title,
  surface,
});

export const notApplicable =
  (cause: NotApplicableVerdict["cause"]) =>
  (head: CheckHead, reason: string): { readonly verdict: NotApplicableVerdict } => ({
    verdict: { ...verdictHead(head), outcome: "not-applicable", cause, reason },
  });

export const notAsked = notApplicable("not-asked");
export const notTestable = notApplicable("not-testable");

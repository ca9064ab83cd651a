import type { Estimate } from "../../src/domain/estimate.ts";
import type { Plan } from "../../src/domain/plan.ts";
import type { AssetsCut } from "../../src/domain/run.ts";
import type { PerSurface, Surface } from "../../src/domain/surface.ts";
import type { Verdict, VerdictGroup } from "../../src/domain/verdict.ts";
import type { ProbeLatencies } from "../database/probe-latencies.ts";
import type { Group } from "../measurements/groups.ts";
import type { BatchedHits } from "../statistics/batches.ts";

/** Everything a check may ask for; it names what it requires and is given that only. */
export interface CheckInputs {
  readonly plan: Plan;
  /** What each surface's p95 budget reads, dropped requests as infinite; absent: nothing was measured. */
  readonly latencies: Partial<PerSurface<Group>>;
  /** Requests of users and those that failed, per batch. */
  readonly failures: PerSurface<readonly BatchedHits[]>;
  /** The same with requests that were never sent as failed. */
  readonly unserved: PerSurface<readonly BatchedHits[]>;
  /** Well answered requests per minute; absent: no whole second was judged. */
  readonly throughput: { readonly achieved?: Estimate };
  /** Pages that were not loaded whole; absent: all were. */
  readonly assetsCut?: AssetsCut | undefined;
  /** Of the observer of the database; absent: nothing observed it. */
  readonly databaseProbe?: ProbeLatencies;
}

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
  readonly requires: readonly (keyof CheckInputs)[];
}

export interface Check extends CheckMetadata {
  readonly run: (inputs: CheckInputs) => CheckResult;
}

/** What a check needs to know to write a verdict of its own. */
export type CheckHead = Pick<Check, "id" | "group" | "title" | "surface">;

/** A check from its metadata and a pure function over the inputs it requires. */
export function defineCheck<Required extends keyof CheckInputs>(
  head: CheckHead & { readonly requires: readonly Required[] },
  judge: (inputs: Pick<CheckInputs, Required>, head: CheckHead) => CheckResult,
): Check {
  return { ...head, run: (inputs) => judge(pick(inputs, head.requires), head) };
}

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

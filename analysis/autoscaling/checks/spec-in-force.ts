/** An HPA's spec may change while it is observed: every judgement reads the one that was in force at its instant. */
import type { HpaSpec } from "../types.ts";

export interface SpecInForce {
  readonly from: number;
  readonly spec: HpaSpec;
}

/** @param specs ascending @returns the spec at an instant, before the first the first; `undefined` where there is none */
export function specAt(specs: readonly SpecInForce[], at: number): HpaSpec | undefined {
  return (specs.findLast(({ from }) => from <= at) ?? specs[0])?.spec;
}

/** The specs of some observations as a list: one that never changed was in force from the start. */
export function specsOf(observations: {
  readonly spec: HpaSpec;
  readonly specs?: readonly SpecInForce[] | undefined;
}): readonly SpecInForce[] {
  const { spec, specs = [] } = observations;
  return specs.length === 0 ? [{ from: -Infinity, spec }] : specs;
}

/** A reader of the spec in force at an instant. */
export function specReader(observations: {
  readonly spec: HpaSpec;
  readonly specs?: readonly SpecInForce[] | undefined;
}): (at: number) => HpaSpec {
  const specs = specsOf(observations);
  return (at) => specAt(specs, at) ?? observations.spec;
}

/** Whether the spec changed within (from, to]. */
export function changedWithin(specs: readonly SpecInForce[], from: number, to: number): boolean {
  return specs.slice(1).some((one) => one.from > from && one.from <= to);
}

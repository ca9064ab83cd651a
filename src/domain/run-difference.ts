/** What runs have to share: `--allow` accepts a difference by name. */
export type Trait =
  | "plan-hash"
  | "scenario-hash"
  | "environment"
  | "target"
  | "generator"
  | "k6-version"
  | "headroom-version";

export interface RunDifference {
  /** What differs; `--allow` accepts it by this name. */
  readonly trait: Trait;
  /** Every value that occurs, ascending. */
  readonly baseline: readonly string[];
  /** Every value that occurs, ascending. */
  readonly candidate: readonly string[];
  /** Fields of the plan that differ, where the plans do. */
  readonly fields?: readonly string[];
}

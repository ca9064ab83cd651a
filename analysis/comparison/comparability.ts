/** What differs between runs that are about to be compared, besides the build under test. */
import type { RunRecord } from "../../src/domain/run.ts";
import type { RunDifference, Trait } from "../../src/domain/run-difference.ts";

export type { RunDifference };

const gigabyte = 1e9;

export const traits: { readonly [Name in Trait]: (run: RunRecord) => string } = {
  "plan-hash": ({ hashes, plan }) => `${plan.profile} ${hashes.plan.slice(0, 12)}`,
  "scenario-hash": ({ hashes }) => hashes.scenario.slice(0, 12),
  environment: ({ plan }) => plan.environment,
  target: ({ target }) => target.kind,
  generator: ({ generator }) =>
    `${generator.cpuCores} × ${generator.cpuModel}, ${Math.round(generator.memoryBytes / gigabyte)} GB, ${generator.platform}`,
  "k6-version": ({ versions }) => versions.k6,
  "headroom-version": ({ versions }) => versions.headroom,
};

export const isTrait = (name: string): name is Trait => Object.hasOwn(traits, name);

/** Traits with more than one value, over both sets or inside one of them. */
export function differencesOf(
  baseline: readonly RunRecord[],
  candidate: readonly RunRecord[],
): RunDifference[] {
  return Object.entries(traits).flatMap(([trait, read]) => {
    if (!isTrait(trait)) return [];
    const [from, to] = [distinct(baseline.map(read)), distinct(candidate.map(read))];
    if (new Set([...from, ...to]).size < 2) return [];
    const fields = trait === "plan-hash" ? differingFields([...baseline, ...candidate]) : [];
    return [
      { trait, baseline: from, candidate: to, fields: fields.length === 0 ? undefined : fields },
    ];
  });
}

const distinct = (values: readonly string[]): string[] => [...new Set(values)].toSorted();

/** Parts of a plan that the hash leaves out: where the target is, and what each run draws. */
const notHashed: ReadonlySet<string> = new Set([
  "targets",
  "resolvedAddresses",
  "approval",
  "abortRules",
  "seed",
]);

function differingFields(runs: readonly RunRecord[]): string[] {
  const plans = runs.map(({ plan }) => new Map(Object.entries(plan)));
  const names = distinct(plans.flatMap((plan) => [...plan.keys()]));
  return names.filter(
    (name) =>
      !notHashed.has(name) && new Set(plans.map((plan) => JSON.stringify(plan.get(name)))).size > 1,
  );
}

/** "plan-hash: smoke 1a2b against nightly 3c4d (phases, profile differ)". */
export function differenceText({ trait, baseline, candidate, fields = [] }: RunDifference): string {
  const detail = fields.length === 0 ? "" : ` (${fields.join(", ")} differ)`;
  return `${trait}: ${baseline.join(" and ")} against ${candidate.join(" and ")}${detail}`;
}

import type { Observation } from "../src/domain/observation.ts";

/** What was observed of the load generator, its runners added up: they are asked at one instant. */
export function ofGenerator(observations: readonly Observation[]): readonly Observation[] {
  const sums = new Map<string, Observation>();
  const alone: Observation[] = [];
  for (const each of observations) {
    if (each.source !== "generator") continue;
    if (each.labels["runner"] === undefined) {
      alone.push(each);
      continue;
    }
    const key = `${each.name} ${each.at}`;
    const value = each.value + (sums.get(key)?.value ?? 0);
    sums.set(key, { ...each, labels: {}, value });
  }
  return [...alone, ...sums.values()];
}

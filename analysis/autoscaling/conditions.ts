/** Conditions of an HPA's status: one per type, in the order in which they first appeared. */
import type { Condition } from "./types.ts";

/** Changes the list in place. `since` moves only when the status changes, as in Kubernetes. */
export function setCondition(conditions: Condition[], latest: Condition): void {
  const place = conditions.findIndex(({ type }) => type === latest.type);
  const before = conditions[place];
  if (before === undefined) conditions.push(latest);
  else if (before.status !== latest.status) conditions[place] = latest;
  else conditions[place] = { ...latest, since: before.since };
}

export function conditionOf(conditions: readonly Condition[], type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}

/** `labelSelector` and `fieldSelector` of a query: equality, inequality, sets and existence. */
import type { KubernetesObject } from "./objects.ts";

export type Selects = (object: KubernetesObject) => boolean;

/** @returns `undefined` where a selector cannot be read */
export function selectorOf(query: URLSearchParams): Selects | undefined {
  const labels = conditionsOf(query.get("labelSelector") ?? "");
  const fields = conditionsOf(query.get("fieldSelector") ?? "");
  if (labels === undefined || fields === undefined) return undefined;
  return (object) =>
    labels.every(({ key, holds }) => holds(object.metadata.labels?.[key])) &&
    fields.every(({ key, holds }) => holds(fieldOf(object, key)));
}

interface Condition {
  readonly key: string;
  readonly holds: (value: string | undefined) => boolean;
}

function conditionsOf(text: string): readonly Condition[] | undefined {
  const conditions: Condition[] = [];
  // A comma inside of parentheses belongs to a set.
  for (const part of text.split(/,(?![^(]*\))/).filter((piece) => piece !== "")) {
    const condition = conditionOf(part.trim());
    if (condition === undefined) return undefined;
    conditions.push(condition);
  }
  return conditions;
}

function conditionOf(text: string): Condition | undefined {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text);
  if (set !== null) {
    const [, key = "", operator, list = ""] = set;
    const values = new Set(list.split(",").map((value) => value.trim()));
    const isIn = operator === "in";
    return { key, holds: (value) => (value !== undefined && values.has(value)) === isIn };
  }
  const equality = /^([^=!\s]+)\s*(==|=|!=)\s*([^=!\s]*)$/.exec(text);
  if (equality !== null) {
    const [, key = "", operator, wanted = ""] = equality;
    return { key, holds: (value) => ((value ?? "") === wanted) === (operator !== "!=") };
  }
  const existence = /^(!?)([^=!\s]+)$/.exec(text);
  if (existence === null) return undefined;
  const [, not, key = ""] = existence;
  return { key, holds: (value) => (value === undefined) === (not === "!") };
}

/** `metadata.name`, `involvedObject.kind`, `status.phase`; numbers as text. */
export function fieldOf(object: KubernetesObject, path: string): string | undefined {
  let value: unknown = object;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.entries(value).find(([key]) => key === name)?.[1];
  }
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

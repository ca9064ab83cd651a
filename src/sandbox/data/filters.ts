/** The Graph's filters as SQL: `{name_contains_nocase: "bond"}` becomes `name ilike …` with a parameter. */

export interface Field {
  readonly sql: string;
  readonly type: "text" | "int8" | "numeric" | "bool" | "text[]" | "timestamptz";
}

/** Fields with an operator at the end of their name, all of which must hold; `and` and `or` hold lists of filters. */
export type Filter = Readonly<Record<string, unknown>>;

/** What each ending means; longer endings first, so that `_not_in` is not taken for `_in`. */
const operators: readonly (readonly [
  ending: string,
  sql: (field: Field, parameter: string) => string,
])[] = [
  ["_contains_nocase", ({ sql }, parameter) => `${sql} ilike '%' || ${parameter}::text || '%'`],
  [
    "_contains",
    ({ sql, type }, parameter) =>
      type === "text[]"
        ? `${sql} @> ${parameter}::text[]`
        : `${sql} like '%' || ${parameter}::text || '%'`,
  ],
  ["_not_in", ({ sql, type }, parameter) => `${sql} <> all(${parameter}::${type}[])`],
  ["_in", ({ sql, type }, parameter) => `${sql} = any(${parameter}::${type}[])`],
  ["_not", ({ sql, type }, parameter) => `${sql} <> ${parameter}::${type}`],
  ["_gte", ({ sql, type }, parameter) => `${sql} >= ${parameter}::${type}`],
  ["_lte", ({ sql, type }, parameter) => `${sql} <= ${parameter}::${type}`],
  ["_gt", ({ sql, type }, parameter) => `${sql} > ${parameter}::${type}`],
  ["_lt", ({ sql, type }, parameter) => `${sql} < ${parameter}::${type}`],
  ["", ({ sql, type }, parameter) => `${sql} = ${parameter}::${type}`],
];

/**
 * @param values parameters so far; those of the filter are appended
 * @returns a condition; `true` where nothing is asked for
 * @throws Error on a field that cannot be filtered by
 */
export function conditionsOf(
  fields: Readonly<Record<string, Field>>,
  filter: Filter,
  values: unknown[],
): string {
  const parts = Object.entries(filter)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => condition(fields, key, value, values));
  return parts.length === 0 ? "true" : parts.join(" and ");
}

function condition(
  fields: Readonly<Record<string, Field>>,
  key: string,
  value: unknown,
  values: unknown[],
): string {
  if (key === "and" || key === "or") {
    const parts = (Array.isArray(value) ? value : [value])
      .filter(isFilter)
      .map((part) => `(${conditionsOf(fields, part, values)})`);
    return parts.length === 0 ? "true" : `(${parts.join(` ${key} `)})`;
  }
  // `tokenFactory_: {id: …}` asks for the same as `tokenFactory: …`.
  if (key.endsWith("_") && isFilter(value)) {
    return condition(fields, key.slice(0, -1), value["id"], values);
  }
  for (const [ending, sql] of operators) {
    const field = key.endsWith(ending)
      ? fields[key.slice(0, key.length - ending.length)]
      : undefined;
    if (field !== undefined) return sql(field, `$${values.push(value)}`);
  }
  throw new Error(`cannot filter by ${key}`);
}

function isFilter(value: unknown): value is Filter {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The Graph's filters as SQL: `{name_contains_nocase: "bond"}` becomes `name ilike …` with a parameter. */

export interface Field {
  readonly sql: string;
  readonly type: "text" | "int8" | "numeric" | "bool" | "text[]" | "timestamptz";
  /** The field is a list of ids, and filters ask whether it holds one. */
  readonly isMember?: true;
}

/** Fields with an operator at the end of their name, all of which must hold; `and` and `or` hold lists of filters. */
export type Filter = Readonly<Record<string, unknown>>;

/** What each ending means; longer endings first, so that `_not_in` is not taken for `_in`. */
const operators: readonly (readonly [
  ending: string,
  sql: (field: Field, parameter: string) => string,
])[] = [
  ["_not_contains_nocase", (field, parameter) => `not ${contains("ilike", field, parameter)}`],
  ["_contains_nocase", (field, parameter) => contains("ilike", field, parameter)],
  ["_not_contains", (field, parameter) => `not ${contains("like", field, parameter)}`],
  ["_contains", (field, parameter) => contains("like", field, parameter)],
  ["_starts_with_nocase", ({ sql }, parameter) => `${sql} ilike ${parameter}::text || '%'`],
  ["_starts_with", ({ sql }, parameter) => `${sql} like ${parameter}::text || '%'`],
  ["_ends_with_nocase", ({ sql }, parameter) => `${sql} ilike '%' || ${parameter}::text`],
  ["_ends_with", ({ sql }, parameter) => `${sql} like '%' || ${parameter}::text`],
  ["_not_in", ({ sql, type }, parameter) => `${sql} <> all(${parameter}::${type}[])`],
  ["_in", ({ sql, type }, parameter) => `${sql} = any(${parameter}::${type}[])`],
  ["_not", ({ sql, type }, parameter) => `${sql} <> ${parameter}::${type}`],
  ["_gte", ({ sql, type }, parameter) => `${sql} >= ${parameter}::${type}`],
  ["_lte", ({ sql, type }, parameter) => `${sql} <= ${parameter}::${type}`],
  ["_gt", ({ sql, type }, parameter) => `${sql} > ${parameter}::${type}`],
  ["_lt", ({ sql, type }, parameter) => `${sql} < ${parameter}::${type}`],
  [
    "",
    // The id of one that stands in a list: `denominationAssetForBond_: {id: …}`.
    ({ sql, type, isMember }, parameter) =>
      isMember === true ? `${parameter}::text = any(${sql})` : `${sql} = ${parameter}::${type}`,
  ],
];

/** A list holds all of the values; a text holds the text. */
const contains = (operator: "like" | "ilike", { sql, type }: Field, parameter: string): string =>
  type === "text[]"
    ? `${sql} @> ${parameter}::text[]`
    : `${sql} ${operator} '%' || ${parameter}::text || '%'`;

/**
 * `null` is a value (`expiresAt: null` finds what never expires), `undefined` asks for nothing.
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
    .filter(([, value]) => value !== undefined)
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
    // An alternative that asks for nothing comes from a variable that was left out.
    const parts = (Array.isArray(value) ? value : [value])
      .filter(isFilter)
      .filter((part) => Object.values(part).some((asked) => asked !== undefined))
      .map((part) => `(${conditionsOf(fields, part, values)})`);
    return parts.length === 0 ? "true" : `(${parts.join(` ${key} `)})`;
  }
  if (key.endsWith("_") && isFilter(value)) {
    return conditionsOf(fieldsBelow(fields, key), value, values);
  }
  for (const [ending, sql] of operators) {
    const field = key.endsWith(ending)
      ? fields[key.slice(0, key.length - ending.length)]
      : undefined;
    if (field === undefined) continue;
    if (value === null) return `${field.sql} is ${ending === "_not" ? "not " : ""}null`;
    return sql(field, `$${values.push(value)}`);
  }
  throw new Error(`cannot filter by ${key}`);
}

/**
 * Fields of an entity that is referred to: `tokenFactory_: {id: …}` asks for the same as `tokenFactory: …`, its other
 * fields stand as `tokenFactory_.name`.
 */
function fieldsBelow(
  fields: Readonly<Record<string, Field>>,
  key: string,
): Readonly<Record<string, Field>> {
  const prefix = `${key}.`;
  const below = Object.entries(fields)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, field]) => [name.slice(prefix.length), field] as const);
  const id = fields[key.slice(0, -1)];
  return Object.fromEntries(id === undefined ? below : [["id", id] as const, ...below]);
}

function isFilter(value: unknown): value is Filter {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

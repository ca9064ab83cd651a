/**
 * Schemas of an OpenAPI document in one form: references replaced by what they name, alternatives under `anyOf`, null as
 * an alternative (3.0 has `nullable`, 3.1 lists of types), parts of `allOf` merged.
 */
export type Loose = Readonly<Record<string, unknown>>;

/** How deep references are followed: schemas may refer to themselves. */
const deepest = 16;

export const recordOf = (value: unknown): Loose | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;

export const listOf = (value: unknown): readonly unknown[] | undefined =>
  Array.isArray(value) ? value : undefined;

/** The object of a `$ref` within its document (`#/components/schemas/Token`); `{}` if missing. */
export function resolved(value: unknown, document: Loose): Loose {
  const reference = recordOf(value)?.["$ref"];
  if (typeof reference !== "string") return recordOf(value) ?? {};
  const found = reference
    .replace(/^#\//, "")
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((parent, part) => recordOf(parent)?.[part], document);
  return recordOf(found) ?? {};
}

/** @param schema of the document    @returns a self-contained schema; `{}` (anything) below the maximum depth */
export function plainSchema(schema: unknown, document: Loose, depth = 0): Loose {
  if (depth > deepest) return {};
  const { nullable, oneOf, anyOf, allOf, type, properties, items, ...rest } = resolved(
    schema,
    document,
  );
  const inner = (part: unknown): Loose => plainSchema(part, document, depth + 1);
  const types = listOf(type);
  const alternatives =
    listOf(anyOf) ??
    listOf(oneOf) ??
    types?.map((one) => ({ ...rest, type: one, properties, items }));
  const own: Record<string, unknown> = { ...rest };
  if (types === undefined && type !== undefined) own["type"] = type;
  if (types === undefined && recordOf(properties) !== undefined)
    own["properties"] = Object.fromEntries(
      Object.entries(recordOf(properties) ?? {}).map(([name, part]) => [name, inner(part)]),
    );
  if (types === undefined && items !== undefined) own["items"] = inner(items);
  const merged = (listOf(allOf) ?? []).map(inner).reduce(mergedSchema, own);
  const whole =
    alternatives === undefined
      ? merged
      : { ...(types === undefined ? merged : {}), anyOf: alternatives.map(inner) };
  return nullable === true ? { anyOf: [whole, { type: "null" }] } : whole;
}

function mergedSchema(a: Loose, b: Loose): Loose {
  const properties = { ...recordOf(a["properties"]), ...recordOf(b["properties"]) };
  const required = [...(listOf(a["required"]) ?? []), ...(listOf(b["required"]) ?? [])];
  const merged: Record<string, unknown> = { ...a, ...b };
  if (Object.keys(properties).length > 0) merged["properties"] = properties;
  if (required.length > 0) merged["required"] = required;
  return merged;
}

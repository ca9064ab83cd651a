/**
 * The schema that graph-node serves for a subgraph, from the names and types of its entities. What the entities do not
 * say (arguments of lists, filters, orders) follows graph-node's rules: graph/src/schema/api.rs of version 0.39.
 */
import type { SubgraphContract, SubgraphQuery } from "../../profiles/platform/contract/index.ts";

type Fields = Readonly<Record<string, string>>;
type Types = SubgraphContract["types"];

/** @returns schema definition language; parsed by `buildSchema` of graphql-js */
export function subgraphSchemaText(contract: SubgraphContract): string {
  const { types, enums, queries } = contract;
  const entities = Object.entries(types).filter(([, fields]) => "id" in fields);
  return [
    ...["BigDecimal", "BigInt", "Bytes", "Int8", "Timestamp"].map((name) => `scalar ${name}`),
    "input Block_height { hash: Bytes number: Int number_gte: Int }",
    "input BlockChangedFilter { number_gte: Int! }",
    ...Object.entries(enums).map(([name, values]) => `enum ${name} { ${values.join(" ")} }`),
    block("type Query", Object.entries(queries).map(queryField)),
    ...Object.entries(types).map(([name, fields]) =>
      block(
        `type ${name}`,
        Object.entries(fields).map(([field, type]) => objectField(types, field, type)),
      ),
    ),
    ...entities.map(([name, fields]) => block(`enum ${name}_orderBy`, orderValues(types, fields))),
    ...entities.map(([name, fields]) =>
      block(`input ${name}_filter`, filterFields(contract, name, fields)),
    ),
  ].join("\n");
}

const block = (head: string, lines: readonly string[]): string =>
  `${head} {\n  ${lines.join("\n  ")}\n}`;

export const namedType = (type: string): string => type.replaceAll(/[[\]!]/g, "");
const isList = (type: string): boolean => type.startsWith("[");

/** graph-node's defaults of arguments. */
const defaults: Fields = { skip: "0", first: "100", subgraphError: "deny", current: "exclude" };

function queryField([name, query]: readonly [string, SubgraphQuery]): string {
  return `${name}${argumentsOf(query.arguments)}: ${query.type}`;
}

function argumentsOf(fields: Fields): string {
  const parts = Object.entries(fields).map(([name, type]) => {
    const value = defaults[name];
    return `${name}: ${type}${value === undefined ? "" : ` = ${value}`}`;
  });
  return parts.length === 0 ? "" : `(${parts.join(", ")})`;
}

/** Lists of entities take the arguments of a query's list, without `block` and `subgraphError`. */
function objectField(types: Types, name: string, type: string): string {
  const entity = namedType(type);
  if (!isList(type) || types[entity] === undefined) return `${name}: ${type}`;
  const fields = {
    skip: "Int",
    first: "Int",
    orderBy: `${entity}_orderBy`,
    orderDirection: "OrderDirection",
    where: `${entity}_filter`,
  };
  return `${name}${argumentsOf(fields)}: ${type}`;
}

/** Aggregations have both: `Int8` ids and a `…_collection` of their own. */
const isAggregation = ({ queries }: SubgraphContract, entity: string): boolean =>
  Object.values(queries).some(
    ({ type, arguments: given }) => namedType(type) === entity && "interval" in given,
  );

/** Every field, and the plain fields of entities that it refers to: `account`, `account__id`. */
function orderValues(types: Types, fields: Fields): readonly string[] {
  return Object.entries(fields).flatMap(([name, type]) => {
    const child = isList(type) ? undefined : types[namedType(type)];
    const nested = Object.entries(child ?? {}).filter(
      ([, childType]) => !isList(childType) && types[namedType(childType)] === undefined,
    );
    return [name, ...nested.map(([childName]) => `${name}__${childName}`)];
  });
}

const comparisons = ["", "_not", "_gt", "_lt", "_gte", "_lte", "_in", "_not_in"] as const;
const texts = ["contains", "starts_with", "ends_with"].flatMap((word) => [
  `_${word}`,
  `_${word}_nocase`,
  `_not_${word}`,
  `_not_${word}_nocase`,
]);
const endingsOf: Readonly<Record<string, readonly string[]>> = {
  Boolean: ["", "_not", "_in", "_not_in"],
  Bytes: [...comparisons, "_contains", "_not_contains"],
  String: [...comparisons, ...texts],
};
const listEndings = ["", "_not"].concat(texts.slice(0, 4));
const aggregationEndings = ["", "_gt", "_lt", "_gte", "_lte", "_in"] as const;
const numbers: ReadonlySet<string> = new Set(["BigDecimal", "BigInt", "Int", "Int8", "Timestamp"]);

function filterFields(
  contract: SubgraphContract,
  entity: string,
  fields: Fields,
): readonly string[] {
  const isAggregated = isAggregation(contract, entity);
  const own = Object.entries(fields).flatMap(([name, type]) =>
    isAggregated
      ? aggregationFilter(contract, name, type)
      : fieldFilter(contract, entity, name, type),
  );
  const several = `[${entity}_filter]`;
  return [...own, "_change_block: BlockChangedFilter", `and: ${several}`, `or: ${several}`];
}

function fieldFilter(
  { types, enums }: SubgraphContract,
  entity: string,
  name: string,
  type: string,
): readonly string[] {
  const named = namedType(type);
  const child = types[named];
  const nested = child === undefined ? [] : [`${name}_: ${named}_filter`];
  if (child !== undefined && isDerived(types, entity, name, type)) return nested;
  const scalar = child === undefined ? named : idScalar(child);
  if (isList(type)) {
    return [...listEndings.map((ending) => `${name}${ending}: [${scalar}!]`), ...nested];
  }
  const endings = enums[named] === undefined ? endingsOf[scalar] : endingsOf["Boolean"];
  return [...filtersOf(name, scalar, endings ?? comparisons), ...nested];
}

/**
 * Sums and counts of an aggregation are no filters; its dimensions are: the time, entities and texts.
 * Facts do not mark them apart, but every sum and count of the platform is a number.
 */
function aggregationFilter(
  { types }: SubgraphContract,
  name: string,
  type: string,
): readonly string[] {
  const named = namedType(type);
  const child = types[named];
  if (child !== undefined) {
    return [...filtersOf(name, idScalar(child), [""]), `${name}_: ${named}_filter`];
  }
  if (!numbers.has(named)) return filtersOf(name, named, [""]);
  return name === "id" || name === "timestamp" ? filtersOf(name, named, aggregationEndings) : [];
}

const filtersOf = (name: string, scalar: string, endings: readonly string[]): readonly string[] =>
  endings.map((ending) =>
    ending === "_in" || ending === "_not_in"
      ? `${name}${ending}: [${scalar}!]`
      : `${name}${ending}: ${scalar}`,
  );

/** What a reference to this entity is compared with: text for Bytes ids. */
const idScalar = (fields: Fields): string =>
  namedType(fields["id"] ?? "") === "Int8" ? "Int" : "String";

/**
 * Whether the field is computed from the other side (`@derivedFrom`), so that only the other side's fields can be
 * filtered by. Facts do not mark them; in the platform's schema they are the lists of entities that point back, except
 * `TrustedIssuer.claimTopics` (many to many, stored there), and the single `…State` entities that point back.
 */
export function isDerived(types: Types, entity: string, name: string, type: string): boolean {
  const named = namedType(type);
  const back = Object.values(types[named] ?? {}).filter((field) => namedType(field) === entity);
  if (isList(type)) return back.length > 0 && `${entity}.${name}` !== "TrustedIssuer.claimTopics";
  return named.endsWith("State") && back.some((field) => !isList(field));
}

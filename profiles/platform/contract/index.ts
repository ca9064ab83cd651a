/**
 * The platform's contract at one commit: what its API takes and gives, and what its subgraph serves. Names and types
 * only; `node tools/platform-facts.mjs` makes the two JSON files from the facts, and a test compares them.
 */
import apiDigest from "./api.json" with { type: "json" };
import subgraphDigest from "./subgraph.json" with { type: "json" };

/** Part of JSON Schema that the inputs of the API use. */
export interface InputSchema {
  readonly type?: "object" | "array" | "string" | "number" | "boolean" | "integer" | "null";
  readonly properties?: Readonly<Record<string, InputSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: InputSchema | boolean;
  readonly propertyNames?: InputSchema;
  readonly items?: InputSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly anyOf?: readonly InputSchema[];
  readonly enum?: readonly (string | number)[];
  readonly const?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

/**
 * What an answer looks like: a type's name (`"string"`, `"any"`) or a constant, fields by name (a name ending in `?` is
 * optional), or a list: of one entry the items of an array, of several the alternatives.
 */
export type OutputShape =
  | string
  | boolean
  | readonly OutputShape[]
  | { readonly [field: string]: OutputShape };

export interface ApiProcedure {
  readonly method: string;
  /** The REST route; parameters are written `:name`. */
  readonly route: string;
  /** `null`: it takes nothing. */
  readonly input: InputSchema | null;
  readonly output: OutputShape;
}

export interface ApiContract {
  /** Repository, commit and version that it was read from. */
  readonly source: string;
  /** By the path of the procedure, e.g. `token/read`. */
  readonly procedures: Readonly<Record<string, ApiProcedure>>;
}

export interface SubgraphContract {
  readonly source: string;
  /** Object types: the GraphQL type of each field, e.g. `[TokenBalance!]!`. */
  readonly types: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly enums: Readonly<Record<string, readonly string[]>>;
  readonly queries: Readonly<Record<string, SubgraphQuery>>;
}

export interface SubgraphQuery {
  /** GraphQL type of the answer, e.g. `[Token!]!`. */
  readonly type: string;
  /** GraphQL type of each argument. */
  readonly arguments: Readonly<Record<string, string>>;
}

export const apiContract: ApiContract = {
  source: apiDigest.source,
  procedures: JSON.parse(JSON.stringify(expandShared(apiDigest.procedures, apiDigest.shared))),
};

export const subgraphContract: SubgraphContract = {
  source: subgraphDigest.source,
  types: JSON.parse(JSON.stringify(subgraphDigest.types)),
  enums: subgraphDigest.enums,
  queries: Object.fromEntries(
    Object.entries(subgraphDigest.queries).map(([name, query]) => [name, withArguments(query)]),
  ),
};

/** `Token_orderBy` is written `$type_orderBy` in the set of arguments that all lists share. */
function withArguments(query: {
  readonly type: string;
  readonly arguments: number;
}): SubgraphQuery {
  const named = query.type.replaceAll(/[[\]!]/g, "");
  const set: Readonly<Record<string, string | undefined>> =
    subgraphDigest.argumentSets[query.arguments] ?? {};
  return {
    type: query.type,
    arguments: Object.fromEntries(
      Object.entries(set).flatMap(([name, type]) =>
        type === undefined ? [] : [[name, type.replace("$type", named)]],
      ),
    ),
  };
}

/** @throws TypeError on a digest that refers to a part it does not hold */
function expandShared(value: unknown, shared: readonly unknown[]): unknown {
  return JSON.parse(JSON.stringify(value), (_key, part: unknown) => {
    const place = part instanceof Object && "$shared" in part ? part.$shared : undefined;
    if (typeof place !== "number") return part;
    if (!(place in shared)) throw new TypeError(`api.json: no shared part ${place}`);
    return expandShared(shared[place], shared);
  });
}

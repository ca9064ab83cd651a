/**
 * The contract's whole schema with the sandbox's resolvers. What the sandbox holds nothing for is `null` or empty, and
 * where the contract allows neither, zero: a query is refused for nothing that the platform would accept.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { defaultFieldResolver, GraphQLError, GraphQLScalarType, Kind } from "graphql";
import type { GraphQLFieldResolver } from "graphql";
import { createSchema } from "graphql-yoga";
import { subgraphContract } from "../../../profiles/platform/contract/index.ts";
import { namedType, subgraphSchemaText } from "../../../src/contract/subgraph-schema.ts";
import type { SubgraphContext } from "./nodes.ts";
import { resolvers } from "./resolvers.ts";

/** What yoga gets from Node. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

type Resolve = GraphQLFieldResolver<unknown, SubgraphContext>;

/** As graph-node. */
const largestPage = 1000;

/** Made by yoga: a schema of another copy of graphql-js is refused. */
export const executableSchema = () =>
  createSchema<Exchange & SubgraphContext>({
    typeDefs: subgraphSchemaText(subgraphContract),
    resolvers: { ...allResolvers(), ...scalars() },
    // A test validates the text; to do so, and to copy the schema for its resolvers, takes a second at every start.
    assumeValid: true,
    assumeValidSDL: true,
    updateResolversInPlace: true,
  });

function allResolvers(): Record<string, Record<string, Resolve>> {
  const roots: Readonly<Record<string, Resolve | undefined>> = resolvers.Query;
  const queries = Object.entries(subgraphContract.queries).map(([name, { type }]) => [
    name,
    withPlaceholder(roots[name] ?? defaultFieldResolver, type),
  ]);
  const types = Object.entries(subgraphContract.types).map(([name, fields]) => [
    name,
    Object.fromEntries(
      Object.entries(fields).map(([field, type]) => [
        field,
        withPlaceholder(defaultFieldResolver, type),
      ]),
    ),
  ]);
  return { Query: Object.fromEntries(queries), ...Object.fromEntries(types) };
}

function withPlaceholder(resolve: Resolve, type: string): Resolve {
  return (source, args, context, info) => {
    checkPage(args);
    const value: unknown = resolve(source, args, context, info);
    return value instanceof Promise
      ? value.then((found: unknown) => found ?? placeholder(type))
      : (value ?? placeholder(type));
  };
}

function checkPage({ first, skip }: Readonly<Record<string, unknown>>): void {
  if (typeof first === "number" && (first < 0 || first > largestPage)) {
    throw new GraphQLError(
      `The \`first\` argument must be between 0 and ${largestPage}, but is ${first}`,
    );
  }
  if (typeof skip === "number" && skip < 0) {
    throw new GraphQLError(`The \`skip\` argument must be at least 0, but is ${skip}`);
  }
}

/**
 * The emptiest value of a type. An entity has no values of its own: its fields are the emptiest in turn.
 * @param type as the contract has it, e.g. `[Token!]!`
 */
function placeholder(type: string): unknown {
  if (!type.endsWith("!")) return null;
  if (type.startsWith("[")) return [];
  const named = namedType(type);
  return subgraphContract.enums[named]?.[0] ?? zeros[named] ?? {};
}

const zeros: Readonly<Record<string, unknown>> = {
  Boolean: false,
  Int: 0,
  Int8: "0",
  BigInt: "0",
  BigDecimal: "0",
  Timestamp: "0",
  Bytes: "0x",
  ID: "0x",
  String: "",
};

/** Big numbers, bytes and timestamps are text; whole numbers are taken as well, as by graph-node. */
const scalars = (): Record<string, GraphQLScalarType> =>
  Object.fromEntries(
    ["BigDecimal", "BigInt", "Bytes", "Int8", "Timestamp"].map((name) => [name, textScalar(name)]),
  );

function textScalar(name: string): GraphQLScalarType {
  const accept = (value: unknown): string => {
    if (typeof value === "string" || typeof value === "number") return String(value);
    throw new TypeError(`${name} cannot be ${JSON.stringify(value)}`);
  };
  return new GraphQLScalarType({
    name,
    serialize: String,
    parseValue: accept,
    parseLiteral: (node) => {
      if (node.kind === Kind.STRING || node.kind === Kind.INT) return node.value;
      throw new TypeError(`${name} must be a string or a whole number`);
    },
  });
}

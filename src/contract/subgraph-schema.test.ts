import { buildSchema, isEnumType, isInputObjectType, isObjectType, validateSchema } from "graphql";
import { expect, test } from "vitest";
import { subgraphContract } from "../../profiles/platform/contract/index.ts";
import { isDerived, subgraphSchemaText } from "./subgraph-schema.ts";

const schema = buildSchema(subgraphSchemaText(subgraphContract));

const inputFields = (name: string): readonly string[] => {
  const type = schema.getType(name);
  if (!isInputObjectType(type)) throw new TypeError(`${name} is no input`);
  return Object.values(type.getFields()).map((field) => `${field.name}: ${String(field.type)}`);
};

const signature = (typeName: string, fieldName: string): string => {
  const type = schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  const given = field?.args.map(
    ({ name, type: argument, defaultValue }) =>
      `${name}: ${String(argument)}${defaultValue === undefined ? "" : ` = ${JSON.stringify(defaultValue)}`}`,
  );
  return `(${given?.join(", ")}): ${String(field?.type)}`;
};

test("the schema is valid and holds every type, field and query of the contract, and no other", () => {
  expect(validateSchema(schema)).toEqual([]);
  const served = Object.keys(schema.getQueryType()?.getFields() ?? {});
  expect(served.toSorted()).toEqual(Object.keys(subgraphContract.queries).toSorted());
  const objects = Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) && !type.name.startsWith("__") && type.name !== "Query",
  );
  expect(objects.map(({ name }) => name).toSorted()).toEqual(
    Object.keys(subgraphContract.types).toSorted(),
  );
  for (const [name, fields] of Object.entries(subgraphContract.types)) {
    const type = schema.getType(name);
    const found = isObjectType(type)
      ? Object.values(type.getFields()).map((field) => [field.name, String(field.type)])
      : [];
    expect(Object.fromEntries(found)).toEqual(fields);
  }
});

test.each([
  [
    "a list of the root",
    "Query",
    "tokens",
    '(skip: Int = 0, first: Int = 100, orderBy: Token_orderBy, orderDirection: OrderDirection, where: Token_filter, block: Block_height, subgraphError: _SubgraphErrorPolicy_ = "deny"): [Token!]!',
  ],
  [
    "one of the root",
    "Query",
    "token",
    '(id: ID!, block: Block_height, subgraphError: _SubgraphErrorPolicy_ = "deny"): Token',
  ],
  [
    "a list of an entity",
    "Token",
    "balances",
    "(skip: Int = 0, first: Int = 100, orderBy: TokenBalance_orderBy, orderDirection: OrderDirection, where: TokenBalance_filter): [TokenBalance!]!",
  ],
  ["a list of scalars takes nothing", "Token", "extensions", "(): [TokenExtension!]!"],
  ["an entity takes nothing", "Token", "createdBy", "(): Account!"],
])("arguments of %s", (_case, type, field, expected) => {
  expect(signature(type, field)).toBe(expected);
});

test.each([
  ["text", "Token_filter", ["name_contains_nocase: String", "name_not_starts_with: String"]],
  ["numbers", "Token_filter", ["totalSupply_gt: BigDecimal", "decimals_in: [Int!]"]],
  ["bytes", "Action_filter", ["target_in: [Bytes!]", "target_contains: Bytes"]],
  ["booleans", "Action_filter", ["executed: Boolean", "executed_not: Boolean"]],
  ["a list of bytes", "ActionExecutor_filter", ["executors_contains: [Bytes!]"]],
  ["an entity by its id", "Token_filter", ["tokenFactory: String", "tokenFactory_in: [String!]"]],
  ["an entity by its fields", "Action_filter", ["executor_: ActionExecutor_filter"]],
  ["a stored list of entities", "Event_filter", ["involved_contains: [String!]"]],
  ["a list of enums", "Token_filter", ["extensions_contains: [TokenExtension!]"]],
  ["combinations", "Token_filter", ["and: [Token_filter]", "or: [Token_filter]"]],
  ["changed blocks", "Token_filter", ["_change_block: BlockChangedFilter"]],
  [
    "dimensions of an aggregation",
    "AccountStats_filter",
    ["timestamp_gte: Timestamp", "account: String", "account_: Account_filter"],
  ],
])("filters of %s", (_case, name, expected) => {
  expect(inputFields(name)).toEqual(expect.arrayContaining([...expected]));
});

test.each([
  ["a derived list has no ids to compare", "Token_filter", "balances: [String!]"],
  ["a derived entity has no id to compare", "Token_filter", "stats: String"],
  ["sums of an aggregation", "TokenStats_filter", "totalSupply: BigDecimal"],
  ["numbers contain nothing", "Token_filter", "decimals_contains: Int"],
])("no filter: %s", (_case, name, absent) => {
  expect(inputFields(name)).not.toContain(absent);
});

test("58 fields are derived, as in the platform's schema", () => {
  const derived = Object.entries(subgraphContract.types).flatMap(([entity, fields]) =>
    Object.entries(fields)
      .filter(([name, type]) => isDerived(subgraphContract.types, entity, name, type))
      .map(([name]) => `${entity}.${name}`),
  );
  expect(derived).toHaveLength(58);
  expect(derived).toContain("Token.distributionStats");
  expect(derived).not.toContain("TokenTopHolder.state");
  expect(derived).not.toContain("AccessControl.admin");
});

test("orders go by every field and by plain fields of entities referred to", () => {
  const type = schema.getType("TopicSchemeClaimsState_orderBy");
  const values = isEnumType(type) ? type.getValues().map(({ name }) => name) : [];
  expect(values).toContain("topicScheme__topicId");
  expect(values).toContain("topicScheme");
  expect(values).not.toContain("topicScheme__registry");
});

/** Whether operations can be sent to a subgraph: all differences between its schema and what they use. */
import { messageOf } from "../domain/errors.ts";
import {
  buildSchema,
  getNamedType,
  getOperationAST,
  getVariableValues,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  parse,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from "graphql";
import type {
  DocumentNode,
  GraphQLArgument,
  GraphQLField,
  GraphQLInputType,
  GraphQLOutputType,
  GraphQLSchema,
} from "graphql";
import { subgraphContract } from "../../profiles/platform/contract/index.ts";
import { subgraphSchemaText } from "./subgraph-schema.ts";

/** An operation as it is sent: its document names it, `variables` are an example. */
export interface UsedOperation {
  readonly name: string;
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface ContractProblem {
  readonly operation: string;
  readonly kind:
    | "syntax"
    | "missing-field"
    | "field-type"
    | "missing-argument"
    | "argument-type"
    | "missing-input-field"
    | "enum-values"
    | "document"
    | "variable";
  /** `Token.totalSupply`, `Query.tokens(where:)`, `Event_orderBy`; `$name` or the operation where no type is at fault. */
  readonly place: string;
  /** The type in the contract, and in the schema; absent: does not exist. */
  readonly expected?: string | undefined;
  readonly found?: string | undefined;
  /** One sentence: what, where, and the value. */
  readonly message: string;
}

/** The schema that the committed contract describes. */
export const contractSchema = (): GraphQLSchema =>
  buildSchema(subgraphSchemaText(subgraphContract));

/**
 * @param schema of the target, e.g. by introspection    @param contract what the operations were written for
 * @returns in the order of the operations; empty: every operation is accepted, and answers have the expected types
 */
export function contractProblems(
  schema: GraphQLSchema,
  operations: readonly UsedOperation[],
  contract: GraphQLSchema = contractSchema(),
): readonly ContractProblem[] {
  return operations.flatMap((operation) => problemsOf(schema, operation, contract));
}

function problemsOf(
  schema: GraphQLSchema,
  operation: UsedOperation,
  contract: GraphQLSchema,
): readonly ContractProblem[] {
  const problem = (
    kind: ContractProblem["kind"],
    place: string,
    message: string,
  ): ContractProblem => ({ operation: operation.name, kind, place, message });
  let document: DocumentNode;
  try {
    document = parse(operation.document);
  } catch (error) {
    return [problem("syntax", operation.name, messageOf(error))];
  }
  const differences = new DocumentComparison(schema, contract, operation.name).compare(document);
  const refused =
    differences.length > 0
      ? []
      : validate(schema, document).map(({ message }) =>
          problem("document", operation.name, message),
        );
  const found = [...differences, ...refused];
  if (found.length > 0) return found;
  const node = getOperationAST(document, operation.name);
  const definitions = node?.variableDefinitions ?? [];
  const { errors = [] } = getVariableValues(schema, definitions, operation.variables);
  return errors.map(({ message }) =>
    problem("variable", /\$\w+/.exec(message)?.[0] ?? "", message),
  );
}

/** Walks a document with the types of the contract and looks each used part up in the schema. */
class DocumentComparison {
  readonly #schema: GraphQLSchema;
  readonly #contract: GraphQLSchema;
  readonly #operation: string;
  readonly #found = new Map<string, ContractProblem>();

  constructor(schema: GraphQLSchema, contract: GraphQLSchema, operation: string) {
    this.#schema = schema;
    this.#contract = contract;
    this.#operation = operation;
  }

  compare(document: DocumentNode): readonly ContractProblem[] {
    const typeInfo = new TypeInfo(this.#contract);
    visit(
      document,
      visitWithTypeInfo(typeInfo, {
        Field: () => {
          const parent = typeInfo.getParentType()?.name;
          const field = typeInfo.getFieldDef();
          if (parent !== undefined && field) this.#compareField(parent, field);
        },
        Argument: () => {
          const [parent, field] = [typeInfo.getParentType()?.name, typeInfo.getFieldDef()];
          const argument = typeInfo.getArgument();
          if (parent !== undefined && field && argument) {
            this.#compareArgument(parent, field.name, argument);
          }
        },
        ObjectField: ({ name }) => {
          const parent = getNamedType(typeInfo.getParentInputType());
          if (parent) this.#compareInputField(parent.name, name.value);
        },
      }),
    );
    return [...this.#found.values()];
  }

  #compareField(parent: string, field: GraphQLField<unknown, unknown>): void {
    const place = `${parent}.${field.name}`;
    const type = this.#schema.getType(parent);
    // `__typename` is not a field of any type.
    if (field.name.startsWith("__")) return;
    const found =
      isObjectType(type) || isInterfaceType(type) ? type.getFields()[field.name] : undefined;
    if (found === undefined) this.#add("missing-field", place, String(field.type), undefined);
    else this.#compareTypes("field-type", place, field.type, found.type);
  }

  #compareArgument(parent: string, fieldName: string, argument: GraphQLArgument): void {
    const type = this.#schema.getType(parent);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (field === undefined) return;
    const place = `${parent}.${fieldName}(${argument.name}:)`;
    const found = field.args.find(({ name }) => name === argument.name);
    if (found === undefined) {
      this.#add("missing-argument", place, String(argument.type), undefined);
    } else this.#compareTypes("argument-type", place, argument.type, found.type);
  }

  #compareInputField(parent: string, name: string): void {
    const [expected, found] = [this.#contract, this.#schema].map((schema) => {
      const type = schema.getType(parent);
      return isInputObjectType(type) ? type.getFields()[name] : undefined;
    });
    if (expected === undefined) return;
    const place = `${parent}.${name}`;
    if (found === undefined) {
      this.#add("missing-input-field", place, String(expected.type), undefined);
    } else this.#compareTypes("argument-type", place, expected.type, found.type);
  }

  #compareTypes(
    kind: "field-type" | "argument-type",
    place: string,
    expected: GraphQLOutputType | GraphQLInputType,
    found: GraphQLOutputType | GraphQLInputType,
  ): void {
    if (!isSafeChange(kind, String(expected), String(found))) {
      this.#add(kind, place, String(expected), String(found));
    }
    const [before, after] = [getNamedType(expected), getNamedType(found)];
    if (!isEnumType(before) || !isEnumType(after)) return;
    const values = new Set(after.getValues().map(({ name }) => name));
    const missing = before.getValues().filter(({ name }) => !values.has(name));
    const added = [...values].filter((name) => before.getValue(name) === undefined);
    // An additional value in a response may be unknown here; one in an argument is never sent.
    if (missing.length === 0 && (kind === "argument-type" || added.length === 0)) return;
    this.#add(
      "enum-values",
      before.name,
      before
        .getValues()
        .map(({ name }) => name)
        .join(" "),
      [...values].join(" "),
    );
  }

  #add(
    kind: ContractProblem["kind"],
    place: string,
    expected: string | undefined,
    found: string | undefined,
  ): void {
    const message =
      found === undefined
        ? `${place} does not exist; expected ${expected ?? "it"}`
        : `${place} is ${found}; expected ${expected ?? "nothing"}`;
    const operation = this.#operation;
    this.#found.set(`${kind} ${place}`, { operation, kind, place, expected, found, message });
  }
}

/** A result that became non-null is compatible, and so is an argument that became optional. */
function isSafeChange(
  kind: "field-type" | "argument-type",
  expected: string,
  found: string,
): boolean {
  if (expected === found) return true;
  return kind === "field-type" ? found === `${expected}!` : expected === `${found}!`;
}

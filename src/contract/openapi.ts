/**
 * An OpenAPI document (3.0 or 3.1) as a contract of procedures. The platform serves one at `/api/spec.json`; oRPC names
 * each operation by its procedure (`token.read`), and spreads an input over path, query and body.
 */
import type {
  ApiContract,
  ApiProcedure,
  InputSchema,
  OutputShape,
} from "../../profiles/platform/contract/index.ts";
import { listOf, plainSchema, recordOf, resolved, type Loose } from "./plain-schema.ts";

const methods: ReadonlySet<string> = new Set(["get", "put", "post", "delete", "patch"]);

/** @returns `undefined` where the value is no OpenAPI document of version 3 */
export function contractOfOpenApi(value: unknown): ApiContract | undefined {
  const document = recordOf(value);
  const version = document?.["openapi"];
  if (document === undefined || typeof version !== "string" || !version.startsWith("3."))
    return undefined;
  const operations = Object.entries(recordOf(document["paths"]) ?? {}).flatMap(([route, item]) =>
    Object.entries(recordOf(item) ?? {})
      .filter(([method]) => methods.has(method))
      .map(([method, operation]) => ({ route, method, operation: recordOf(operation) ?? {} })),
  );
  const { title, version: release } = recordOf(document["info"]) ?? {};
  return {
    source: [`OpenAPI ${version}:`, title, release].filter(Boolean).join(" "),
    procedures: Object.fromEntries(
      operations.flatMap(({ route, method, operation }) => {
        const name = operation["operationId"];
        if (typeof name !== "string") return [];
        const place = { method: method.toUpperCase(), route };
        return [[name.replaceAll(".", "/"), procedureOf(place, operation, document)]];
      }),
    ),
  };
}

function procedureOf(
  place: Pick<ApiProcedure, "method" | "route">,
  operation: Loose,
  document: Loose,
): ApiProcedure {
  const parameters = (listOf(operation["parameters"]) ?? []).map((one) => resolved(one, document));
  const responses = Object.entries(recordOf(operation["responses"]) ?? {});
  const answer = responses.find(([status]) => /^2\d\d$/.test(status))?.[1];
  const answered = schemaOf(answer, document);
  return {
    ...place,
    input: inputOf(
      parameters.filter(({ in: where }) => where === "path" || where === "query"),
      schemaOf(operation["requestBody"], document),
      document,
    ),
    output: answered === undefined ? "any" : outputOf(answered),
  };
}

/** The schema of a body or an answer, as JSON where there are several forms. */
function schemaOf(body: unknown, document: Loose): Loose | undefined {
  const content = recordOf(resolved(body, document)["content"]) ?? {};
  const media = recordOf(content["application/json"] ?? Object.values(content)[0]);
  return media?.["schema"] === undefined ? undefined : plainSchema(media["schema"], document);
}

/** One object of all inputs; `null` if there are none. Each alternative of a body gets the parameters. */
function inputOf(
  parameters: readonly Loose[],
  body: Loose | undefined,
  document: Loose,
): InputSchema | null {
  if (parameters.length === 0) return body === undefined ? null : schemaAsInput(body);
  const alternatives = listOf(body?.["anyOf"]);
  if (alternatives !== undefined)
    return {
      anyOf: alternatives.map((one) => inputOf(parameters, recordOf(one), document) ?? {}),
    };
  const properties = parameters.map(({ name, schema }) => [
    String(name),
    plainSchema(schema, document),
  ]);
  const required = parameters.flatMap(({ name, required: is }) => (is === true ? [name] : []));
  return schemaAsInput({
    type: "object",
    properties: { ...recordOf(body?.["properties"]), ...Object.fromEntries(properties) },
    required: [...(listOf(body?.["required"]) ?? []), ...required],
  });
}

/** Plain schemas are JSON Schema, of which inputs use a part. */
const schemaAsInput = (schema: Loose): InputSchema => JSON.parse(JSON.stringify(schema));

/** @param schema in the plain form */
function outputOf(schema: Loose): OutputShape {
  const shapes = alternativesOf(schema);
  const [first = "any"] = shapes;
  return shapes.length === 1 ? first : shapes;
}

function alternativesOf(schema: Loose): readonly OutputShape[] {
  const options = listOf(schema["anyOf"]);
  if (options !== undefined) {
    const shapes = options.flatMap((option) => alternativesOf(recordOf(option) ?? {}));
    return [...new Map(shapes.map((shape) => [JSON.stringify(shape), shape])).values()];
  }
  const constants = listOf(schema["enum"]) ?? ("const" in schema ? [schema["const"]] : undefined);
  if (constants !== undefined)
    return constants.map((value) => (typeof value === "boolean" ? value : String(value)));
  const { type, properties, items } = schema;
  if (type === "array") return [[outputOf(recordOf(items) ?? {})]];
  if (recordOf(properties) === undefined) return [typeof type === "string" ? type : "any"];
  const required = new Set(listOf(schema["required"]) ?? []);
  return [
    Object.fromEntries(
      Object.entries(recordOf(properties) ?? {}).map(([name, part]) => [
        required.has(name) ? name : `${name}?`,
        outputOf(recordOf(part) ?? {}),
      ]),
    ),
  ];
}

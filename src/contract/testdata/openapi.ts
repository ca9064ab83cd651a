/** The committed contract as the OpenAPI document that a platform would serve, for the tests. */
import type {
  ApiContract,
  ApiProcedure,
  OutputShape,
} from "../../../profiles/platform/contract/index.ts";

type Schema = Readonly<Record<string, unknown>>;

const typeNames = new Set(["string", "number", "integer", "boolean", "null", "object"]);

function schemaOfShape(shape: OutputShape): Schema {
  if (typeof shape === "boolean") return { const: shape };
  if (typeof shape === "string") {
    if (shape === "any") return {};
    return typeNames.has(shape) ? { type: shape } : { const: shape };
  }
  if (Array.isArray(shape)) {
    const list: readonly OutputShape[] = shape;
    const [entry = "any"] = list;
    return list.length === 1
      ? { type: "array", items: schemaOfShape(entry) }
      : { anyOf: list.map(schemaOfShape) };
  }
  const fields = Object.entries(shape);
  return {
    type: "object",
    properties: Object.fromEntries(
      fields.map(([name, field]) => [name.replace(/\?$/, ""), schemaOfShape(field)]),
    ),
    required: fields.map(([name]) => name).filter((name) => !name.endsWith("?")),
  };
}

/** GET procedures take their input as query parameters, the others as a body. */
function operationOf(path: string, { method, input, output }: ApiProcedure): Schema {
  const { properties = {}, required = [] } = input ?? {};
  const isQuery = method === "GET" && input?.properties !== undefined;
  return {
    operationId: path.replaceAll("/", "."),
    parameters: isQuery
      ? Object.entries(properties).map(([name, schema]) => ({
          name,
          in: "query",
          required: required.includes(name),
          schema,
        }))
      : [],
    ...(input !== null && !isQuery
      ? { requestBody: { required: true, content: { "application/json": { schema: input } } } }
      : {}),
    responses: { 200: { content: { "application/json": { schema: schemaOfShape(output) } } } },
  };
}

export function openApiOf({ procedures }: Pick<ApiContract, "procedures">): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const [path, procedure] of Object.entries(procedures)) {
    const item = (paths[procedure.route] ??= {});
    item[procedure.method.toLowerCase()] = operationOf(path, procedure);
  }
  return { openapi: "3.1.1", info: { title: "Platform", version: "2.0.0" }, paths };
}

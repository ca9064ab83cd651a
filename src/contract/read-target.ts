/** The current contract of a target: a subgraph's schema by introspection, an API's OpenAPI document, or a file of either. */
import { parsedJson } from "../domain/json.ts";
import { existsSync } from "node:fs";
import path from "node:path";
import { buildClientSchema, buildSchema, getIntrospectionQuery } from "graphql";
import type { GraphQLSchema, IntrospectionQuery } from "graphql";
import type { ApiContract } from "../../profiles/platform/contract/index.ts";
import { readInput } from "../config/input-encoding.ts";
import { ConfigError, TargetError, UsageError } from "../domain/errors.ts";
import { ask, fieldOf, textOf } from "../platform/client.ts";
import { contractOfOpenApi } from "./openapi.ts";

export type LiveContract =
  | {
      readonly surface: "subgraph";
      readonly how: "introspection" | "file";
      readonly schema: GraphQLSchema;
    }
  | { readonly surface: "api"; readonly how: "openapi" | "file"; readonly contract: ApiContract }
  /** A platform without a document: only its responses can be checked. */
  | { readonly surface: "api"; readonly how: "answers" };

export const isUrl = (text: string): boolean => /^https?:\/\//i.test(text);

/** @throws UsageError where there is no such file, ConfigError where it holds neither a schema nor a document */
export function readContractFile(file: string, directory: string): LiveContract {
  const location = path.resolve(directory, file);
  if (!existsSync(location))
    throw new UsageError(`--contract: there is no file ${file}`, {
      code: "no-such-file",
      hint: "Pass a URL (https://…), an OpenAPI document as JSON, or a GraphQL schema (.graphql, or an introspection result as JSON).",
    });
  const text = readInput(location, file);
  const json = parsedJson(text);
  const live = json === undefined ? schemaOfText(text) : contractOfJson(json, "file");
  if (live !== undefined) return live;
  throw new ConfigError(
    `${file} is neither an OpenAPI 3 document, nor an introspection result, nor a GraphQL schema`,
    {
      code: "unknown-contract-file",
      hint: "Save the platform's /api/spec.json, or the schema that the subgraph was deployed with.",
    },
  );
}

function schemaOfText(text: string): LiveContract | undefined {
  try {
    return {
      surface: "subgraph",
      how: "file",
      schema: buildSchema(text, { assumeValidSDL: true }),
    };
  } catch {
    return undefined;
  }
}

function contractOfJson(json: unknown, how: "file" | "wire"): LiveContract | undefined {
  const schema = schemaOfIntrospection(json);
  if (schema !== undefined)
    return { surface: "subgraph", how: how === "file" ? how : "introspection", schema };
  const contract = contractOfOpenApi(json);
  return contract && { surface: "api", how: how === "file" ? how : "openapi", contract };
}

/** @param json the answer, or its `data` */
function schemaOfIntrospection(json: unknown): GraphQLSchema | undefined {
  const data = fieldOf(json, "data") ?? json;
  if (fieldOf(data, "__schema") === undefined) return undefined;
  try {
    // A server's response is validated by building the schema from it.
    const introspection: IntrospectionQuery = JSON.parse(JSON.stringify(data));
    return buildClientSchema(introspection);
  } catch {
    return undefined;
  }
}

/** Paths of OpenAPI documents below the given URL. */
const documentPaths = ["", "/api/spec.json", "/spec.json", "/openapi.json"];

/**
 * Detects what a URL serves.
 * @param url on an allowed host @throws TargetError if unreachable, or neither a subgraph nor an API
 */
export async function readContractUrl(url: string): Promise<LiveContract> {
  const base = url.replace(/\/$/, "");
  const introspected = await ask("POST introspection", {
    method: "POST",
    url,
    body: { query: getIntrospectionQuery({ descriptions: false }) },
  });
  const schema = schemaOfIntrospection(introspected.json);
  if (schema !== undefined) return { surface: "subgraph", how: "introspection", schema };
  const message = firstMessage(introspected.json);
  if (message !== undefined) throw noSchema(url, message);
  for (const documentPath of documentPaths) {
    const { status, json } = await ask("GET OpenAPI document", {
      method: "GET",
      url: base + documentPath,
    });
    const live = status === 200 ? contractOfJson(json, "wire") : undefined;
    if (live?.surface === "api") return live;
  }
  const health = await ask("GET auth.ok", { method: "GET", url: `${base}/api/auth/ok` });
  if (health.status === 200 && fieldOf(health.json, "ok") === true)
    return { surface: "api", how: "answers" };
  throw new TargetError(
    `${new URL(url).host} answers, but neither as a subgraph (introspection: status ${introspected.status}) nor with an OpenAPI document nor as the platform's API`,
    {
      code: "no-contract",
      hint: "Pass the base URL of the platform, the query URL of its subgraph, or a contract file.",
    },
  );
}

/** GraphQL lists errors with messages. */
function firstMessage(json: unknown): string | undefined {
  const errors = fieldOf(json, "errors");
  return Array.isArray(errors) ? textOf(fieldOf(errors[0], "message")) : undefined;
}

function noSchema(url: string, message: string): TargetError {
  const isOff = /introspection/i.test(message);
  const shown = message.replaceAll(/\s+/g, " ").slice(0, 200);
  return new TargetError(
    isOff
      ? `POST introspection at ${new URL(url).host}: introspection is switched off ("${shown}")`
      : `POST introspection at ${new URL(url).host}: the subgraph refuses the query for its schema ("${shown}")`,
    {
      code: isOff ? "introspection-off" : "introspection-refused",
      hint: isOff
        ? "Save the schema that the subgraph was deployed with and name the file: --contract schema.graphql."
        : "Check the address of the subgraph, with its name, and that it is deployed.",
    },
  );
}

/** Outcome of a response with status 200, from its body: wrong responses have that status too. */
import type { Answer } from "./measure.ts";

/**
 * Selectors (gjson, run by k6 on the raw body: no object is built) that must find something other than null in the
 * output. `"tokens.#"` is a list, `"tokens.0.id"` one that holds something, `""` the whole output; a `?` at the end
 * allows null.
 */
export type Shape = readonly string[];

export type Input = Readonly<Record<string, unknown>>;

export interface Expected {
  readonly shape: Shape;
  /** The returned object must have the requested id: the selector in the output, and the field of the input. */
  readonly sameId?: { readonly found: string; readonly asked: string };
}

type Json = Pick<Answer, "json">;

/** @param response `{"json": output}` */
export function rpcOutcome(response: Json, expected: Expected, input: Input): string {
  if (isErrorOutput(response)) return "error_output";
  return outcomeBelow("json", response, expected, input);
}

export function graphqlOutcome(response: Json, expected: Expected, variables: Input): string {
  if (response.json("errors.0") !== undefined) return "graphql_errors";
  return outcomeBelow("data", response, expected, variables);
}

/** oRPC's `{defined, code, status, message}`. Two of them: an output may well have a `code` of its own. */
function isErrorOutput(response: Json): boolean {
  if (typeof response.json("json.code") !== "string") return false;
  return ["message", "status", "defined"].some(
    (field) => response.json(`json.${field}`) !== undefined,
  );
}

function outcomeBelow(
  root: string,
  response: Json,
  { shape, sameId }: Expected,
  input: Input,
): string {
  if (!hasShape(response, root, shape)) return "wrong_shape";
  if (sameId === undefined) return "ok";
  const found = response.json(`${root}.${sameId.found}`);
  return isSameAddress(found, input[sameId.asked]) ? "ok" : "wrong_entity";
}

function hasShape(response: Json, root: string, shape: Shape): boolean {
  return shape.every((entry) => {
    const isNullable = entry.endsWith("?");
    const path = isNullable ? entry.slice(0, -1) : entry;
    const found = response.json(path === "" ? root : `${root}.${path}`);
    return found !== undefined && (isNullable || found !== null);
  });
}

/** The capitals of an address are a checksum: the same address may come with them and without. */
const isSameAddress = (found: unknown, asked: unknown): boolean =>
  typeof found === "string" &&
  typeof asked === "string" &&
  found.toLowerCase() === asked.toLowerCase();

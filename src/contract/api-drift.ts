/**
 * Differences of a live target's API contract, for the calls of the scenarios. A difference is `read` if a
 * scenario sends or reads it: a run would fail on it. The others are only listed.
 */
import * as z from "zod";
import type { ApiContract, InputSchema } from "../../profiles/platform/contract/index.ts";
import type { Expected } from "../../scenarios/lib/json-outcome.ts";
import type { ApiUse } from "./api-check.ts";
import { outputDrift, type OutputDrift } from "./output-drift.ts";

export interface ApiDrift {
  readonly procedure: string;
  readonly kind: "procedure-removed" | "input-refused" | "input-unknown" | OutputDrift["kind"];
  /** `input.days`, `output.tokens.#.id`; `""`: the procedure. */
  readonly place: string;
  readonly was?: string | undefined;
  readonly is?: string | undefined;
  readonly isUsed: boolean;
}

/** @param live of the target    @param contract that the scenarios were written for */
export function apiDrift(
  live: Pick<ApiContract, "procedures">,
  contract: Pick<ApiContract, "procedures">,
  uses: readonly ApiUse[],
): readonly ApiDrift[] {
  return uses.flatMap((use) => {
    const is = live.procedures[use.path];
    const was = contract.procedures[use.path];
    if (is === undefined)
      return [
        {
          procedure: use.name,
          kind: "procedure-removed",
          place: "",
          was: was === undefined ? undefined : `${was.method} ${was.route}`,
          isUsed: true,
        },
      ];
    return [
      ...inputDrift(use, is.input, was?.input ?? null),
      ...(was === undefined ? [] : outputDrift(was.output, is.output)).map((drift): ApiDrift => ({
        ...drift,
        procedure: use.name,
        place: drift.place === "" ? "output" : `output.${drift.place}`,
        isUsed: isReadPlace(use, drift.place, drift.kind),
      })),
    ];
  });
}

/** Does a scenario read this part of the output, or something below it? */
export function isReadPlace(
  { shape, sameId }: Expected,
  place: string,
  kind: OutputDrift["kind"],
): boolean {
  return [...shape, ...(sameId === undefined ? [] : [sameId.found])].some((selector) => {
    const mayBeNull = selector.endsWith("?");
    const path = selector
      .replace(/\?$/, "")
      .split(".")
      .map((part) => (/^\d+$/.test(part) ? "#" : part))
      .join(".")
      // The length of a list is the list's.
      .replace(/(?:^|\.)#$/, "");
    if (path === place) return !(mayBeNull && kind === "may-be-absent");
    return place === "" || path.startsWith(`${place}.`);
  });
}

function inputDrift(
  { name, inputs }: ApiUse,
  is: InputSchema | null,
  was: InputSchema | null,
): readonly ApiDrift[] {
  const found = new Map<string, ApiDrift>();
  const add = (kind: ApiDrift["kind"], path: readonly string[]): void => {
    const place = ["input", ...path].join(".");
    const before = schemasAt(was, path);
    const after = schemasAt(is, path);
    found.set(place, {
      procedure: name,
      kind,
      place,
      was: before.length === 0 ? undefined : schemaText(before),
      is: after.length === 0 ? undefined : schemaText(after),
      isUsed: true,
    });
  };
  const reader = is === null ? undefined : z.fromJSONSchema(JSON.parse(JSON.stringify(is)));
  for (const input of inputs) {
    const { error } = reader?.safeParse(input) ?? {};
    for (const path of (error?.issues ?? []).flatMap(placesOf)) add("input-refused", path);
    for (const path of pathsOf(input))
      if (schemasAt(was, path).length > 0 && schemasAt(is, path).length === 0 && !isOpen(is, path))
        add("input-unknown", path);
  }
  return [...found.values()];
}

/** Where an input is refused; of alternatives, the one that refuses the fewest places. */
function placesOf(issue: z.core.$ZodIssue, above?: unknown): readonly (readonly string[])[] {
  const path = issue.path.map((part) => (typeof part === "number" ? "#" : String(part)));
  if (issue.code !== "invalid_union" || typeof above === "string") return [path];
  const options = issue.errors
    .map((issues) => issues.flatMap((inner) => placesOf(inner)))
    .filter((places) => places.length > 0)
    .toSorted((a, b) => a.length - b.length || (b[0]?.length ?? 0) - (a[0]?.length ?? 0));
  const [nearest] = options;
  return nearest === undefined || nearest.every((one) => one.length === 0)
    ? [path]
    : nearest.map((inner) => [...path, ...inner]);
}

/** Every field of an input: `["walletVerification", "verificationType"]`, entries of lists as `#`. */
function pathsOf(value: unknown, above: readonly string[] = []): readonly (readonly string[])[] {
  if (Array.isArray(value)) return value.flatMap((entry) => pathsOf(entry, [...above, "#"]));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [
    [...above, name],
    ...pathsOf(part, [...above, name]),
  ]);
}

/** Schemas of a place: several where there are alternatives. */
function schemasAt(schema: InputSchema | null, path: readonly string[]): readonly InputSchema[] {
  if (schema === null) return [];
  const [first, ...rest] = path;
  if (first === undefined) return [schema];
  const own = first === "#" ? schema.items : schema.properties?.[first];
  return [
    ...(own === undefined ? [] : schemasAt(own, rest)),
    ...(schema.anyOf ?? []).flatMap((option) => schemasAt(option, path)),
  ];
}

/** Somewhere above this part, any value is accepted. */
function isOpen(schema: InputSchema | null, path: readonly string[]): boolean {
  return path.some((_, length) =>
    schemasAt(schema, path.slice(0, length)).some(
      ({ type, anyOf, properties, items, additionalProperties }) =>
        additionalProperties === true ||
        (type === undefined &&
          anyOf === undefined &&
          properties === undefined &&
          items === undefined),
    ),
  );
}

function schemaText(schemas: readonly InputSchema[]): string {
  const texts = schemas.flatMap(textsOf);
  return [...new Set(texts)].join(" | ");
}

function textsOf(schema: InputSchema): readonly string[] {
  const { type, anyOf, const: constant, minimum, maximum, exclusiveMinimum } = schema;
  if (anyOf !== undefined) return anyOf.flatMap(textsOf);
  if (schema.enum !== undefined) return schema.enum.map(String);
  if (constant !== undefined) return [constant];
  const bounds = [
    ...(minimum === undefined ? [] : [`≥ ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`> ${exclusiveMinimum}`]),
    ...(maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? [] : [`≤ ${maximum}`]),
  ];
  const lengths = [
    ...(schema.minLength === undefined ? [] : [`${schema.minLength} characters or more`]),
    ...(schema.maxLength === undefined ? [] : [`at most ${schema.maxLength} characters`]),
  ];
  return [[type ?? "any", ...bounds, ...lengths].join(" ")];
}

/** The contract's outputs: their fields, and whether a value matches. */
import type { OutputShape } from "../../profiles/platform/contract/index.ts";

/** Entries that name a type; any other text is a constant. */
const typeNames = ["any", "string", "number", "integer", "boolean", "null", "object"] as const;
type TypeName = (typeof typeNames)[number];

const typeNamed = (shape: OutputShape): TypeName | undefined =>
  typeNames.find((name) => name === shape);

export const isList = (shape: OutputShape): shape is readonly OutputShape[] => Array.isArray(shape);

/** Fields by their name without `?`. */
export const fieldsOf = (
  shape: Exclude<OutputShape, string | boolean | readonly OutputShape[]>,
): ReadonlyMap<string, { readonly shape: OutputShape; readonly isOptional: boolean }> =>
  new Map(
    Object.entries(shape).map(([key, field]) => [
      key.replace(/\?$/, ""),
      { shape: field, isOptional: key.endsWith("?") },
    ]),
  );

/** One part of a value that does not match the contract. */
export interface OutputProblem {
  /** `""`: the output itself. */
  readonly place: string;
  readonly kind: "unknown-field" | "missing-field" | "wrong-type";
  readonly detail: string;
}

/**
 * Compares a value with the shape of an output. Values are those before they are written as JSON: instants and decimal
 * numbers are `any` in the contract.
 * @returns every difference; of alternatives, those of the nearest one
 */
export function outputProblems(
  shape: OutputShape,
  value: unknown,
  place = "",
): readonly OutputProblem[] {
  if (isList(shape)) {
    const [entry] = shape;
    return shape.length === 1 && entry !== undefined
      ? listProblems(entry, value, place)
      : alternativeProblems(shape, value, place);
  }
  if (typeof shape === "object") return objectProblems(shape, value, place);
  const type = typeNamed(shape);
  const isRight = type === undefined ? value === shape : isOfType[type](value);
  if (isRight) return [];
  const expected = type ?? JSON.stringify(shape);
  return [{ place, kind: "wrong-type", detail: `expected ${expected}, found ${nameOf(value)}` }];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isOfType: Readonly<Record<TypeName, (value: unknown) => boolean>> = {
  any: (value) => value !== undefined,
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
  object: isRecord,
};

const nameOf = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "object") return value.constructor.name;
  return JSON.stringify(typeof value === "bigint" ? `${value}n` : value);
};

function listProblems(entry: OutputShape, value: unknown, place: string): readonly OutputProblem[] {
  if (!Array.isArray(value)) {
    return [{ place, kind: "wrong-type", detail: `expected a list, found ${nameOf(value)}` }];
  }
  return value.flatMap((item: unknown, index) => outputProblems(entry, item, `${place}[${index}]`));
}

function alternativeProblems(
  alternatives: readonly OutputShape[],
  value: unknown,
  place: string,
): readonly OutputProblem[] {
  const found = alternatives.map((alternative) => outputProblems(alternative, value, place));
  if (found.some(({ length }) => length === 0)) return [];
  // Strings and null are equally near; an object is nearest to the alternative with fields.
  const inside = found.find((problems) => problems.some((problem) => problem.place !== place));
  if (inside !== undefined && isRecord(value)) return inside;
  const expected = alternatives.map((one) => (typeof one === "string" ? one : "object")).join(", ");
  const detail = `expected one of ${expected}, found ${nameOf(value)}`;
  return [{ place, kind: "wrong-type", detail }];
}

function objectProblems(
  shape: Exclude<OutputShape, string | boolean | readonly OutputShape[]>,
  value: unknown,
  place: string,
): readonly OutputProblem[] {
  if (!isRecord(value)) {
    return [{ place, kind: "wrong-type", detail: `expected an object, found ${nameOf(value)}` }];
  }
  const fields = fieldsOf(shape);
  const at = (name: string): string => (place === "" ? name : `${place}.${name}`);
  const unknown = Object.keys(value)
    .filter((name) => !fields.has(name) && value[name] !== undefined)
    .map((name): OutputProblem => ({ place: at(name), kind: "unknown-field", detail: "" }));
  const known = [...fields].flatMap(([name, field]): readonly OutputProblem[] => {
    const part = value[name];
    if (part !== undefined) return outputProblems(field.shape, part, at(name));
    return field.isOptional ? [] : [{ place: at(name), kind: "missing-field", detail: "" }];
  });
  return [...unknown, ...known];
}

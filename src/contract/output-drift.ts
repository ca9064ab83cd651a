/** Changes between two shapes of an output: removed or nullable fields, other types, other values. */
import type { OutputShape } from "../../profiles/platform/contract/index.ts";

export interface OutputDrift {
  readonly kind: "field-removed" | "may-be-absent" | "type-changed" | "enum-values";
  /** Fields separated by dots; `#` is an entry of a list; `""` is the output itself. */
  readonly place: string;
  readonly was: string;
  /** Absent: does not exist. */
  readonly is?: string | undefined;
}

type Fields = Exclude<OutputShape, string | boolean | readonly OutputShape[]>;

const isShapeList = (shape: OutputShape): shape is readonly OutputShape[] => Array.isArray(shape);
const isFields = (shape: OutputShape): shape is Fields =>
  typeof shape === "object" && !isShapeList(shape);

/** A list of one entry is a list of such items; of several, the entries are alternatives. */
const alternativesOf = (shape: OutputShape): readonly OutputShape[] =>
  isShapeList(shape) && shape.length !== 1 ? shape : [shape];

const typeNames: ReadonlySet<OutputShape> = new Set([
  "any",
  "string",
  "number",
  "integer",
  "boolean",
  "null",
  "object",
]);

/** A shape, sorted: what one place may hold. */
interface Sorted {
  readonly isOpen: boolean;
  readonly isNullable: boolean;
  readonly types: ReadonlySet<string>;
  readonly constants: ReadonlySet<string>;
  readonly items: readonly OutputShape[];
  /** Of all alternatives that are objects. */
  readonly objects: readonly Fields[];
}

function sorted(shape: OutputShape): Sorted {
  const all = alternativesOf(shape);
  const lists = all.filter(isShapeList);
  const objects = all.filter(isFields);
  const plain = all.filter((one) => typeof one === "string" || typeof one === "boolean");
  const named = plain.filter((one) => typeNames.has(one)).map(String);
  return {
    isOpen: named.includes("any"),
    isNullable: named.includes("null"),
    types: new Set([
      ...named
        .filter((name) => name !== "null")
        .map((name) => (name === "integer" ? "number" : name)),
      ...(lists.length > 0 ? ["list"] : []),
      ...(objects.length > 0 ? ["object"] : []),
      ...plain.filter((one) => typeof one === "boolean").map(() => "boolean"),
    ]),
    constants: new Set(
      plain.filter((one) => typeof one === "string" && !typeNames.has(one)).map(String),
    ),
    items: lists.flatMap((list) => list.slice(0, 1)),
    objects,
  };
}

/** @returns in the order of the fields; empty if the second shape is compatible with the first */
export function outputDrift(was: OutputShape, is: OutputShape, place = ""): readonly OutputDrift[] {
  const [before, after] = [sorted(was), sorted(is)];
  if (before.isOpen || after.isOpen) return [];
  const here = (kind: OutputDrift["kind"]): OutputDrift => ({
    kind,
    place,
    was: shapeText(was),
    is: shapeText(is),
  });
  if (!isSameKind(before, after)) return [here("type-changed")];
  return [
    ...(after.isNullable && !before.isNullable ? [here("may-be-absent")] : []),
    ...(hasOtherConstants(before, after) ? [here("enum-values")] : []),
    ...itemDrift(before, after, place),
    ...fieldDrift(before.objects, after.objects, place),
  ];
}

/** Constants are texts: a text in place of some is another type, and so is one value in place of any text. */
function isSameKind(before: Sorted, after: Sorted): boolean {
  const added = [...after.types].filter((type) => !before.types.has(type));
  const isText = ({ types, constants }: Sorted): boolean =>
    types.has("string") || constants.size > 0;
  const lostText = isText(before) && !isText(after) && before.types.size === after.types.size;
  const isWider = added.includes("string") && before.constants.size > 0;
  const empty = after.types.size === 0 && after.constants.size === 0;
  if (empty) return before.isNullable;
  if (lostText) return false;
  if (after.constants.size > 0 && !isText(before)) return false;
  return isWider ? false : added.length === 0;
}

const hasOtherConstants = ({ constants: before }: Sorted, { constants: after }: Sorted): boolean =>
  before.size > 0 &&
  after.size > 0 &&
  (before.size !== after.size || [...after].some((value) => !before.has(value)));

function itemDrift(before: Sorted, after: Sorted, place: string): readonly OutputDrift[] {
  const [was] = before.items;
  const [is] = after.items;
  return was === undefined || is === undefined ? [] : outputDrift(was, is, joined(place, "#"));
}

const joined = (place: string, name: string): string => (place === "" ? name : `${place}.${name}`);

/** A field exists if every alternative of the new shape has it. */
function fieldDrift(
  before: readonly Fields[],
  after: readonly Fields[],
  place: string,
): readonly OutputDrift[] {
  if (before.length === 0 || after.length === 0) return [];
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  return [...was].flatMap(([name, field]): readonly OutputDrift[] => {
    const own = joined(place, name);
    const found = is.get(name);
    if (found === undefined)
      return [{ kind: "field-removed", place: own, was: shapeText(field.shape) }];
    const absent: OutputDrift = {
      kind: "may-be-absent",
      place: own,
      was: shapeText(field.shape),
      is: `${shapeText(found.shape)} or absent`,
    };
    return [
      ...(found.isOptional && !field.isOptional ? [absent] : []),
      ...outputDrift(field.shape, found.shape, own),
    ];
  });
}

interface Field {
  readonly shape: OutputShape;
  readonly isOptional: boolean;
}

function fieldsOf(objects: readonly Fields[]): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  const names = new Set(objects.flatMap((one) => Object.keys(one).map(withoutMark)));
  for (const name of names) {
    const entries = objects.map((one) =>
      Object.entries(one).find(([key]) => withoutMark(key) === name),
    );
    const shapes = entries.flatMap((entry) =>
      entry === undefined ? [] : alternativesOf(entry[1]),
    );
    const [only = "any"] = shapes;
    fields.set(name, {
      shape: shapes.length === 1 ? only : shapes,
      isOptional: entries.some((entry) => entry === undefined || entry[0].endsWith("?")),
    });
  }
  return fields;
}

const withoutMark = (name: string): string => name.replace(/\?$/, "");

/** Long lists of values are shortened to those that differ. */
const mostValues = 8;

function shapeText(shape: OutputShape): string {
  if (isShapeList(shape) && shape.length === 1) return `list of ${shapeText(shape[0] ?? "any")}`;
  if (isShapeList(shape)) {
    const texts = [...new Set(shape.map(shapeText))];
    const more = texts.length > mostValues ? `, … (${texts.length} values)` : "";
    return texts.slice(0, mostValues).join(" | ") + more;
  }
  return typeof shape === "object" ? "object" : String(shape);
}

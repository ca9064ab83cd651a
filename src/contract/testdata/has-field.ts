import type { OutputShape } from "../../../profiles/platform/contract/index.ts";
import { fieldsOf, isList } from "../output-fields.ts";

/**
 * Whether a selector names something that the output has.
 * @param selector fields separated by dots; `#` and numbers are entries of a list; `""` is the output itself; a `?` at
 *   the end allows null
 */
export function hasField(output: OutputShape, selector: string): boolean {
  const path = selector.replace(/\?$/, "");
  return path === "" || hasPath(output, path.split("."));
}

function hasPath(shape: OutputShape, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return true;
  if (isList(shape)) {
    const [entry] = shape;
    if (shape.length !== 1 || entry === undefined) {
      return shape.some((alternative) => hasPath(alternative, [first, ...rest]));
    }
    return /^(?:#|\d+)$/.test(first) && hasPath(entry, rest);
  }
  // Objects whose fields are not fixed may have any.
  if (typeof shape === "string") return shape === "object" && rest.length === 0;
  if (typeof shape === "boolean") return false;
  const field = fieldsOf(shape).get(first);
  return field !== undefined && hasPath(field.shape, rest);
}

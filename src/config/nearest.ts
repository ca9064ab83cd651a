import { closest, distance } from "fastest-levenshtein";

/** The three names that are nearest, of many. */
export const nearestNames = (name: string, known: readonly string[]): string =>
  known
    .toSorted((one, other) => distance(name, one) - distance(name, other))
    .slice(0, 3)
    .map((each) => `"${each}"`)
    .join(", ");

/** The known name that was probably meant, as the end of a sentence; all names where none is near. */
export function suggestion(name: string, known: readonly string[]): string {
  const candidate = known.length === 0 ? undefined : closest(name, known);
  const isNear =
    candidate !== undefined && distance(name, candidate) <= Math.max(2, name.length / 3);
  return isNear ? `did you mean "${candidate}"?` : `known: ${known.join(", ")}`;
}

import { SharedArray } from "k6/data";

/**
 * @param order of one cycle: the character at each place is the place of its item in the list; worked out once per process, not per virtual user, where it would take seconds before the load
 * @returns what comes at a place of the endless repetition. It reads nothing shared: k6 parses an element of a
 * `SharedArray` whenever that is read
 */
export function sharedCycle<Item>(
  name: string,
  items: readonly Item[],
  order: () => string,
): (place: number) => Item | undefined {
  const text = new SharedArray(`${name} cycle`, () => [order()])[0] ?? "";
  return (place) => items[text.charCodeAt(place % text.length)];
}

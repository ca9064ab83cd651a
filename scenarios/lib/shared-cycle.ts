import { SharedArray } from "k6/data";

/** @param items worked out once per process, not per virtual user, where it would take seconds before the load */
export const sharedCycle = <Item>(name: string, items: () => readonly Item[]): readonly Item[] =>
  new SharedArray(`${name} cycle`, () => [...items()]);

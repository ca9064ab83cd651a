import { writeFileSync } from "node:fs";

/** Keeps what a benchmark measured: `bench/results/NAME.json`. `run.mjs` has made the folder. */
export const writeResult = (
  name: string,
  result: object,
  replacer?: (key: string, value: unknown) => unknown,
): void => writeFileSync(`bench/results/${name}.json`, `${JSON.stringify(result, replacer, 2)}\n`);

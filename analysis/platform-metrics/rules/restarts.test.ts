import { expect, test } from "vitest";
import { measure } from "../../measurements/index.ts";
import { loadStart, testRun } from "../../testdata/test-run.ts";
import { platformContext } from "../platform-context.ts";
import { restarts } from "./restarts.ts";

/** What the rule says of one container whose counter has these values, 15 s apart. */
function sentenceOf(values: readonly number[]): string | undefined {
  const run = testRun();
  const counter = values.map((value, index) => ({
    source: "prometheus",
    name: "container.restarts",
    labels: { pod: "db-0", container: "db" },
    at: loadStart + index * 15_000,
    value,
    unit: "count" as const,
  }));
  const data = { ...run, observations: [...run.observations, ...counter] };
  return restarts(platformContext(data, measure(data)))[0]?.sentence;
}

test.each([
  ["from birth on", [0, 1, 3], "3 restarts of 1 container during the run: db of pod db-0 (3×)."],
  ["after its pod was made anew", [5, 0, 1, 3], "3 restarts of 1 container"],
  ["before and after", [5, 6, 0, 1], "2 restarts of 1 container"],
])("restarts %s are counted", (_, values, words) => {
  expect(sentenceOf(values)).toContain(words);
});

test.each([
  ["the same throughout", [4, 4, 4]],
  ["a pod made anew", [5, 5, 0]],
  ["one value", [7]],
])("no restart: %s", (_, values) => expect(sentenceOf(values)).toBeUndefined());

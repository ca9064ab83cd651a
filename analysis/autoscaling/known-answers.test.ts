import { describe, expect, test } from "vitest";
import { answersTable, knownAnswers } from "../../bench/known-answers-hpa.ts";

const answers = knownAnswers();
if (answers === undefined) {
  process.stderr.write(
    "SKIPPED known answers of the real controller: no folder ../shared/vectors/hpa\n",
  );
} else {
  process.stdout.write(`${answersTable(answers)}\n`);
}

describe.skipIf(answers === undefined)("the real controller's answers", () => {
  test.each(answers ?? [])("$file: $cases cases, no mismatch", ({ mismatches }) => {
    expect(mismatches).toEqual([]);
  });
});

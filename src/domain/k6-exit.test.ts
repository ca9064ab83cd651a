import { expect, test } from "vitest";
import { isOrderlyExit, k6ExitMeaning } from "./k6-exit.ts";

test.each([
  [0, undefined, "completed"],
  [99, undefined, "threshold"],
  [100, undefined, "setup-failed"],
  [101, undefined, "completed"],
  [103, undefined, "stopped"],
  [104, undefined, "usage"],
  [105, undefined, "stopped"],
  [107, undefined, "script-error"],
  [108, undefined, "aborted-by-scenario"],
  [109, undefined, "crashed"],
  [110, undefined, "failed-by-scenario"],
  [255, undefined, "usage"],
  [137, undefined, "killed"],
  [42, undefined, "unknown"],
  [undefined, "SIGKILL", "killed"],
  [undefined, "SIGINT", "stopped"],
  [undefined, undefined, "killed"],
])("exit code %s, signal %s is %s", (code, signal, kind) => {
  const meaning = k6ExitMeaning(code, signal);
  expect(meaning.class).toBe(kind);
  expect(meaning.sentence).not.toBe("");
});

test.each([
  [0, true],
  [99, false],
  [101, true],
  [107, false],
  [42, false],
])("exit code %i is an orderly end: %s", (code, isOrderly) => {
  expect(isOrderlyExit(code)).toBe(isOrderly);
});

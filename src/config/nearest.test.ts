import { expect, test } from "vitest";
import { suggestion } from "./nearest.ts";

test("a near name is suggested, far ones are all listed", () => {
  expect(suggestion("nightli", ["nightly", "smoke"])).toBe('did you mean "nightly"?');
  expect(suggestion("xyzzy", ["nightly", "smoke"])).toBe("known: nightly, smoke");
});

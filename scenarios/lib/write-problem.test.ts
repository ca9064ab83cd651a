import { expect, test } from "vitest";
import { setupAdvice } from "./setup-advice.ts";
import { writeProblem } from "./write-problem.ts";
import type { WriterState } from "./write-problem.ts";

const writer: WriterState = {
  wallet: "0x1",
  isRegistered: true,
  hasPincode: true,
  mintable: ["0xa"],
  paused: 0,
};

test.each([
  [
    "no role on a token",
    { mintable: [] },
    /has supplyManagement on any of the 10 tokens .*token\.read/,
  ],
  ["all tokens paused", { mintable: [], paused: 3 }, /is paused \(token\.read, pausable\.paused\)/],
  ["not registered", { isRegistered: false }, /is registered.*system\.read/],
  [
    "two-factor confirmation only",
    { hasPincode: false },
    /pincode \(user\.me, verificationTypes\)/,
  ],
])("%s: one sentence with the call and the remedy", (_case, state, expected) => {
  const message = writeProblem([{ ...writer, ...state }], 10);
  expect(message).toMatch(expected);
  expect(message).toMatch(/or exclude the writes$/);
});

test.each([
  ["an unknown procedure", 404, "http_404", "headroom doctor --contract"],
  ["an answer of another shape", 200, "wrong_shape", "headroom doctor --contract"],
  ["an input that is refused", 400, "http_400", "headroom doctor --contract"],
  ["a role that is missing", 403, "http_403", "not allowed"],
  ["a target that fails", 503, "http_503", "health"],
])("a failing call of the setup: %s", (_case, status, outcome, advice) => {
  expect(setupAdvice(status, outcome)).toContain(advice);
});

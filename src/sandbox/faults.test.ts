import { expect, test } from "vitest";
import { UsageError } from "../domain/errors.ts";
import { formatFault, parseFault, slowdownOf } from "./faults.ts";
import { LatencyModel } from "./latency.ts";
import { seededRandom } from "./random.ts";

test.each([
  ["latency=api:x1.6", { kind: "latency", target: "api", factor: 1.6 }],
  ["latency=api:×1.6", { kind: "latency", target: "api", factor: 1.6 }],
  [
    "latency=api/token.read:x2",
    { kind: "latency", target: "api", endpoint: "token.read", factor: 2 },
  ],
  [
    "latency=subgraph/ListTokenQuery:x0.5",
    { kind: "latency", target: "subgraph", endpoint: "ListTokenQuery", factor: 0.5 },
  ],
])("%s is read, and written again", (text, fault) => {
  expect(parseFault(text)).toEqual(fault);
  expect(parseFault(formatFault(parseFault(text)))).toEqual(fault);
});

test.each([
  ["latency", "no value"],
  ["latency=api", "no factor"],
  ["latency=api:1.6", "no x before the factor"],
  ["latency=api:x0", "a factor of nought"],
  ["latency=mail:x2", "an unknown target"],
  ["latancy=api:x2", "an unknown kind"],
  ["toString=api:x2", "a name of every object"],
])("%s is refused: %s", (text) => {
  let caught: unknown;
  try {
    parseFault(text);
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(UsageError);
  expect(caught).toMatchObject({ message: expect.stringContaining(text) });
  expect(caught).toMatchObject({ hint: expect.stringContaining("latency=<web|api|") });
});

test("faults multiply where they meet, and leave the rest alone", () => {
  const faults = [parseFault("latency=api:x2"), parseFault("latency=api/token.read:x1.5")];
  const slowdown = slowdownOf(faults);
  expect(slowdown("api", "token.read")).toBe(3);
  expect(slowdown("write", "token.mint")).toBe(2);
  expect(slowdown("subgraph", "token.read")).toBe(1);
  const plain = new LatencyModel(seededRandom(1)).draw("api", "token.read");
  expect(new LatencyModel(seededRandom(1), slowdown).draw("api", "token.read")).toBeCloseTo(
    plain * 3,
  );
});

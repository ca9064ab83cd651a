import { describe, expect, test } from "vitest";
import { ConfigError, EngineError, HeadroomError, UsageError } from "./errors.ts";
import { exitStatusOfError, exitStatusOfOutcome } from "./exit-status.ts";
import { fromJson, toJson } from "./json.ts";
import { arrivalsName, parseArrivalsName } from "./plan.ts";
import { isSurface } from "./surface.ts";
import { hours, minutes, perMinute, seconds, toPerSecond } from "./units.ts";

describe("exit statuses", () => {
  test.each([
    ["pass", 0],
    ["fail", 1],
    ["invalid", 3],
    ["incomplete", 3],
    ["inconclusive", 4],
  ] as const)("a run that is %s ends with %i", (outcome, status) => {
    expect(exitStatusOfOutcome(outcome)).toBe(status);
  });

  test.each([
    ["the command line is the caller's", new UsageError("x", { code: "x" }), 2],
    ["so is a file", new ConfigError("x", { code: "x" }), 2],
    ["k6 missing stops a run", new EngineError("x", { code: "x" }), 3],
    ["what nobody expected is a bug", new TypeError("x"), 70],
    ["even where it is no error", "x", 70],
  ])("%s", (_reason, error, status) => {
    expect(exitStatusOfError(error)).toBe(status);
  });
});

test("an error names its kind, keeps its hint and its cause", () => {
  const cause = new Error("below");
  const error = new ConfigError("what", { code: "some-code", hint: "do this", cause });
  expect(error).toBeInstanceOf(HeadroomError);
  expect({ name: error.name, code: error.code, hint: error.hint, cause: error.cause }).toEqual({
    name: "ConfigError",
    code: "some-code",
    hint: "do this",
    cause,
  });
});

describe("JSON", () => {
  test("keeps infinities, both ways", () => {
    const value = { high: Infinity, low: -Infinity, point: 1.5, list: [1, Infinity] };
    expect(toJson(value)).toBe(
      '{"high":"Infinity","low":"-Infinity","point":1.5,"list":[1,"Infinity"]}',
    );
    expect(fromJson(toJson(value))).toEqual(value);
  });

  test("refuses NaN by the name of its field", () => {
    expect(() => toJson({ point: Number.NaN })).toThrow(/"point" is NaN/);
  });
});

describe("names of k6's scenarios", () => {
  test("tell phase and flow apart", () => {
    expect(parseArrivalsName(arrivalsName("level-1", "api-reads"))).toEqual({
      phase: "level-1",
      flow: "api-reads",
    });
  });

  test.each(["", "default", "_x"])("%j is none of ours", (name) => {
    expect(parseArrivalsName(name)).toBeUndefined();
  });
});

test("units convert at the door", () => {
  expect([seconds(2), minutes(2), hours(1)]).toEqual([2000, 120_000, 3_600_000]);
  expect(toPerSecond(perMinute(120))).toBe(2);
  expect([isSurface("api"), isSurface("database")]).toEqual([true, false]);
});

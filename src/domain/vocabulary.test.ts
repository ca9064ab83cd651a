import { describe, expect, test } from "vitest";
import { ConfigError, HeadroomError } from "./errors.ts";
import { fromJson, toJson } from "./json.ts";
import { arrivalsName, parseArrivalsName } from "./plan.ts";
import { isSurface } from "./surface.ts";
import { hours, minutes, perMinute, seconds, toPerSecond } from "./units.ts";

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

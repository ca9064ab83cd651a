import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fromJson, toJson } from "./json.ts";

test("infinities are words, wherever they are; null and the text null stay", () => {
  const value = { a: [1, Infinity, { b: -Infinity }], c: null, d: "null" };
  expect(toJson(value)).toBe('{"a":[1,"Infinity",{"b":"-Infinity"}],"c":null,"d":"null"}');
  expect(toJson({ a: 1, b: undefined })).toBe('{"a":1}');
  expect(() => toJson({ a: { b: Number.NaN } })).toThrow('field "b" is NaN');
});

test("property: what is written comes back", () => {
  const number = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(Infinity, -Infinity, 0));
  const value = fc.array(fc.record({ number, text: fc.string(), nothing: fc.constant(null) }));
  fc.assert(
    fc.property(value, (values) => {
      const expected = values.map((each) => ({ ...each, number: each.number + 0 }));
      expect(fromJson(toJson(values))).toEqual(expected);
    }),
  );
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Decimal } from "./serializers.ts";

test.each([
  ["0", '["0",0]'],
  ["12.50", '["1250",2]'],
  ["-0.007", '["-7",3]'],
  ["1000000000000000000000", '["1000000000000000000000",0]'],
])("%s is %s on the wire", (text, wire) => {
  expect(new Decimal(text).toWire()).toBe(wire);
  expect(Decimal.fromWire(wire).text).toBe(text);
});

test("any decimal number survives the wire", () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.integer({ min: 0, max: 30 }), (digits, decimals) => {
      const wire = `["${digits}",${decimals}]`;
      expect(Decimal.fromWire(wire).toWire()).toBe(wire);
    }),
  );
});

test("what is no number is refused", () => {
  expect(() => new Decimal("1e5")).toThrow(TypeError);
  expect(() => Decimal.fromWire("5")).toThrow(TypeError);
});

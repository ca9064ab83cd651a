/**
 * Kubernetes quantities (`resource.Quantity`): decimal number with a decimal (n u m k M G T P E), binary (Ki … Ei) or
 * exponent (e3, E3) suffix. The controller works in thousandths,
 * rounds fractions of them up and stops at the largest int64.
 */
import { maxInt64, timesMilli } from "./go-numbers.ts";
import type { Milli, QuantityText } from "./types.ts";

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/;

const decimalExponent: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binaryExponent: Readonly<Record<string, number>> = {
  Ki: 10,
  Mi: 20,
  Gi: 30,
  Ti: 40,
  Pi: 50,
  Ei: 60,
};

/** Thousandths of a quantity, rounded away from zero. @returns `undefined` where the text is not a quantity */
export function parseMilli(quantity: QuantityText): Milli | undefined {
  const text = String(quantity);
  const parts = pattern.exec(text);
  if (parts === null) return undefined;
  const [, sign = "", whole = "", fraction = "", suffix = "", exponent = "0"] = parts;
  if (whole === "" && fraction === "") return undefined;
  if (fraction === "" && suffix === "" && exponent === "0" && whole.length < 12)
    return (sign === "-" ? -1000 : 1000) * Number(whole);
  const tens = 3 - fraction.length + (decimalExponent[suffix] ?? 0) + Number(exponent);
  let numerator = BigInt(`${whole}${fraction}`) * 2n ** BigInt(binaryExponent[suffix] ?? 0);
  if (tens >= 0) numerator *= 10n ** BigInt(tens);
  const denominator = tens >= 0 ? 1n : 10n ** BigInt(-tens);
  const exact = (numerator + denominator - 1n) / denominator;
  const rounded = exact > maxInt64 ? maxInt64 : exact;
  return timesMilli(sign === "-" ? -rounded : rounded, 1);
}

/**
 * A quantity as the float that Go compares (`AsApproximateFloat64`): "0.0125" and "12500u" are 0.0125, whatever is too
 * fine for thousandths. @throws RangeError where the text is not a quantity
 */
export function numberOf(quantity: QuantityText): number {
  const parts = pattern.exec(String(quantity));
  if (parts === null) throw new RangeError(`"${quantity}" is not a Kubernetes quantity`);
  const [, sign = "", whole = "", fraction = "", suffix = "", exponent = "0"] = parts;
  const tens = (decimalExponent[suffix] ?? 0) + Number(exponent);
  const size = Number(`${whole === "" ? "0" : whole}.${fraction === "" ? "0" : fraction}e${tens}`);
  return (sign === "-" ? -1 : 1) * size * 2 ** (binaryExponent[suffix] ?? 0);
}

/** @throws RangeError where the text is not a quantity: manifests are checked before they get here */
export function milliOf(quantity: QuantityText): Milli {
  const milli = parseMilli(quantity);
  if (milli === undefined) throw new RangeError(`"${quantity}" is not a Kubernetes quantity`);
  return milli;
}

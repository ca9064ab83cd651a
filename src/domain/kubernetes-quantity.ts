/**
 * Kubernetes quantities (`resource.Quantity`): decimal number with a decimal (n u m k M G T P E), binary (Ki … Ei) or
 * exponent (e3, E3) suffix, exact. The autoscaler's controller works in thousandths, rounds fractions of them up and
 * stops at the largest int64.
 */
import { decimalOf, scaled, toNumber, type Decimal } from "./exact-decimal.ts";

/** `"200m"`, `"1.5k"`, `"512Mi"`; a bare number counts whole units. */
export type QuantityText = string | number;

/** An amount in thousandths (memory: milli-bytes), as the controller calculates. `bigint` only beyond 2⁵³. */
export type Milli = number | bigint;

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,3}))?$/;
const decimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
/** Digits: no quantity is longer, and arithmetic on what is takes time. */
const longest = 100;
/** Of a 64-bit integer. */
export const maxInt64 = 2n ** 63n - 1n;

/** @returns `undefined` where the text is not a quantity */
function exactly(quantity: QuantityText): Decimal | undefined {
  const text = String(quantity);
  const parts = text.length > longest ? null : pattern.exec(text);
  if (parts === null) return undefined;
  const [, sign, whole = "", fraction = "", suffix = "", exponent = "0"] = parts;
  if (whole === "" && fraction === "") return undefined;
  const thousands = decimalSuffixes.indexOf(suffix);
  return scaled(
    decimalOf(whole, fraction, Number(exponent)),
    (sign === "-" ? -1n : 1n) * 1024n ** BigInt(Math.max(0, binarySuffixes.indexOf(suffix))),
    thousands === -1 ? 0 : 3 * (thousands - 3),
  );
}

/**
 * A quantity as a plain number: cores, bytes, a count. "0.0125" and "12500u" are 0.0125, as the float that Go compares
 * (`AsApproximateFloat64`). @returns `undefined` where it is no quantity
 */
export function quantityNumber(quantity: QuantityText | null | undefined): number | undefined {
  const exact = quantity === null || quantity === undefined ? undefined : exactly(quantity);
  const value = exact === undefined ? undefined : toNumber(exact);
  return Number.isFinite(value) ? value : undefined;
}

/** Thousandths of a quantity, rounded away from zero. @returns `undefined` where the text is not a quantity */
export function parseMilli(quantity: QuantityText): Milli | undefined {
  const text = String(quantity);
  if (/^-?\d{1,11}$/.test(text)) return Number(text) * 1000 + 0;
  const exact = exactly(text);
  if (exact === undefined) return undefined;
  const size = exact.digits < 0n ? -exact.digits : exact.digits;
  const tens = exact.exponent + 3;
  const unit = 10n ** BigInt(Math.max(0, -tens));
  const rounded = (size * 10n ** BigInt(Math.max(0, tens)) + unit - 1n) / unit;
  const capped = rounded > maxInt64 ? maxInt64 : rounded;
  const milli = exact.digits < 0n ? -capped : capped;
  const plain = Number(milli);
  return Number.isSafeInteger(plain) ? plain : milli;
}

/** @throws RangeError where the text is not a quantity: manifests are checked before they get here */
export const milliOf = (quantity: QuantityText): Milli => sure(quantity, parseMilli(quantity));

/** As `quantityNumber`. @throws RangeError where the text is not a quantity */
export const numberOf = (quantity: QuantityText): number =>
  sure(quantity, quantityNumber(quantity));

function sure<Value>(quantity: QuantityText, value: Value | undefined): Value {
  if (value === undefined) throw new RangeError(`"${quantity}" is not a Kubernetes quantity`);
  return value;
}

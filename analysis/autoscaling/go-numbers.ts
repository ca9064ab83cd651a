/**
 * Integer arithmetic as the controller (Go, int32 and int64 on amd64) does it, so that truncation and overflow are the
 * same. Values inside ±2⁵³ stay numbers; only larger ones are `bigint`.
 */
import type { Milli } from "../../src/domain/kubernetes-quantity.ts";

export const maxInt32 = 2_147_483_647;
const minInt32 = -2_147_483_648;

/** int32(float64): towards zero; out of range and NaN give the smallest int32, as the processor does. */
export function toInt32(value: number): number {
  const whole = Math.trunc(value) + 0;
  return whole >= minInt32 && whole <= maxInt32 ? whole : minInt32;
}

/** int64(float64), towards zero; out of range and NaN give the smallest int64. */
export function toInt64(value: number): Milli {
  const whole = Math.trunc(value) + 0;
  if (Number.isSafeInteger(whole)) return whole;
  if (!(whole >= -(2 ** 63) && whole < 2 ** 63)) return -(2n ** 63n);
  return BigInt(whole);
}

/** A `bigint` that fits becomes a number again; one that does not wraps round like an int64. */
function narrow(value: bigint): Milli {
  const wrapped = BigInt.asIntN(64, value);
  const plain = Number(wrapped);
  return Number.isSafeInteger(plain) ? plain : wrapped;
}

export function addMilli(a: Milli, b: Milli): Milli {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return narrow(BigInt(a) + BigInt(b));
}

export function timesMilli(a: Milli, factor: number): Milli {
  if (typeof a === "number") {
    const product = a * factor;
    if (Number.isSafeInteger(product)) return product;
  }
  return narrow(BigInt(a) * BigInt(factor));
}

/** Division of integers, towards zero. Exact: |quotient × divisor| stays below 2⁵³ in the short way. */
export function divideMilli(a: Milli, divisor: Milli): Milli {
  if (typeof a === "number" && typeof divisor === "number") return Math.trunc(a / divisor) + 0;
  return narrow(BigInt(a) / BigInt(divisor));
}

/** int32(int64): the low 32 bits. */
export function lowInt32(value: Milli): number {
  return typeof value === "number" && Math.abs(value) <= maxInt32
    ? value
    : Number(BigInt.asIntN(32, BigInt(value)));
}

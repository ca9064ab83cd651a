/** Decimal numbers as written, exact until they become a double: 1.1 × 60,000 is 66,000, and 7 % is 0.07. */
export interface Decimal {
  /** The value is `digits` × 10^`exponent`. */
  readonly digits: bigint;
  readonly exponent: number;
}

/** @param whole digits, may be empty  @param fraction digits behind the point, may be empty */
export const decimalOf = (whole: string, fraction = "", exponent = 0): Decimal => ({
  digits: BigInt(`${whole}${fraction}`),
  exponent: exponent - fraction.length,
});

export const scaled = ({ digits, exponent }: Decimal, factor: bigint, powerOfTen = 0): Decimal => ({
  digits: digits * factor,
  exponent: exponent + powerOfTen,
});

export function plus(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  const digitsOf = (one: Decimal): bigint => one.digits * 10n ** BigInt(one.exponent - exponent);
  return { digits: digitsOf(a) + digitsOf(b), exponent };
}

/** The nearest double. */
export const toNumber = ({ digits, exponent }: Decimal): number => Number(`${digits}e${exponent}`);

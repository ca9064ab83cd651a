/**
 * The platform's own types on the wire: 31 a decimal number as `["<digits>",<decimals>]`, 32 a whole number as
 * text, 35 an instant. Give them to an oRPC link as well, so that it reads them back.
 */
import type { StandardRPCCustomJsonSerializer } from "@orpc/client/standard";

/** A decimal number, exactly as PostgreSQL wrote it. */
export class Decimal {
  readonly text: string;

  constructor(text: string) {
    if (!/^-?\d+(?:\.\d+)?$/.test(text)) throw new TypeError(`"${text}" is no decimal number`);
    this.text = text;
  }

  toWire(): string {
    const [whole = "0", fraction = ""] = this.text.split(".");
    return JSON.stringify([BigInt(whole + fraction).toString(), fraction.length]);
  }

  static fromWire(wire: string): Decimal {
    const [, sign = "", digits = "", places = ""] = /^\["(-?)(\d+)",(\d+)\]$/.exec(wire) ?? [];
    if (digits === "") throw new TypeError(`"${wire}" is no decimal number on the wire`);
    const decimals = Number(places);
    const padded = digits.padStart(decimals + 1, "0");
    const whole = padded.slice(0, padded.length - decimals);
    return new Decimal(
      decimals === 0 ? sign + whole : `${sign}${whole}.${padded.slice(-decimals)}`,
    );
  }
}

export const jsonSerializers: readonly StandardRPCCustomJsonSerializer[] = [
  {
    type: 31,
    condition: (data) => data instanceof Decimal,
    serialize: (data: Decimal) => data.toWire(),
    deserialize: (wire: unknown) => Decimal.fromWire(String(wire)),
  },
  {
    type: 32,
    condition: (data) => typeof data === "bigint",
    serialize: (data: bigint) => data.toString(),
    deserialize: (wire: unknown) => BigInt(String(wire)),
  },
  {
    type: 35,
    condition: (data) => data instanceof Date,
    serialize: (data: Date) => data.toISOString(),
    deserialize: (wire: unknown) => new Date(String(wire)),
  },
];

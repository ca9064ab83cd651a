/** The small schemas that readers of stored files are made of. */
import { z } from "zod";
import { plainName } from "../plain-name.ts";
import { surfaces } from "../surface.ts";
import { unitNames } from "../units.ts";

export const text = z.string();
/** Of a directory or file: it may become part of a path or a link. */
export const name = text.regex(plainName, "expected a name without separators or a leading dot");
export const count = z.int().nonnegative();
export const number = z.number();
/** The latest instant that a date can hold (ECMAScript). */
const latest = 8.64e15;
export const instant = number.min(0).max(latest).describe("epoch milliseconds");
export const real = z
  .union([number, z.enum(["Infinity", "-Infinity"])])
  .describe('a number; infinities are written as "Infinity" and "-Infinity"');
/** What cannot be negative: a latency, a rate, a count. */
export const measured = z.union([number.nonnegative(), z.literal("Infinity")]);
export const surface = z.enum(surfaces);
export const unit = z.enum(unitNames);

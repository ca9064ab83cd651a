/**
 * Numbers and texts of documents with the range that they may have when they are written. To the compiler they are plain;
 * the tags are for the JSON Schemas that are made from the types (`tools/schemas.mjs`).
 */

/** A number that may be infinite: infinities are written as "Infinity" and "-Infinity". @anyOf [{"type":"number"},{"enum":["Infinity","-Infinity"]}] */
export type Real = number;
/** What cannot be negative and may be infinite: a latency, a rate. @anyOf [{"type":"number","minimum":0},{"const":"Infinity"}] */
export type Measured = number;
/** A whole number, 0 or more. @asType integer @minimum 0 @maximum 9007199254740991 */
export type Count = number;
/** @asType integer @minimum -9007199254740991 @maximum 9007199254740991 */
export type Integer = number;
/** 0 or more. @minimum 0 */
export type Amount = number;
/** Above 0. @exclusiveMinimum 0 */
export type Factor = number;
/** 0..1. @minimum 0 @maximum 1 */
export type Ratio = number;
/** Epoch milliseconds, at most the latest that a date can hold. @minimum 0 @maximum 8640000000000000 */
export type Instant = number;
/** Days from a plan's date; negative is past. */
export type Days = number;
/** ISO 8601 date. */
export type IsoDate = string;
/** ISO 8601 instant. @format date-time */
export type When = string;
/**
 * A name of one directory or file, see `plain-name.ts`.
 * @pattern ^[^./\\\u0000-\u001f\u007f-\u009f][^/\\\u0000-\u001f\u007f-\u009f]{0,199}$
 */
export type PlainName = string;

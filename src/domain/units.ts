/**
 * Units inside Headroom: milliseconds, events per second, bytes, cores, ratios in 0..1, instants in
 * epoch milliseconds. Values are converted where they enter and where they are shown, nowhere else.
 */

declare const unit: unique symbol;

/** A number that the compiler keeps apart from numbers of other units. This file alone asserts it. */
export type Quantity<Unit extends string> = number & { readonly [unit]: Unit };

/** Milliseconds; beyond a hundred years a value is no duration but damage. @minimum 0 @maximum 3153600000000 */
export type Milliseconds = Quantity<"ms">;
/** Events per second. @minimum 0 */
export type PerSecond = Quantity<"1/s">;
/** Events per minute. @minimum 0 */
export type PerMinute = Quantity<"1/min">;

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

export const milliseconds = (value: number): Milliseconds => value as Milliseconds;
export const seconds = (value: number): Milliseconds => milliseconds(value * 1000);
export const minutes = (value: number): Milliseconds => milliseconds(value * minuteMs);
export const hours = (value: number): Milliseconds => milliseconds(value * hourMs);
export const perSecond = (value: number): PerSecond => value as PerSecond;
export const perMinute = (value: number): PerMinute => value as PerMinute;

export const toPerSecond = (rate: PerMinute): PerSecond => perSecond(rate / 60);

/** Names of the units that an estimate, an observation or a limit may carry. */
export const unitNames = ["ms", "1/s", "1/min", "bytes", "cores", "ratio", "count"] as const;
export type UnitName = (typeof unitNames)[number];

/** Amounts as faults write them. Readers return `undefined` for anything else; writers are the way back. */

/** Few enough digits to be written again as they were read; larger amounts than these are slips. */
const number = String.raw`\d{1,12}(?:\.\d{1,6})?`;
const mostMs = 30 * 86_400_000;
const mostBytes = 1e12;
const units = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 } as const;
const bytesOf = { kB: 1e3, MB: 1e6, GB: 1e9 } as const;

/** Without what binary fractions add: 7 % is 0.07. */
const exact = (value: number): number => Number(value.toPrecision(12));

/** `x1.05` or `×1.05`, above 0. */
export function readFactor(text: string): number | undefined {
  const digits = new RegExp(`^[x×](${number})$`).exec(text)?.[1];
  const factor = Number(digits);
  return factor > 0 ? factor : undefined;
}

/** `5%`, above 0 and at most 100. @returns 0..1 */
export function readShare(text: string): number | undefined {
  const percent = Number(new RegExp(`^(${number})%$`).exec(text)?.[1]);
  return percent > 0 && percent <= 100 ? exact(percent / 100) : undefined;
}

export const writeShare = (ratio: number): string => `${exact(ratio * 100)}%`;

/** `800ms`, `90s`, `1.5min`. @returns milliseconds */
export function readDuration(text: string): number | undefined {
  const [, digits, unit] = new RegExp(`^(${number})(ms|s|min|m|h)$`).exec(text) ?? [];
  if (!isKeyOf(units, unit)) return undefined;
  const ms = Math.round(Number(digits) * units[unit] * 1000) / 1000;
  return ms <= mostMs ? ms : undefined;
}

export const writeDuration = (ms: number): string =>
  ms % 1000 === 0 && ms > 0 ? `${ms / 1000}s` : `${ms}ms`;

/** So many within a time. */
export interface Limit {
  readonly count: number;
  readonly withinMs: number;
}

/** `100/10s`. */
export function readLimit(text: string): Limit | undefined {
  const [count = "", time = ""] = text.split("/");
  const withinMs = readDuration(time);
  if (!/^\d{1,9}$/.test(count) || withinMs === undefined || withinMs === 0) return undefined;
  return text === `${count}/${time}` ? { count: Number(count), withinMs } : undefined;
}

export const writeLimit = ({ count, withinMs }: Limit): string =>
  `${count}/${writeDuration(withinMs)}`;

/** `50MB/min`, `1kB/s`. @returns bytes per minute */
export function readGrowth(text: string): number | undefined {
  const [, digits, size, time] = new RegExp(`^(${number})(kB|MB|GB)/(s|min)$`).exec(text) ?? [];
  if (!isKeyOf(bytesOf, size)) return undefined;
  const bytes = Math.round(Number(digits) * bytesOf[size] * (time === "s" ? 60 : 1));
  return bytes > 0 && bytes <= mostBytes ? bytes : undefined;
}

export function writeGrowth(bytesPerMinute: number): string {
  return bytesPerMinute % 1e3 === 0
    ? `${bytesPerMinute / 1e6}MB/min`
    : `${bytesPerMinute / 1e3}kB/min`;
}

function isKeyOf<Table extends object>(
  table: Table,
  key: string | undefined,
): key is string & keyof Table {
  return key !== undefined && Object.hasOwn(table, key);
}

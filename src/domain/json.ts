/**
 * JSON that keeps infinities: an unbounded interval or a dropped request is `"Infinity"` on disk.
 * NaN is never a value here: unknown is absent, so writing NaN is a bug and throws.
 */
export function toJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent);
  // Numbers that are not finite become null there. Asking for each value takes several times as long, and few hold any.
  return /null/.test(text) ? JSON.stringify(value, replace, indent) : text;
}

export function fromJson(text: string): unknown {
  return JSON.parse(text, revive);
}

function replace(key: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  if (Number.isNaN(value))
    throw new RangeError(`field "${key}" is NaN; unknown values must be absent`);
  return value > 0 ? "Infinity" : "-Infinity";
}

function revive(_key: string, value: unknown): unknown {
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
  return value;
}

/** @returns `undefined` where the text is no JSON */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

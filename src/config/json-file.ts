/** JSON that somebody wrote: read whole, or refused with each field that is wrong. */
import type { z } from "zod";
import { ConfigError, messageOf } from "../domain/errors.ts";
import { readInput } from "./input-encoding.ts";

interface JsonFileKind<Value> {
  /** "an approval". */
  readonly what: string;
  readonly shape: z.ZodType<Value>;
  /** Codes of what is no JSON, and of what has another shape. */
  readonly unreadable: string;
  readonly malformed: string;
  readonly hint: string;
}

/** @param shown as it was named @throws ConfigError with a line for each field that is wrong */
export function readJsonFile<Value>(
  location: string,
  shown: string,
  { what, shape, unreadable, malformed, hint }: JsonFileKind<Value>,
): Value {
  const text = readInput(location, shown);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const message = `${shown} cannot be read as ${what}: it is not JSON (${messageOf(cause)})`;
    throw new ConfigError(message, { code: unreadable, hint, cause });
  }
  const parsed = shape.safeParse(json);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(
    ({ path, message }) => `${shown}: ${path.join(".") || "(whole file)"}: ${message}`,
  );
  throw new ConfigError(lines.join("\n"), { code: malformed, hint });
}

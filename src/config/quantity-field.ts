import { z } from "zod";
import type { Parsed } from "../domain/parsed.ts";

/** A field of a JSON file that is written as on the command line: `"90s"`, `"200/s"`. */
export const quantity = <Value>(parse: (text: string) => Parsed<Value>, example: string) =>
  z.string({ error: `expected text such as "${example}"` }).transform((text, context) => {
    const parsed = parse(text);
    if (parsed.ok) return parsed.value;
    context.addIssue({ code: "custom", message: parsed.problem });
    return z.NEVER;
  });

/** What a parser of people's words answers: the value, or a problem that repeats the text and says what to write. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string };

export const read = <Value>(value: Value): Parsed<Value> => ({ ok: true, value });

export const refused = (problem: string): Parsed<never> => ({ ok: false, problem });

/** What the value becomes, or the same problem. */
export const mapParsed = <Value, Other>(
  parsed: Parsed<Value>,
  map: (value: Value) => Other,
): Parsed<Other> => (parsed.ok ? read(map(parsed.value)) : parsed);

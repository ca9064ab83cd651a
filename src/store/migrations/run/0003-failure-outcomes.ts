/** Until version 2 a run described a failing request in one text: `GET token.read 503 http_503 SERVICE_UNAVAILABLE`; 3 names the outcome too. */
const described = /^\S+ .+ (?:-|\d{3}) (\S+)(?: [A-Z_]+)?$/;

/** @returns the line as it is where it is no failure of before */
export function failureOutcomes(line: Record<string, unknown>): Record<string, unknown> {
  const { type, outcome, detail } = line;
  if (type !== "failure" || outcome !== undefined || typeof detail !== "string") return line;
  return { ...line, outcome: described.exec(detail)?.[1] ?? detail.split(/[\s(]+/).at(-1) ?? "" };
}

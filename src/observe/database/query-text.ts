/** Statements as they may stand in a report. The server has put `$1` for constants, but not in every statement. */

const longest = 600;
/** Only these are normalised by every version; others, such as `alter role … password '…'`, are named by their verb. */
const normalised = /^(?:select|insert|update|delete|merge|with|values|table)\b/i;
const leadingComments = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/;

/** @returns one line, without text constants, at most 600 characters */
export function reportableQuery(query: string): string {
  const text = query.replace(leadingComments, "");
  if (!normalised.test(text))
    return (/^[a-z]+/i.exec(text)?.[0] ?? "another statement").toLowerCase();
  const line = text
    .replaceAll(/\$([a-z_]\w*)?\$[\s\S]*?\$\1\$/gi, "'…'")
    .replaceAll(/'(?:[^'\\]|''|\\[\s\S])*'/g, "'…'")
    .replaceAll(/\s+/g, " ")
    .trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

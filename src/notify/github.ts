/** GitHub Actions: annotations are lines of the log, the summary is a file that the job shows. */
import { formatCount } from "../domain/number-text.ts";
import { headlineOf, isResolved, type Message } from "./message.ts";

/** @returns `::error title=…::…` lines, `::notice` for a resolved one */
export const annotations = (messages: readonly Message[]): string[] =>
  messages.map(
    (message) =>
      `::${levelOf(message)} title=${property(`Headroom ${message.severity}`)}::${data(headlineOf(message))}`,
  );

const levelOf = (message: Message): string => {
  if (isResolved(message)) return "notice";
  return message.severity === "P0" || message.severity === "P1" ? "error" : "warning";
};

const data = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

/** A summary of more than 1 MiB is refused whole; other steps of the job need room as well. */
const longestSummaryBytes = 900_000;

/** Markdown for `GITHUB_STEP_SUMMARY`; what is too much is cut from its end, with a line that says so. */
export function stepSummary(title: string, lines: readonly string[]): string {
  const items = lines.map((line) => `- ${line.replaceAll(/([\\`*_<>|[\]])/g, "\\$1")}`);
  let bytes = 0;
  const fit = items.filter((item) => (bytes += Buffer.byteLength(item) + 1) <= longestSummaryBytes);
  const missing = items.length - fit.length;
  const rest = missing === 0 ? [] : [`- …and ${formatCount(missing)} more lines in the log`];
  return `## ${title}\n\n${[...fit, ...rest].join("\n")}\n`;
}

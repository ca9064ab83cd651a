/** GitHub Actions: annotations are lines of the log, the summary is a file that the job shows. */
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

/** Markdown for `GITHUB_STEP_SUMMARY`. */
export const stepSummary = (title: string, lines: readonly string[]): string =>
  `## ${title}\n\n${lines.map((line) => `- ${line.replaceAll(/([\\`*_<>|[\]])/g, "\\$1")}`).join("\n")}\n`;

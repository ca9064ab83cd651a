import { shorten } from "../domain/shorten.ts";
import type { Message } from "./message.ts";

/** Grafana keeps a tag in 100 characters. */
const longestTag = 100;
const longestText = 2000;

/** An annotation of Grafana: a run is the region of its load, a change the night since which it is there. */
export const grafana = (message: Message): unknown => ({
  time: message.at,
  timeEnd: message.until,
  tags: ["headroom", message.profile, message.environment, message.outcome ?? message.kind].map(
    (tag) => tag.slice(0, longestTag),
  ),
  text: textOf(message),
});

/** Grafana shows it as HTML. */
function textOf({ sentence, suspects, link }: Message): string {
  const lines = [sentence, ...suspects].map((line) => escape(shorten(line, longestText)));
  const report = link === undefined ? [] : [`<a href="${escape(link)}">report</a>`];
  return [...lines, ...report].join("\n");
}

const escape = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

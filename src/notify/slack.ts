import { formatInstant } from "../domain/time-text.ts";
import { headlineOf, isResolved, type Message } from "./message.ts";

/** What Slack refuses more of: characters of a block, and how many of its parts. */
export const slackLimits = {
  blocks: 50,
  header: 150,
  section: 3000,
  fields: 10,
  field: 2000,
  url: 3000,
  altText: 2000,
  contextElements: 10,
} as const;

/**
 * A message of blocks, and its text: what a notification on the phone shows, and what Mattermost, Rocket.Chat and Discord's
 * /slack address take.
 */
export const slack = (message: Message): unknown => ({
  ...slackText(message),
  blocks: blocksOf(message),
});

/** Where the blocks are refused: Slack refuses a whole message whose picture it cannot load. */
export const slackText = (message: Message): { readonly text: string } => ({
  text: [
    escaped(headline(message), slackLimits.section),
    ...message.suspects
      .slice(0, shownSuspects)
      .map((suspect) => escaped(`• with it changed ${suspect}`, 300)),
    ...(message.link === undefined ? [] : [message.link]),
  ].join("\n"),
});

const sign = (message: Message): string => (isResolved(message) ? "✓" : "✗");

const headline = (message: Message): string => `${sign(message)} ${headlineOf(message)}`;

const shownSuspects = 8;

function blocksOf(message: Message): readonly unknown[] {
  const { severity, profile, environment, sentence, suspects, link, picture } = message;
  const shown = suspects.slice(0, shownSuspects);
  const more = suspects.length - shown.length;
  const changed = [
    ...shown.map((suspect) => `• ${suspect}`),
    ...(more > 0 ? [`• …and ${more} more`] : []),
  ].map((line) => escaped(line, 300));
  return [
    {
      type: "header",
      text: {
        type: "plain_text",
        text: escaped(
          `${sign(message)} ${severity} ${profile} on ${environment}`,
          slackLimits.header,
        ),
      },
    },
    section(escaped(sentence, slackLimits.section)),
    {
      type: "section",
      fields: [
        ["Metric", message.metric],
        ["Since", formatInstant(message.at)],
      ].map(([name = "", value = ""]) => mrkdwn(`*${name}*\n${escaped(value, 500)}`)),
    },
    ...(changed.length === 0 ? [] : [section(["*With it changed*", ...changed].join("\n"))]),
    ...(picture === undefined || picture.length > slackLimits.url
      ? []
      : [{ type: "image", image_url: picture, alt_text: escaped(sentence, slackLimits.altText) }]),
    ...(link === undefined || link.length > slackLimits.url
      ? []
      : [{ type: "context", elements: [mrkdwn(`<${link}|Report of the last run>`)] }]),
  ];
}

const mrkdwn = (text: string): unknown => ({ type: "mrkdwn", text });
const section = (text: string): unknown => ({ type: "section", text: mrkdwn(text) });

/** Slack's three control characters are escaped: a label of the target must not become a mention of everybody. */
function escaped(text: string, most: number): string {
  for (let length = Math.min(text.length, most); ; length -= 10) {
    const part = length < text.length ? `${text.slice(0, Math.max(0, length - 1))}…` : text;
    const escapedPart = part
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;");
    if (escapedPart.length <= most) return escapedPart;
  }
}

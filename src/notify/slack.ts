import { headlineOf, isResolved, type Message } from "./message.ts";

/** The form that Slack, Mattermost, Rocket.Chat and Discord's /slack address take. */
export const slack = (message: Message): unknown => ({
  text: escape(
    [
      `${isResolved(message) ? "✅" : "🔴"} ${headlineOf(message)}`,
      ...message.suspects.map((suspect) => `• with it changed ${suspect}`),
    ].join("\n"),
  ),
});

/** Slack's three control characters: a label of the target must not become a mention of everybody. */
const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

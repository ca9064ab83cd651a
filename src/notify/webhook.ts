import type { Message } from "./message.ts";

/** The message as it is, for receivers of one's own. */
export const webhook = (message: Message): unknown => ({
  schemaVersion: 1,
  source: "headroom",
  ...message,
  at: new Date(message.at).toISOString(),
});

/** Where messages go: one way of wording each, all posted the same way. */
import { createHash } from "node:crypto";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { addReceiverAddress, addUrlSecrets } from "../secrets/url-secrets.ts";
import { alertmanager } from "./alertmanager.ts";
import type { Message } from "./message.ts";
import { slack } from "./slack.ts";
import { webhook } from "./webhook.ts";

/** Turns a message into the JSON body that the receiver takes. */
export type Wording = (message: Message, now: number) => unknown;

const wordings = { slack, webhook, alertmanager } as const satisfies Record<string, Wording>;
export type ReceiverKind = keyof typeof wordings;
export const receiverKinds = [
  "slack",
  "webhook",
  "alertmanager",
] as const satisfies readonly ReceiverKind[];

export interface Receiver {
  readonly kind: ReceiverKind;
  /** May hold a secret: never written down, never shown. */
  readonly url: string;
}

/** Names a receiver in files without its address. */
export const receiverKey = ({ kind, url }: Receiver): string =>
  `${kind}-${createHash("sha256").update(url).digest("hex").slice(0, 12)}`;

/** The Alertmanager is named by its root: its API's path is ours to know. */
export const addressOf = ({ kind, url }: Receiver): string =>
  kind === "alertmanager" && !url.includes("/api/")
    ? `${url.replace(/\/+$/, "")}/api/v2/alerts`
    : url;

export const bodyFor = ({ kind }: Receiver, message: Message, now: number): string =>
  knownSecrets.clean(JSON.stringify(wordings[kind](message, now)));

export type ParsedReceiver =
  | { readonly ok: true; readonly value: Receiver }
  | { readonly ok: false; readonly problem: string };

/** `slack=https://…`. The address is not repeated in the problem: it may be a secret. */
export function parseReceiver(text: string): ParsedReceiver {
  const at = text.indexOf("=");
  const name = at < 0 ? text.slice(0, 20) : text.slice(0, at);
  const kind = receiverKinds.find((each) => each === name);
  if (kind === undefined)
    return {
      ok: false,
      problem: `"${name}" is no receiver: ${receiverKinds.join(", ")}, as in slack=URL`,
    };
  const url = text.slice(at + 1);
  if (at < 0 || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return { ok: false, problem: `${kind} needs an http(s) address: ${kind}=URL` };
  // The API of the Alertmanager has a public path.
  (kind === "alertmanager" ? addUrlSecrets : addReceiverAddress)(`${kind} receiver`, url);
  return { ok: true, value: { kind, url } };
}

/** Where messages go: one way of wording each, all posted the same way. */
import { createHash } from "node:crypto";
import { secretOf } from "../secrets/command-secrets.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { addReceiverAddress, addUrlSecrets } from "../secrets/url-secrets.ts";
import { alertmanager } from "./alertmanager.ts";
import { grafana } from "./grafana.ts";
import type { Message } from "./message.ts";
import { slack, slackText } from "./slack.ts";
import { webhook } from "./webhook.ts";

/** Turns a message into the JSON body that the receiver takes. */
export type Wording = (message: Message, now: number) => unknown;

const wordings = { slack, webhook, alertmanager, grafana } as const satisfies Record<
  string,
  Wording
>;
export type ReceiverKind = keyof typeof wordings;
export const receiverKinds = [
  "slack",
  "webhook",
  "alertmanager",
  "grafana",
] as const satisfies readonly ReceiverKind[];

export interface Receiver {
  readonly kind: ReceiverKind;
  /** May hold a secret: never written down, never shown. */
  readonly url: string;
  /** Of Grafana: never written down, never shown. */
  readonly token?: string;
}

/** Names a receiver in files without its address. */
export const receiverKey = ({ kind, url }: Receiver): string =>
  `${kind}-${createHash("sha256").update(url).digest("hex").slice(0, 12)}`;

/** Those that are named by their root: the path of their API is ours to know, and public. */
const apiPaths: Partial<Record<ReceiverKind, string>> = {
  alertmanager: "/api/v2/alerts",
  grafana: "/api/annotations",
};

export const addressOf = ({ kind, url }: Receiver): string => {
  const apiPath = apiPaths[kind];
  return apiPath === undefined || url.includes("/api/")
    ? url
    : `${url.replace(/\/+$/, "")}${apiPath}`;
};

export const bodyFor = ({ kind }: Receiver, message: Message, now: number): string =>
  textOf(wordings[kind](message, now));

/** What is sent where the body is refused as such; `undefined`: nothing else. */
export const plainBodyFor = ({ kind }: Receiver, message: Message): string | undefined =>
  kind === "slack" ? textOf(slackText(message)) : undefined;

const textOf = (body: unknown): string => knownSecrets.clean(JSON.stringify(body));

export type ParsedReceiver =
  | { readonly ok: true; readonly value: Receiver }
  | { readonly ok: false; readonly problem: string };

type Variables = Readonly<Record<string, string | undefined>>;

const grafanaTokenVariable = "HEADROOM_GRAFANA_TOKEN";

/**
 * `slack=https://…`. The address is not repeated in the problem: it may be a secret.
 * @param variables where the token of Grafana is
 */
export function parseReceiver(text: string, variables: Variables): ParsedReceiver {
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
  (apiPaths[kind] === undefined ? addReceiverAddress : addUrlSecrets)(`${kind} receiver`, url);
  if (kind !== "grafana") return { ok: true, value: { kind, url } };
  const token = secretOf(variables, grafanaTokenVariable);
  if (token === undefined)
    return {
      ok: false,
      problem: `${grafanaTokenVariable} is not set: it holds the token of a service account of Grafana with the role Editor`,
    };
  return { ok: true, value: { kind, url, token } };
}

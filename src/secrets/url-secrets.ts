/** The secrets in a URL: its credentials, and the values of its query. */
import { knownSecrets } from "./known-secrets.ts";

const urlPattern = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"<>]+/gi;

/** User, password and query of every URL in a text: an argument, a field of a file. */
export function addUrlSecrets(source: string, text: string | undefined): void {
  for (const [url] of (text ?? "").matchAll(urlPattern)) addUrl(source, url);
}

function addUrl(source: string, url: string): void {
  // Parsed manually: an incomplete URL in a wrong argument is shown in an error too.
  const [, authority = ""] = /^[^:]+:\/\/([^/?#]*)/.exec(url) ?? [];
  const user = authority.slice(0, Math.max(0, authority.lastIndexOf("@")));
  const colon = user.indexOf(":");
  // A user alone may be a token.
  knownSecrets.add(source, colon < 0 ? user : user.slice(colon + 1));
  for (const [, name = "", value = ""] of url.matchAll(/[?&]([^=&#]*)=([^&#]*)/g))
    if (!isPlainSetting(name, value)) knownSecrets.add(`${source} ?${name}`, value);
}

/** A query also has values that are not secret: a database, a mode, a number. */
const isPlainSetting = (name: string, value: string): boolean =>
  !/pass|pwd|token|secret|key|sig|auth|credential|code/i.test(name) &&
  (/^[a-z][a-z_-]*$/i.test(value) || /^\d{1,9}$/.test(value) || /^(?:\/|%2f)/i.test(value));

/** The URL of a receiver: its path authorises posting. */
export function addReceiverAddress(source: string, url: string): void {
  addUrlSecrets(source, url);
  if (!URL.canParse(url)) return;
  const { pathname, search } = new URL(url);
  if (pathname.length <= 1) return;
  knownSecrets.add(source, pathname + search);
  for (const part of pathname.split("/"))
    if (part.length >= 8 && /\d/.test(part)) knownSecrets.add(source, part);
}

/**
 * A line of a text log: NCSA common and combined, the default formats of ingress-nginx, Traefik, Apache, Envoy, HAProxy
 * and AWS load balancers. They have in common a request in quotes and a time; what a collector puts before a line does
 * not matter.
 */
import { rfc3339 } from "../engine/timestamp.ts";
import { hostOnly, type ParsedLine } from "./logged-request.ts";

const request = /"([A-Z]{3,10}) ([^\s"]\S*) HTTP\/[\d.]+"(?: (\d{3})\b)?/;
const clfTime =
  /\[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d)(?:\.\d+)?(?: ([+-]\d\d):?(\d\d))?\]/;
const isoTime = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)/;
/** `vhost_combined`: host and port before the client's address. */
const virtualHost = /^([\w.-]+\.[a-z][\w-]*|localhost):\d{1,5} \S+ \S+ \S+ \[/i;
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

export function parseTextLine(line: string): ParsedLine {
  const match = request.exec(line);
  const [all = "", method = "", target = "", status] = match ?? [];
  if (match === null) return { ok: false, problem: 'no request such as "GET /path HTTP/1.1"' };
  const rest = line.slice(match.index + all.length);
  const host = virtualHost.exec(line)?.[1];
  return {
    ok: true,
    value: {
      at: timeIn(line),
      method,
      target,
      host: host === undefined ? undefined : hostOnly(host),
      status: status === undefined ? undefined : Number(status),
      userAgent: rest.match(/"[^"]*"/g)?.join(" "),
    },
  };
}

/** @returns epoch milliseconds of the first time in it; a time without a zone is UTC */
export function timeIn(text: string): number | undefined {
  const clf = clfTime.exec(text);
  if (clf !== null) {
    const [, day, name = "", year, time, hours = "+00", minutes = "00"] = clf;
    const month = String(months.indexOf(name) + 1).padStart(2, "0");
    return validTime(Date.parse(`${year}-${month}-${day}T${time}${hours}:${minutes}`));
  }
  const iso = isoTime.exec(text)?.[0];
  return iso === undefined
    ? undefined
    : validTime(rfc3339(iso.replace(",", ".").replace(/([+-]\d\d)(\d\d)$/, "$1:$2")));
}

const validTime = (at: number): number | undefined => (Number.isNaN(at) ? undefined : at);

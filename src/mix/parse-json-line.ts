/**
 * A line of a JSON log. Writers choose the names of the fields (ingress-nginx's `log-format-upstream`, Envoy and Istio,
 * Traefik, Caddy, cloud load balancers), so that each value is looked up by its usual names, regardless of case
 * and separators, also one level down. A collector's envelope with the line as text is unwrapped.
 */
import { epochMs } from "../engine/timestamp.ts";
import { hostOnly, type LoggedRequest, type ParsedLine } from "./logged-request.ts";
import { parseTextLine, timeIn } from "./parse-text-line.ts";

/** Fields by their names in lower case, letters and digits only: `request_method` is `requestmethod`. */
type Fields = ReadonlyMap<string, string | number>;

const names = {
  method:
    "method requestmethod httpmethod httprequestmethod httprequestrequestmethod reqmethod verb",
  target:
    "requesturi uri originaluri xenvoyoriginalpath requestpath path url requesturl requrl httprequestrequesturl httpurl urlpath urloriginal",
  line: "request requestline",
  status:
    "status statuscode responsecode downstreamstatus responsestatus originstatus httprequeststatus httpresponsestatuscode httpstatus",
  time: "time timestamp timeiso8601 starttime startutc startlocal ts msec timelocal datetime date",
  host: "authority requesthost requestauthority vhost httphost requestserver servername urldomain domain host",
  userAgent:
    "useragent httpuseragent requestuseragent agent httprequestuseragent useragentoriginal",
  operation: "operationname graphqloperationname graphqloperation",
  envelope: "log message msg textpayload line event body",
} as const;

const aliases = Object.fromEntries(
  Object.entries(names).map(([key, list]) => [key, list.split(" ")]),
);

export function parseJsonLine(line: string, depth = 0): ParsedLine {
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch {
    return { ok: false, problem: "begins as JSON and is none" };
  }
  const fields = fieldsOf(document);
  const direct = requestOf(fields);
  if (direct !== undefined) return { ok: true, value: direct };
  const inner = textOf(fields, "envelope");
  if (inner === undefined || depth > 1)
    return { ok: false, problem: "no field for the method and the path of a request" };
  const text = inner.trim();
  const parsed = text.startsWith("{") ? parseJsonLine(text, depth + 1) : parseTextLine(text);
  return parsed.ok
    ? { ok: true, value: { ...parsed.value, at: parsed.value.at ?? instantOf(fields) } }
    : parsed;
}

function requestOf(fields: Fields): LoggedRequest | undefined {
  const line = /^([A-Z]{3,10}) (\S+)(?: HTTP\/[\d.]+)?$/.exec(textOf(fields, "line") ?? "");
  const method = (textOf(fields, "method") ?? line?.[1])?.toUpperCase();
  const target = textOf(fields, "target") ?? line?.[2];
  if (method === undefined || target === undefined || !/^[A-Z]{3,10}$/.test(method))
    return undefined;
  const status = Number(valueOf(fields, "status"));
  const host = textOf(fields, "host");
  return {
    at: instantOf(fields),
    method,
    target,
    host: host === undefined ? undefined : hostOnly(host),
    status: Number.isInteger(status) && status > 0 ? status : undefined,
    userAgent: textOf(fields, "userAgent"),
    operation: textOf(fields, "operation"),
  };
}

function fieldsOf(document: unknown): Fields {
  const fields = new Map<string, string | number>();
  const add = (value: unknown, prefix: string, depth: number): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [name, part] of Object.entries(value)) {
      const key = prefix + name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
      if ((typeof part === "string" && part !== "" && part !== "-") || typeof part === "number")
        fields.set(key, part);
      else if (depth < 2) add(part, key, depth + 1);
    }
  };
  add(document, "", 0);
  return fields;
}

const valueOf = (fields: Fields, name: keyof typeof names): string | number | undefined => {
  const key = aliases[name]?.find((each) => fields.has(each));
  return key === undefined ? undefined : fields.get(key);
};

const textOf = (fields: Fields, name: keyof typeof names): string | undefined => {
  const value = valueOf(fields, name);
  return typeof value === "string" ? value : undefined;
};

/** A number is a Unix time in seconds, or in milli-, micro- or nanoseconds, by its size. */
function instantOf(fields: Fields): number | undefined {
  const value = valueOf(fields, "time");
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isNaN(number)) return epochMs(number);
  return timeIn(String(value)) ?? timeIn(`[${value}]`);
}

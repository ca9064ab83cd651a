/** Requests of a HAR file, as the network tab of a browser saves it (HAR 1.2). */
import { parsedJson } from "../domain/json.ts";
import { z } from "zod";
import { hostOnly, type LoggedRequest } from "./logged-request.ts";

const entry = z.object({
  startedDateTime: z.string().optional(),
  request: z.object({
    method: z.string(),
    url: z.string(),
    postData: z.object({ text: z.string().optional() }).optional(),
  }),
  response: z.object({ status: z.number().optional() }).optional(),
});
/** Browsers add it if they sent nothing. */
const cachedEntry = z.object({ _fromCache: z.string() });
const har = z.object({ log: z.object({ entries: z.array(z.unknown()) }) });

/** The beginning of a HAR file, in any layout. A container's log line has a string after `"log":`. */
export const isHar = (head: string): boolean => /^\s*\{\s*"log"\s*:\s*\{/.test(head);

export interface HarRequests {
  readonly requests: readonly LoggedRequest[];
  /** Numbers of the entries, from 1, that are no requests. */
  readonly badEntries: readonly number[];
  /** Answered from the browser's cache: never sent. */
  readonly cached: number;
}

/** @returns `undefined` where the text is no HAR file */
export function parseHar(text: string): HarRequests | undefined {
  const parsed = har.safeParse(parsedJson(text));
  if (!parsed.success) return undefined;
  const requests: LoggedRequest[] = [];
  const badEntries: number[] = [];
  let cached = 0;
  parsed.data.log.entries.forEach((each, index) => {
    const read = entry.safeParse(each);
    if (!read.success || !URL.canParse(read.data.request.url)) badEntries.push(index + 1);
    else if (cachedEntry.safeParse(each).success) cached += 1;
    else requests.push(requestOf(read.data));
  });
  return { requests, badEntries, cached };
}

function requestOf({ startedDateTime, request, response }: z.output<typeof entry>): LoggedRequest {
  const url = new URL(request.url);
  const at = Date.parse(startedDateTime ?? "");
  return {
    at: Number.isNaN(at) ? undefined : at,
    method: request.method.toUpperCase(),
    target: url.pathname + url.search,
    host: hostOnly(url.host),
    status: response?.status,
    operation: operationIn(request.postData?.text),
  };
}

/** `{"operationName": "A", "query": "query A { … }"}` → `A`. */
function operationIn(body: string | undefined): string | undefined {
  if (body === undefined || !body.trimStart().startsWith("{")) return undefined;
  const named = /"operationName"\s*:\s*"(\w+)"/.exec(body);
  return (
    named ?? /"query"\s*:\s*"(?:\\n|\s)*(?:query|mutation|subscription)\s+(\w+)/.exec(body)
  )?.[1];
}

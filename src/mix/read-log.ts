/** Access logs of any size, in constant memory, and HAR files. */
import path from "node:path";
import { linesOf, peeked, readInput, streamInput } from "../config/input-encoding.ts";
import { Problems } from "../config/problems.ts";
import { codeOf, UsageError } from "../domain/errors.ts";
import type { MeasuredMix } from "../domain/mix.ts";
import { isHar, parseHar } from "./parse-har.ts";
import { parseJsonLine } from "./parse-json-line.ts";
import { parseTextLine } from "./parse-text-line.ts";
import { Tally } from "./tally.ts";

/** A longer line is not of an access log. */
const longestLineBytes = 256 * 1024;
const headBytes = 4096;

export interface MeasureOptions {
  /** Access logs or HAR files, as named. */
  readonly files: readonly string[];
  readonly cwd: string;
  /** Only requests to these hosts count; empty: of logs all, of a HAR file those to the host of its first request. */
  readonly hosts: readonly string[];
}

export interface Measured {
  readonly mix: MeasuredMix;
  readonly warnings: readonly string[];
}

const expected =
  "Expected an access log (NCSA common or combined, the default format of ingress-nginx, Traefik, Envoy or Apache, or one JSON object a line), plain or gzip, or a HAR file.";

/**
 * The mix of all files together.
 * @throws UsageError `no-such-file`, `no-requests` where none of the requests belongs to the platform, `no-hosts`
 * @throws ConfigError where a file is an archive or broken gzip
 */
export async function measureMix({ files, cwd, hosts }: MeasureOptions): Promise<Measured> {
  const tally = new Tally({ hosts });
  const problems = new Problems();
  for (const file of files)
    await problems.settled(readInto(tally, path.resolve(cwd, file), { shown: file, hosts }));
  problems.raise((message) => new UsageError(message, { code: "bad-log" }));
  const mix = tally.document();
  const { web, api, subgraph } = mix.requests;
  if (hosts.length > 0 && tally.isWithoutHosts)
    throw new UsageError(`--host: no request in ${files.join(", ")} has a host`, {
      code: "no-hosts",
      hint: "Omit --host, or log the host.",
    });
  if (web + api + subgraph === 0)
    throw new UsageError(
      `${files.join(", ")}: no request to a page, the API or the subgraph of the platform among ${mix.source.requests} requests${mix.badLines.lines === 0 ? "" : ` and ${mix.badLines.lines} lines that could not be read`}`,
      { code: "no-requests", hint: expected },
    );
  return { mix, warnings: warningsOf(mix, hosts, tally.hosts) };
}

async function readInto(
  tally: Tally,
  location: string,
  { shown, hosts }: { readonly shown: string; readonly hosts: readonly string[] },
): Promise<void> {
  tally.beginFile(path.basename(shown));
  const { head, chunks } = await peeked(opened(location, shown));
  if (isHar(head.toString("utf8", 0, headBytes))) {
    await chunks.return(undefined);
    readHar(tally, readInput(location, shown), { shown, hosts });
    return;
  }
  for await (const { number, text: line } of linesOf(chunks, longestLineBytes)) {
    if (line === undefined) {
      tally.badLine(number, `longer than ${longestLineBytes / 1024} KiB`);
      continue;
    }
    const text = line.trim();
    if (text === "" || text.startsWith("#")) continue;
    const parsed = text.startsWith("{")
      ? parseJsonLine(text.replace(/,$/, ""))
      : parseTextLine(text);
    if (parsed.ok) tally.add(parsed.value);
    else tally.badLine(number, parsed.problem);
  }
}

function readHar(
  tally: Tally,
  text: string,
  { shown, hosts }: { readonly shown: string; readonly hosts: readonly string[] },
): void {
  const har = parseHar(text);
  if (har === undefined)
    throw new UsageError(`${shown} looks like a HAR file but cannot be parsed`, {
      code: "bad-har",
      hint: "Save it again from the network tab of the browser.",
    });
  const own = har.requests[0]?.host;
  for (const request of har.requests) {
    const isOwn =
      hosts.length > 0 ||
      request.host === own ||
      /^\/(?:subgraphs|api\/rpc)\//.test(request.target);
    // A page may use several hosts of the platform: different hosts do not indicate a mixed log.
    if (isOwn) tally.add(hosts.length > 0 ? request : { ...request, host: undefined });
    else tally.setApart("other-hosts");
  }
  for (const entry of har.badEntries) tally.badLine(entry, "an entry that is no request");
  if (har.cached > 0) tally.setApart("cached", har.cached);
}

async function* opened(location: string, shown: string): AsyncGenerator<Buffer> {
  try {
    yield* streamInput(location, shown);
  } catch (error) {
    const code = error instanceof Error && "cause" in error ? error.cause : undefined;
    if (codeOf(code) === "ENOENT")
      throw new UsageError(`--from-log: there is no file ${shown}`, {
        code: "no-such-file",
        hint: "Check the path.",
        cause: error,
      });
    throw error;
  }
}

function warningsOf(
  { requests, operations, unclassified, badLines, peak }: MeasuredMix,
  hosts: readonly string[],
  seenHosts: readonly string[],
): readonly string[] {
  const named = Object.values(operations).reduce((total, each) => total + each, 0);
  const classified = requests.web + requests.api + requests.subgraph;
  return [
    ...(hosts.length === 0 && seenHosts.length > 1
      ? [
          `requests to ${seenHosts.length} hosts are counted together: ${seenHosts.slice(0, 5).join(", ")}; select the platform's with --host`,
        ]
      : []),
    ...(unclassified.requests > classified
      ? [
          `more requests are unclassified (${unclassified.requests}) than classified (${classified}): check that this is the platform's log`,
        ]
      : []),
    ...(badLines.lines > 0 ? [`lines that could not be read: ${badLines.lines}`] : []),
    ...(requests.subgraph === 0
      ? [
          "no request to the subgraph: a run with this mix sends none; add the log of the subgraph's ingress with another --from-log",
        ]
      : named < requests.subgraph / 2
        ? [
            "the log has no operation for most requests to the subgraph: their assumed weights are used",
          ]
        : []),
    ...(peak === undefined ? ["no request has a time: the peak hour is unknown"] : []),
  ];
}

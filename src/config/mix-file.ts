/** A mix document, as `headroom mix` writes it. */
import path from "node:path";
import { z } from "zod";
import { ConfigError } from "../domain/errors.ts";
import { total, type MeasuredMix } from "../domain/mix.ts";
import { readInput } from "./input-encoding.ts";

const count = z.int().nonnegative();
const instant = z.iso.datetime({ offset: true });
const counts = z.record(z.string().min(1).max(120), count);

const mixDocument = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal("mix"),
  source: z.strictObject({
    files: z.array(z.string()),
    from: instant.optional().describe("first request"),
    to: instant.optional().describe("last request"),
    requests: count.describe("requests that were read, of any sort"),
  }),
  requests: z
    .strictObject({ web: count, api: count, subgraph: count })
    .describe("requests by surface, assets apart"),
  pages: counts.describe("documents by page"),
  procedures: counts.describe("requests by API procedure"),
  operations: counts.describe("requests by subgraph operation, where the log shows it"),
  apart: counts.describe("requests that are not part of the mix, by reason"),
  peak: z
    .strictObject({
      startsAt: instant,
      seconds: z.number().positive(),
      requestsPerSecond: z.number().nonnegative(),
    })
    .optional()
    .describe("the busiest hour; the whole log where it is shorter"),
  unclassified: z.strictObject({
    requests: count,
    patterns: z.array(z.strictObject({ pattern: z.string(), requests: count })),
  }),
  badLines: z.strictObject({
    lines: count,
    first: z.array(z.strictObject({ file: z.string(), line: count, problem: z.string() })),
  }),
});

/** JSON Schema of a mix document, for editors and `headroom schema mix`. */
export const mixSchema = (): unknown => z.toJSONSchema(mixDocument, { target: "draft-2020-12" });

/** @throws UsageError where the file cannot be opened; ConfigError with every problem of the document */
export function readMix(file: string, cwd: string): MeasuredMix {
  const text = readInput(path.resolve(cwd, file), file);
  const parsed = mixDocument.safeParse(jsonOf(text, file));
  const problems = parsed.success
    ? contradictions(parsed.data)
    : parsed.error.issues.map(
        (issue) => `${issue.path.join(".") || "(whole file)"}: ${issue.message}`,
      );
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new ConfigError(problems.map((problem) => `${file}: ${problem}`).join("\n"), {
    code: "bad-mix",
    hint: "headroom mix --from-log FILE -o mix.json writes a mix; headroom schema mix prints its shape.",
  });
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ConfigError(`${file} is no mix document: it is not JSON`, {
      code: "bad-mix",
      hint: `Make one from an access log: headroom mix --from-log ${file} -o mix.json`,
      cause: error,
    });
  }
}

/** The names of each surface add up to its requests. */
function contradictions({ requests, pages, procedures, operations }: MeasuredMix): string[] {
  const sums = { web: total(pages), api: total(procedures), subgraph: total(operations) };
  return [
    ...(sums.web === requests.web
      ? []
      : [`requests.web is ${requests.web}, pages add up to ${sums.web}`]),
    ...(sums.api === requests.api
      ? []
      : [`requests.api is ${requests.api}, procedures add up to ${sums.api}`]),
    ...(sums.subgraph <= requests.subgraph
      ? []
      : [`requests.subgraph is ${requests.subgraph}, operations add up to ${sums.subgraph}`]),
    ...(requests.web + requests.api + requests.subgraph > 0 ? [] : ["requests: the mix is empty"]),
  ];
}

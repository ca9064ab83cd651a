/** A mix document, as `headroom mix` writes it. */
import path from "node:path";
import { documentShape } from "../domain/documents/schemas.ts";
import { ConfigError } from "../domain/errors.ts";
import { total, type MeasuredMix } from "../domain/mix.ts";
import { readInput } from "./input-encoding.ts";

const mixDocument = documentShape<MeasuredMix>("MeasuredMix");

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

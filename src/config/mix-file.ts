/** A mix document, as `headroom mix` writes it. */
import path from "node:path";
import { documentShape } from "../domain/documents/schemas.ts";
import { ConfigError } from "../domain/errors.ts";
import { total, type MeasuredMix } from "../domain/mix.ts";
import { readJsonFile } from "./json-file.ts";

const mixDocument = documentShape<MeasuredMix>("MeasuredMix");
const code = "bad-mix";
const hint =
  "headroom mix --from-log FILE -o mix.json writes a mix; headroom schema mix prints its shape.";

/** @throws UsageError where the file cannot be opened; ConfigError with every problem of the document */
export function readMix(file: string, cwd: string): MeasuredMix {
  const mix = readJsonFile(path.resolve(cwd, file), file, {
    what: "a mix",
    shape: mixDocument,
    unreadable: code,
    malformed: code,
    hint,
  });
  const problems = contradictions(mix);
  if (problems.length === 0) return mix;
  throw new ConfigError(problems.map((problem) => `${file}: ${problem}`).join("\n"), {
    code,
    hint,
  });
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

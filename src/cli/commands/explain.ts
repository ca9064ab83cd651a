import { explanationOf, type Explanation } from "../../../reports/explained/index.ts";
import { nearestNames } from "../../config/nearest.ts";
import { explainedIds } from "../../domain/explained-ids.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { defineCommand } from "../command.ts";
import { jsonOption } from "../run-options.ts";

export const explainCommand = defineCommand({
  name: "explain",
  positionals: ["[id …]"],
  options: { json: jsonOption },
  examples: [
    "headroom explain",
    "headroom explain slow-endpoint api.response.p95",
    "headroom explain autoscaling.a2-reaction --json",
  ],
  check: ({ positionals }, problems) => {
    for (const id of positionals)
      if (explanationOf(id) === undefined)
        problems.add(
          `no finding, check or reason has the id "${id}"; the nearest are ${nearestNames(id, explainedIds)}; headroom explain lists all of them`,
        );
  },
  run: async ({ positionals, options }, io) => {
    const ids = positionals.length === 0 ? explainedIds : positionals;
    const pages = ids.flatMap((id) => explanationOf(id) ?? []);
    if (options.json) io.stdout.write(`${toJson({ schemaVersion: 1, pages }, 2)}\n`);
    else if (positionals.length === 0)
      for (const { id, title } of pages) io.stdout.write(`${id.padEnd(38)}  ${title}\n`);
    else io.stdout.write(pages.map(pageText).join("\n"));
    return exitStatus.pass;
  },
});

const pageText = ({ id, title, kind, meaning, why, actions, example }: Explanation): string =>
  [
    `${title}\n${id}, ${kind}`,
    `Meaning\n${wrapped(meaning)}`,
    `Why it matters\n${wrapped(why)}`,
    `What to do\n${actions.map((each) => wrapped(each, "- ")).join("\n")}`,
    `Example\n${wrapped(example)}`,
  ]
    .map((part) => `${part}\n`)
    .join("\n");

const width = 100;

/** Indented by two spaces, with what leads its first line. */
function wrapped(text: string, lead = ""): string {
  const lines: string[] = [];
  for (const word of text.replaceAll("*", "").split(" ")) {
    const joined = `${lines.at(-1) ?? ""} ${word}`;
    if (lines.length === 0 || joined.length > width - 2 - lead.length) lines.push(word);
    else lines[lines.length - 1] = joined;
  }
  return lines
    .map((line, index) => `  ${index === 0 ? lead : " ".repeat(lead.length)}${line}`)
    .join("\n");
}

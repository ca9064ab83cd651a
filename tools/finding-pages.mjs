// Takes the pages of docs/findings into reports/explained/pages.json, which reports and `headroom explain` read, and writes
// their index: node tools/finding-pages.mjs (npm run finding-pages). A test fails where either is behind the pages.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const folder = path.join(root, "docs/findings");
const sections = ["Meaning", "Why it matters", "What to do", "Example"];

const line = (text) => text.replaceAll(/\s*\n(?:> ?)?\s*/g, " ");

/** @returns of one page, its paragraphs in one line each. @throws where a page has another shape */
function parse(id, text) {
  const [head, ...rest] = text.trim().split(/^## /m);
  const [, title, named, kind] = /^# (.+)\n\n`([^`]+)` · (.+)$/m.exec(head) ?? [];
  const parts = rest.map((part) => part.split("\n")[0]);
  if (named !== id || parts.join() !== sections.join())
    throw new Error(
      `docs/findings/${id}.md: expected "# Title", "\`${id}\` · kind", then ${sections.join(", ")}`,
    );
  const [meaning, why, actions, example] = rest.map((part) =>
    part.slice(part.indexOf("\n")).trim(),
  );
  return {
    title,
    kind,
    meaning: line(meaning),
    why: line(why),
    actions: actions
      .split(/^- /m)
      .filter(Boolean)
      .map((each) => line(each.trim())),
    example: line(example.replace(/^> /, "")),
  };
}

/** @returns what the two files hold */
export function findingPages() {
  const pages = Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name.endsWith(".md") && name !== "README.md")
      .map((name) => name.slice(0, -3))
      .toSorted()
      .map((id) => [id, parse(id, readFileSync(path.join(folder, `${id}.md`), "utf8"))]),
  );
  const lines = Object.entries(pages).map(
    ([id, page]) => `  ${JSON.stringify(id)}: ${JSON.stringify(page)}`,
  );
  return { json: `{\n${lines.join(",\n")}\n}\n`, index: indexText(pages) };
}

/** By how the kind of a page begins; the first that fits. */
const groups = [
  ["Findings of a run", /^finding (?!.*of the plan)/],
  ["Findings of a gate", /^gate/],
  ["Findings of the lint of autoscalers", /^(?:lint|finding)/],
  ["Deployed workloads", /^deployment/],
  ["Contradictions of a capacity plan", /^contradiction/],
  ["Checks", /^check/],
  ["Why a run is not valid", /^validity/],
];

function indexText(pages) {
  const groupOf = (kind) => groups.find(([, begins]) => begins.test(kind))?.[0];
  const parts = groups.map(([title]) => {
    const own = Object.entries(pages).filter(([, { kind }]) => groupOf(kind) === title);
    const lines = own.map(([id, page]) => `- [\`${id}\`](${id}.md): ${page.title}`);
    return `## ${title}\n\n${lines.join("\n")}`;
  });
  return `# Findings, checks and reasons

What each id of a report means, why it matters and what to do. The same pages stand at the end of a report, for the ids that it
names, and in the terminal: \`headroom explain slow-endpoint\`. Where a surface, a workload or a number is part of an id
(\`api.response.p95\`, \`resilience.recovery.2\`), the page has what is left of it. A finding can be
[silenced](../environments.md#silencing-a-finding); a check and a reason cannot.

This index is made from the pages: \`npm run finding-pages\`.

${parts.join("\n\n")}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = findingPages();
  writeFileSync(path.join(root, "reports/explained/pages.json"), made.json);
  writeFileSync(path.join(folder, "README.md"), made.index);
}

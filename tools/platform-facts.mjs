// Writes profiles/platform/contract/*.json from the facts about the platform: api-facts.json and subgraph-facts.json.
// Usage: node tools/platform-facts.mjs [--from DIR]   (default: ../shared/platform)
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const [flag, given, ...rest] = process.argv.slice(2);
if ((flag !== undefined && (flag !== "--from" || given === undefined)) || rest.length > 0) {
  process.stderr.write("Usage: node tools/platform-facts.mjs [--from DIR]\n");
  process.exit(2);
}
const from =
  given === undefined ? path.join(root, "..", "shared", "platform") : path.resolve(given);

function factsOf(name) {
  const file = path.join(from, name);
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    process.stderr.write(`${file}: ${error.message}. Give the folder of the facts with --from.\n`);
    return process.exit(2);
  }
}

const outfile = path.join(root, "dist", "tools", "digest.mjs");
await build({
  entryPoints: [path.join(root, "src", "contract", "digest.ts")],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  logLevel: "warning",
});
const { apiDigest, subgraphDigest } = await import(pathToFileURL(outfile).href);
const facts = { api: factsOf("api-facts.json"), subgraph: factsOf("subgraph-facts.json") };
const digests = { api: apiDigest(facts.api), subgraph: subgraphDigest(facts.subgraph) };
for (const [name, text] of Object.entries(digests)) {
  const file = path.join(root, "profiles", "platform", "contract", `${name}.json`);
  writeFileSync(file, text);
  process.stdout.write(`${path.relative(root, file)}: ${text.length} characters\n`);
}

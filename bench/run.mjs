// Runs a benchmark: `node bench/run.mjs quantile-intervals`. Each prints its table and writes bench/results/<name>.json.
import { build } from "esbuild";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "..");
const [name = "", ...rest] = process.argv.slice(2);
const entry = path.join(here, `${name}.ts`);
if (!existsSync(entry)) {
  const names = readdirSync(here)
    .filter((file) => /^[\w-]+\.ts$/.test(file) && !/-(?:simulation|judge)\.ts$/.test(file))
    .map((file) => file.replace(".ts", ""));
  process.stderr.write(`Usage: node bench/run.mjs <name>; names: ${names.join(", ")}\n`);
  process.exit(2);
}
const outfile = path.join(root, "dist", "bench", `${name}.js`);
await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
});
mkdirSync(path.join(here, "results"), { recursive: true });
process.chdir(root);
process.argv = [process.argv[0], outfile, ...rest];
try {
  await import(pathToFileURL(outfile).href);
} catch (error) {
  // A parameter: the sentence says which.
  if (!(error instanceof RangeError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}

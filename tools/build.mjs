// Builds the command and the sandbox process into dist/: Node 20 runs no TypeScript. `npm ci` calls it (prepare),
// and bin/headroom.mjs where dist/ is missing or older than the sources.
import { build } from "esbuild";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

await build({
  absWorkingDir: root,
  entryPoints: { cli: "src/cli/main.ts", sandbox: "sandbox/src/main.ts" },
  outdir: "dist",
  bundle: true,
  packages: "external",
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: "linked",
  splitting: true,
  chunkNames: "chunk-[hash]",
  logLevel: "warning",
});

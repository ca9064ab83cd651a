// Builds the command into dist/ and the sandbox into sandbox/dist/: Node 20 runs no TypeScript. `npm ci` calls it
// (prepare), and bin/headroom.mjs where dist/ is missing or older than the sources; `--clean` leaves no older chunk behind.
import { build } from "esbuild";
import { rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const packages = {
  ".": { cli: "src/cli/main.ts" },
  sandbox: { index: "src/index.ts", main: "src/main.ts" },
};

for (const [folder, entryPoints] of Object.entries(packages)) {
  const absWorkingDir = path.join(root, folder);
  if (process.argv.includes("--clean"))
    rmSync(path.join(absWorkingDir, "dist"), { recursive: true, force: true });
  await build({
    absWorkingDir,
    entryPoints,
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
}

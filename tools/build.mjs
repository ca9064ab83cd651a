// Builds the command into dist/ and the sandbox into sandbox/dist/: Node 20 runs no TypeScript. `npm ci` calls it
// (prepare), and bin/headroom.mjs where dist/ is missing or older than the sources; `--clean` leaves no older chunk behind.
import { build } from "esbuild";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bundled, leftOut } from "./bundled.mjs";

const root = path.resolve(import.meta.dirname, "..");
/** Of both packages, relative to the root: where one is newer than the build, bin/headroom.mjs builds again. */
const sources = new Set();
const packages = {
  ".": { cli: "src/cli/main.ts", runner: "src/runners/main.ts" },
  sandbox: { index: "src/index.ts", main: "src/main.ts" },
};

for (const [folder, entryPoints] of Object.entries(packages)) {
  const absWorkingDir = path.join(root, folder);
  const dist = path.join(absWorkingDir, "dist");
  if (process.argv.includes("--clean")) rmSync(dist, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir,
    entryPoints,
    outdir: "dist",
    bundle: true,
    plugins: [takeIn(bundled[folder])],
    // What is taken in may be CommonJS.
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
    metafile: true,
    platform: "node",
    target: "node20",
    format: "esm",
    sourcemap: "linked",
    splitting: true,
    chunkNames: "chunk-[hash]",
    logLevel: "warning",
  });
  writeLicences(metafile, absWorkingDir, dist);
  for (const file of Object.keys(metafile.inputs))
    if (!/node_modules|^left-out:/.test(file))
      sources.add(path.relative(root, path.join(absWorkingDir, file)));
}
writeFileSync(path.join(root, "dist", "sources.json"), JSON.stringify([...sources]));

/** Every package stays outside, but for those named and what they import. */
function takeIn(names) {
  const isNamed = (specifier) =>
    names.some((name) => specifier === name || specifier.startsWith(`${name}/`));
  return {
    name: "packages",
    setup({ onResolve, onLoad }) {
      onLoad({ filter: /.*/, namespace: "left-out" }, ({ path: specifier }) => ({
        contents: `throw new Error("${specifier} is not installed")`,
      }));
      onResolve({ filter: /^[^./]/ }, ({ path: specifier, importer, kind }) =>
        leftOut.includes(specifier)
          ? { path: specifier, namespace: "left-out" }
          : kind === "entry-point" || importer.includes("node_modules") || isNamed(specifier)
            ? undefined
            : { path: specifier, external: true },
      );
    },
  };
}

/** Their licences ask to be passed on. */
function writeLicences({ inputs }, from, dist) {
  const homes = new Set(
    Object.keys(inputs).flatMap(
      (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file) ?? [],
    ),
  );
  const texts = [...homes].toSorted().map((home) => {
    const folder = path.join(from, home);
    const { name, version, license } = JSON.parse(
      readFileSync(path.join(folder, "package.json"), "utf8"),
    );
    const files = readdirSync(folder).filter((file) =>
      /^(?:licen[cs]e|notice|copying)/i.test(file),
    );
    return [
      `${name} ${version}, ${license}`,
      ...files.map((file) => readFileSync(path.join(folder, file), "utf8").trim()),
    ].join("\n\n");
  });
  if (texts.length > 0)
    writeFileSync(path.join(dist, "LICENSES.txt"), `${texts.join(`\n\n${"-".repeat(72)}\n\n`)}\n`);
}

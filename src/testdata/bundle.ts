import { build } from "esbuild";

/** Bundles a program so that a process of its own can run it; it has to lie inside the package, where its dependencies are found. */
export const bundleProgram = (entryPoint: string, outfile: string): Promise<unknown> =>
  build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });

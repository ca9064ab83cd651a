/** The reader of a load, as a program that reads k6's rows from its standard input: of this checkout, or of another one. */
import { build } from "esbuild";
import path from "node:path";

/** The ways of all builds to ask for the live view; the rows that are kept go nowhere. */
const program = `import { SampleReader } from "./src/engine/sample-reader.ts";
import { WindowBuilder } from "./src/engine/window-builder.ts";
import * as views from "./src/engine/live-view.ts";
const judgedPhases = ["hold"];
const live = views["LiveView"] === undefined ? { judgedPhases } : new views["LiveView"]({ judgedPhases });
const builder = new WindowBuilder({ generator: "0", emit: () => {}, judgedPhases, live });
const reader = new SampleReader(builder, () => {});
process.stdin.on("data", (rows) => reader.push(rows));
process.stdin.on("end", () => { reader.end(); builder.close(); });`;

/** @param root of a checkout @returns the program's file */
export async function readerProgram(
  root: string,
  directory: string,
  name: string,
): Promise<string> {
  const outfile = path.join(directory, `${name}.mjs`);
  await build({
    stdin: { contents: program, resolveDir: path.resolve(root), loader: "ts" },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
  return outfile;
}

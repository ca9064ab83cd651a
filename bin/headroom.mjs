#!/usr/bin/env node
// Builds what is missing, then runs the command. Plain JavaScript: it must start before anything is built.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`headroom needs Node 20.19 or later, this is ${process.versions.node}.\n`);
  process.exit(2);
}

const packageRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const built = path.join(packageRoot, "dist", "cli.js");
if (isStale()) {
  process.stderr.write(
    existsSync(built)
      ? "Building headroom (its sources changed) …\n"
      : "Building headroom (once) …\n",
  );
  execFileSync(process.execPath, [path.join(packageRoot, "tools", "build.mjs")], {
    stdio: ["ignore", 2, 2],
  });
}
const { main } = await import(pathToFileURL(built).href);
process.exitCode = await main(process.argv.slice(2), packageRoot);

/** The build names its sources; an installed package has none of them. */
function isStale() {
  const list = path.join(packageRoot, "dist", "sources.json");
  if (!existsSync(built)) return true;
  if (!existsSync(path.join(packageRoot, "src", "cli"))) return false;
  if (!existsSync(list)) return true;
  const builtAt = statSync(list).mtimeMs;
  return JSON.parse(readFileSync(list, "utf8")).some((file) => {
    const source = statSync(path.join(packageRoot, file), { throwIfNoEntry: false });
    return source === undefined || source.mtimeMs > builtAt;
  });
}

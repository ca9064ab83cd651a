#!/usr/bin/env node
// Builds what is missing, then runs the command. Plain JavaScript: it must start before anything is built.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
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
  process.stderr.write("Building headroom (once) …\n");
  execFileSync(process.execPath, [path.join(packageRoot, "tools", "build.mjs")], {
    stdio: ["ignore", 2, 2],
  });
}
const { main } = await import(pathToFileURL(built).href);
process.exitCode = await main(process.argv.slice(2), packageRoot);

function isStale() {
  if (!existsSync(built)) return true;
  if (!existsSync(path.join(packageRoot, "src", "cli"))) return false;
  const builtAt = statSync(built).mtimeMs;
  return ["src", "sandbox/src", "analysis", "reports", "profiles"].some((folder) =>
    readdirSync(path.join(packageRoot, folder), { recursive: true, withFileTypes: true }).some(
      (entry) =>
        entry.isFile() &&
        entry.name.endsWith(".ts") &&
        !entry.name.endsWith(".test.ts") &&
        statSync(path.join(entry.parentPath ?? entry.path, entry.name)).mtimeMs > builtAt,
    ),
  );
}

/**
 * How long does Headroom take to say its help, against Node that does nothing? Pairs in turn on one machine; medians.
 *
 *   node bench/run.mjs start                  # this build
 *   node bench/run.mjs start --before DIR     # and the build of another checkout, in the same turns
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { median } from "simple-statistics";

const { before } = parseArgs({ options: { before: { type: "string" } } }).values;
const turns = 15;

const program = (root: string): string => path.join(root, "bin", "headroom.mjs");
const calls: readonly { readonly name: string; readonly words: readonly string[] }[] = [
  { name: "node -e 0", words: ["-e", "0"] },
  { name: "headroom --help", words: [program(process.cwd()), "--help"] },
  { name: "headroom run --help", words: [program(process.cwd()), "run", "--help"] },
  ...(before === undefined
    ? []
    : [{ name: "headroom --help, before", words: [program(path.resolve(before)), "--help"] }]),
];

function millisecondsOf(words: readonly string[]): number {
  const began = performance.now();
  const { status } = spawnSync(process.execPath, words, { stdio: "ignore" });
  if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}`);
  return performance.now() - began;
}

// Unrecorded: builds what is stale, fills caches.
for (const { words } of calls) millisecondsOf(words);
const measured = Array.from({ length: turns }, () =>
  calls.map(({ words }) => millisecondsOf(words)),
);
const rows = calls.map(({ name }, index) => ({
  name,
  medianMs: Math.round(median(measured.map((turn) => turn[index] ?? 0))),
  ratioToNode:
    Math.round(median(measured.map((turn) => (turn[index] ?? 0) / (turn[0] ?? 1))) * 100) / 100,
}));
for (const { name, medianMs, ratioToNode } of rows)
  process.stdout.write(`${name.padEnd(24)} ${medianMs} ms  ${ratioToNode} ×\n`);
writeFileSync(
  "bench/results/start.json",
  `${JSON.stringify({ node: process.versions.node, turns, rows }, undefined, 2)}\n`,
);

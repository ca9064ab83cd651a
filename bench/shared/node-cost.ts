/** CPU time and peak memory of one Node process, its start included, and how long it took. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export interface NodeCost {
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  readonly seconds: number;
}

const atExit = `import { writeFileSync } from "node:fs";
process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const cost = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMegabytes: maxRSS / 1000 };
  writeFileSync(process.env.COST_FILE, JSON.stringify(cost));
});`;

/**
 * @param words of the command after `node` @param input of its standard input
 * @throws Error with what it wrote to its standard error, where it was killed or ended with the status of a bug
 */
export async function nodeCost(words: readonly string[], input?: Readable): Promise<NodeCost> {
  const workplace = mkdtempSync(path.join(tmpdir(), "headroom-cost-"));
  try {
    const [hook, file] = [path.join(workplace, "at-exit.mjs"), path.join(workplace, "cost.json")];
    writeFileSync(hook, atExit);
    const began = performance.now();
    const child = spawn(process.execPath, ["--import", hook, ...words], {
      env: { ...process.env, COST_FILE: file, NO_COLOR: "1" },
      stdio: ["pipe", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr.on("data", (some: Buffer) => (errors += some.toString()));
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    await (input === undefined ? child.stdin.end() : pipeline(input, child.stdin));
    const status = await ended;
    const seconds = (performance.now() - began) / 1000;
    // Verdicts have statuses below 70, a bug has 70.
    if (status === null || status >= 70) throw new Error(`${words.join(" ")}: ${errors}`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this file's own
    return { ...(JSON.parse(readFileSync(file, "utf8")) as NodeCost), seconds };
  } finally {
    rmSync(workplace, { recursive: true, force: true });
  }
}

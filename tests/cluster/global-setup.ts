import { binariesFolder, buildBinaries, missingBinaries } from "./binaries.ts";

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** With `HEADROOM_CLUSTER=cached` nothing is built: `.ci/run` has no time for that. */
export async function setup(): Promise<void> {
  if (process.env["HEADROOM_CLUSTER"] !== "cached") return buildBinaries(say);
  const missing = missingBinaries();
  if (missing.length > 0)
    say(
      `SKIPPED: what needs ${missing.join(", ")}, since ${binariesFolder} has none: npm run test:cluster builds it`,
    );
}

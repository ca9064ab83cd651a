/** Tests a k6's capabilities: one run without a request, whose flags, samples and exit code are checked. */
import { messageOf } from "../domain/errors.ts";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCsvHeader } from "./csv-columns.ts";
import { splitCsvLine } from "./csv-line.ts";
import { startK6, type K6Exit } from "./run-k6.ts";

/** Takes k6 2.2 40 to 180 ms on two cores. */
const probeTimeoutMs = 10_000;

/** Emits a sample and then aborts the test, both as the scenarios do. */
const probeScenario = `import exec from "k6/execution";
import { Trend } from "k6/metrics";
const response = new Trend("response", true);
export const options = {
  systemTags: ["scenario", "name", "status", "error_code"],
  scenarios: { probe: { executor: "shared-iterations", vus: 1, iterations: 1 } },
};
export default function () {
  response.add(7, { surface: "api" });
  exec.test.abort("headroom: probe");
}
`;

/**
 * @param path of a k6 binary @param signal ends the probe
 * @returns why it cannot be used; `undefined`: it can
 */
export async function problemOfProbe(
  path: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const directory = await mkdtemp(join(tmpdir(), "headroom-probe-"));
  try {
    const bundleFile = join(directory, "probe.js");
    await writeFile(bundleFile, probeScenario);
    const chunks: Buffer[] = [];
    const k6 = await startK6({
      binary: { path },
      bundleFile,
      plan: {},
      variables: {},
      workingDirectory: directory,
      onRows: (rows) => chunks.push(rows),
      onLog: () => undefined,
    });
    const timer = setTimeout(k6.kill, probeTimeoutMs);
    signal?.addEventListener("abort", k6.kill);
    const exit = await k6.finished.finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", k6.kill);
    });
    signal?.throwIfAborted();
    return problemOf(exit, Buffer.concat(chunks).toString("utf8"));
  } catch (error) {
    signal?.throwIfAborted();
    return messageOf(error);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function problemOf(exit: K6Exit, csv: string): string | undefined {
  if (exit.class !== "aborted-by-scenario") {
    const end = exit.exitCode === undefined ? exit.sentence : `exit code ${exit.exitCode}`;
    return `a probe run that aborts itself ended with ${end}, expected exit code 108`;
  }
  const [header = "", ...rows] = csv.split("\n");
  const columns = readCsvHeader(header);
  const isSample = (row: string): boolean => {
    const cells = splitCsvLine(row, columns.delimiter) ?? [];
    return (
      cells[columns.metric] === "response" &&
      Number(cells[columns.value]) === 7 &&
      cells[columns.scenario] === "probe" &&
      cells[columns.extraTags] === "surface=api"
    );
  };
  return rows.some(isSample)
    ? undefined
    : `the samples of a probe run lack the one that its scenario emits; they begin with ${JSON.stringify(csv.slice(0, 200))}`;
}

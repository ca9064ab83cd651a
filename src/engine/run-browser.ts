/** The real browsers of a run, in a separate k6 process so that they do not affect the protocol load's figures. */
import { rm } from "node:fs/promises";
import path from "node:path";
import type { Plan } from "../domain/plan.ts";
import { makePrivateBelow } from "../secrets/private-files.ts";
import { bundleScenarios } from "./bundle.ts";
import type { K6Binary } from "./locate-k6.ts";
import type { K6LogEntry } from "./k6-log.ts";
import { ownColumns } from "./csv-columns.ts";
import { startK6, type K6Process } from "./run-k6.ts";
import { SampleRows } from "./sample-rows.ts";

export interface RunBrowserOptions {
  readonly binary: K6Binary;
  /** Root of the package: where the scenarios are. */
  readonly bundleFrom: string;
  /** Of the run; the browsers' bundle and screenshots go into `browser/` below it. */
  readonly directory: string;
  readonly plan: Plan;
  /** Secrets, through the environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** The browser's executable. */
  readonly chromium: string;
  readonly onLog: (entry: K6LogEntry) => void;
  /** @param sentAt epoch milliseconds, of each HTTP request */
  readonly onRequest?: ((sentAt: number) => void) | undefined;
}

/** Where screenshots are, relative to the run's directory. */
export const browserDirectory = "browser";

/** @throws EngineError `bundle-failed`, `k6-not-started` */
export async function runBrowser(options: RunBrowserOptions): Promise<K6Process> {
  const { binary, plan, onLog } = options;
  const workingDirectory = path.join(options.directory, browserDirectory);
  const bundle = await bundleScenarios({
    packageRoot: options.bundleFrom,
    outDirectory: workingDirectory,
    entry: "scenarios/browser.ts",
  });
  const requests = new SampleRows<"request", true>({
    wanted: [
      ["browser_http_req_duration", "request"],
      ["http_req_duration", "request"],
    ],
    requiredColumns: ownColumns,
    tagsOf: () => true,
    measured: (_metric, at, value) => {
      options.onRequest?.(at - value);
      return true;
    },
  });
  const k6 = await startK6({
    binary,
    bundleFile: bundle.file,
    plan,
    variables: {
      ...options.variables,
      K6_BROWSER_EXECUTABLE_PATH: options.chromium,
      K6_BROWSER_ARGS: chromiumArguments(plan.allowedHosts, process.getuid?.() === 0).join(","),
    },
    workingDirectory,
    onRows: (rows) => requests.push(rows),
    onLog,
  });
  return { ...k6, finished: withoutSettings(k6.finished, workingDirectory) };
}

/** Chromium keeps settings where its user's would be. */
async function withoutSettings(
  finished: K6Process["finished"],
  workingDirectory: string,
): K6Process["finished"] {
  try {
    return await finished;
  } finally {
    await rm(path.join(workingDirectory, "chromium"), { recursive: true, force: true });
    makePrivateBelow(workingDirectory);
  }
}

/**
 * k6 splits them at commas and adds the dashes. All that is not on the list of hosts is sent to a proxy that is not
 * there: third parties are blocked without intercepting each request, which would add to the measured time.
 */
const chromiumArguments = (allowedHosts: readonly string[], isRoot: boolean): string[] => [
  ...(isRoot ? ["no-sandbox"] : []),
  "disable-quic",
  "no-first-run",
  "disable-background-networking",
  "disable-component-update",
  "disable-sync",
  "proxy-server=127.0.0.1:9",
  `proxy-bypass-list=${["<-loopback>", ...allowedHosts].join(";")}`,
];

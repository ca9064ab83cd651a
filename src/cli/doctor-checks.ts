/** What Headroom can use on this machine: found, or how to get it. Nothing is installed here. */
import { formatBytes } from "../domain/number-text.ts";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { availableParallelism, freemem, homedir, totalmem } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { findChromium } from "../observe/browser/locate-chromium.ts";
import { UsageError } from "../domain/errors.ts";
import { databaseVariable, ignoredDatabaseNotice } from "../sandbox-client/database-url.ts";
import { loadSandbox } from "../sandbox-client/package.ts";
import type { Io } from "./io.ts";

const execute = promisify(execFile);

export interface DoctorItem {
  readonly name: string;
  /** `missing` keeps the main job from running; `optional` keeps something else from running. */
  readonly state: "ok" | "optional" | "missing";
  readonly detail: string;
  readonly hint?: string;
}

/** A nightly run leaves about 100 MB; below this a long run may fill the disk. */
const enoughDiskBytes = 2e9;
const enoughMemoryBytes = 1e9;
/** Each virtual user holds a few connections. */
const enoughOpenFiles = 4096;

/** Everything but k6, which has a search of its own. */
export async function machineChecks(io: Io): Promise<DoctorItem[]> {
  return [
    { name: "Node", state: "ok", detail: process.versions.node },
    chromium(io),
    await sandbox(io),
    kubernetes(io),
    await disk(io),
    memory(),
    await openFiles(),
  ];
}

function chromium(io: Io): DoctorItem {
  const found = findChromium(io.env);
  return found.ok
    ? { name: "Chromium", state: "ok", detail: found.file }
    : { name: "Chromium", state: "optional", detail: found.problem, hint: found.hint };
}

/** The sandbox is a package of its own, and PostgreSQL is what it needs. */
async function sandbox(io: Io): Promise<DoctorItem> {
  const name = "Sandbox";
  try {
    const { embeddedPostgresProblem } = await loadSandbox();
    const notice = ignoredDatabaseNotice(io.env);
    const isOwnServer = (io.env[databaseVariable] ?? "") !== "";
    const problem = isOwnServer ? undefined : embeddedPostgresProblem();
    const server = isOwnServer
      ? `its PostgreSQL by ${databaseVariable}`
      : "with PostgreSQL embedded";
    return problem === undefined
      ? { name, state: "ok", detail: notice ?? server }
      : {
          name,
          state: "optional",
          detail: `no embedded PostgreSQL: ${problem}`,
          hint: `Set ${databaseVariable} to a server that the sandbox may use.`,
        };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { name, state: "optional", detail: error.message, hint: error.hint };
  }
}

function kubernetes(io: Io): DoctorItem {
  const file = io.env["KUBECONFIG"] ?? path.join(homedir(), ".kube", "config");
  return existsSync(file)
    ? { name: "Kubernetes", state: "ok", detail: `kubeconfig ${file}` }
    : {
        name: "Kubernetes",
        state: "optional",
        detail: "no kubeconfig",
        hint: "Set KUBECONFIG where a cluster is to be observed.",
      };
}

async function disk(io: Io): Promise<DoctorItem> {
  const { bavail, bsize } = await statfs(io.cwd);
  const freeBytes = bavail * bsize;
  const detail = `${formatBytes(freeBytes)} free here`;
  return freeBytes >= enoughDiskBytes
    ? { name: "Disk", state: "ok", detail }
    : {
        name: "Disk",
        state: "optional",
        detail,
        hint: "Raw samples need about 40 bytes a request; --runs names another disk.",
      };
}

function memory(): DoctorItem {
  const detail = `${formatBytes(freemem())} of ${formatBytes(totalmem())} free, ${availableParallelism()} cores`;
  return freemem() >= enoughMemoryBytes
    ? { name: "Memory", state: "ok", detail }
    : { name: "Memory", state: "optional", detail, hint: "k6 takes about 1 MB a virtual user." };
}

async function openFiles(): Promise<DoctorItem> {
  if (process.platform === "win32")
    return { name: "Open files", state: "ok", detail: "not limited" };
  const { stdout } = await execute("sh", ["-c", "ulimit -n"]);
  const limit = stdout.trim() === "unlimited" ? Number.POSITIVE_INFINITY : Number(stdout);
  return limit >= enoughOpenFiles
    ? { name: "Open files", state: "ok", detail: `${stdout.trim()} per process` }
    : {
        name: "Open files",
        state: "optional",
        detail: `${stdout.trim()} per process`,
        hint: `ulimit -n ${enoughOpenFiles} before a large run`,
      };
}

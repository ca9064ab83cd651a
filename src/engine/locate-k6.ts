import { chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf, EngineError } from "../domain/errors.ts";
import type { InstallContext } from "./install-context.ts";
import { buildWithGo, goBuildByHand } from "./k6-go-build.ts";
import { fetchRelease, officialReleases } from "./k6-release.ts";
import { releaseChecksums } from "./k6-checksums.ts";
import { problemOfProbe } from "./k6-probe.ts";
import { isSupportedMajor, k6Version, parseK6Version, supportedK6 } from "./k6-version.ts";
import { findOnPath, runCommand } from "./run-command.ts";

export interface K6Binary {
  readonly path: string;
  /** `2.2.0` */
  readonly version: string;
  /** Where it came from: found, or installed into the cache by this call (`release`, `go`). */
  readonly source: "configured" | "path" | "cache" | "release" | "go";
}

export interface LocateOptions {
  /** A path from the user: used or refused, never skipped. */
  readonly configuredPath?: string | undefined;
  /** Headroom's own cache; created where it is missing. */
  readonly cacheDirectory: string;
  /** The PATH to search for k6, Go and tar. */
  readonly path: string;
  /** May k6 be fetched or built where none is found? Default true. */
  readonly install?: boolean;
  /** A mirror of k6's releases. */
  readonly releaseBaseUrl?: string;
  /** SHA-256 of the archives by name; absent: those of the official release. */
  readonly releaseChecksums?: Readonly<Record<string, string>> | undefined;
  /** Progress messages during a download or build. */
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** How long a server may take to answer, ms. */
  readonly connectTimeoutMs?: number;
  /** Between two progress messages, ms. */
  readonly progressEveryMs?: number;
}

/** Result of one way to find k6: the binary, or the reason for failure. */
type Way = (context: InstallContext, options: LocateOptions) => Promise<K6Binary | string>;

type NamedWay = readonly [name: string, way: Way];

/** Tried in this order; the first usable k6 wins. */
const waysToFind: readonly NamedWay[] = [
  ["PATH", onPath],
  ["cache", inCache],
];
const waysToInstall: readonly NamedWay[] = [
  ["official archive", install("release", fetchRelease)],
  ["build with Go", install("go", buildWithGo)],
];

/**
 * Finds k6 of the pinned major version that passes the probe, or installs the pinned one into the cache: configured path,
 * PATH, cache, official archive (checksum verified), build with Go.
 * @throws EngineError `k6-unusable` (the configured path), `k6-not-found` (each way tried, with its reason);
 * the abort reason of `signal`
 */
export async function locateK6(options: LocateOptions): Promise<K6Binary> {
  const context: InstallContext = {
    environment: { ...process.env, PATH: options.path },
    releaseBaseUrl: options.releaseBaseUrl ?? officialReleases,
    checksums: options.releaseChecksums ?? releaseChecksums,
    progress: options.progress,
    signal: options.signal,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    progressEveryMs: options.progressEveryMs ?? 30_000,
  };
  if (options.configuredPath !== undefined) return configured(context, options.configuredPath);
  const tried: string[] = [];
  const ways = options.install === false ? waysToFind : [...waysToFind, ...waysToInstall];
  for (const [name, way] of ways) {
    // oxlint-disable-next-line no-await-in-loop -- each way is tried only where the ones before it failed
    const found = await way(context, options);
    if (typeof found !== "string") return found;
    tried.push(`${name}: ${found}`);
  }
  throw new EngineError(`no ${supportedK6} was found or installed:\n  ${tried.join("\n  ")}`, {
    code: "k6-not-found",
    hint: `put k6 ${k6Version} on PATH (${officialReleases}/v${k6Version}), or build it: ${goBuildByHand}`,
  });
}

async function configured(context: InstallContext, path: string): Promise<K6Binary> {
  const found = await checked(path, "configured", context);
  if (typeof found !== "string") return found;
  throw new EngineError(`the configured k6 cannot be used: ${found}`, {
    code: "k6-unusable",
    hint: `pass a ${supportedK6}, or omit it: one is found or installed`,
  });
}

async function onPath(context: InstallContext, options: LocateOptions): Promise<K6Binary | string> {
  const reasons: string[] = [];
  for (const path of await findOnPath(executable, options.path)) {
    // oxlint-disable-next-line no-await-in-loop -- PATH is an order
    const found = await checked(path, "path", context);
    if (typeof found !== "string") return found;
    reasons.push(found);
  }
  return reasons.length === 0 ? "no k6 there" : reasons.join(", ");
}

async function inCache(
  context: InstallContext,
  options: LocateOptions,
): Promise<K6Binary | string> {
  const path = cached(options.cacheDirectory);
  const found = await checked(path, "cache", context);
  return typeof found === "string" && found.includes("ENOENT") ? `${path} does not exist` : found;
}

/** Installs into a temporary directory beside the target and renames it: no partial installation. */
function install(
  source: "release" | "go",
  make: (context: InstallContext, directory: string) => Promise<string>,
): Way {
  return async (context, options) => {
    const place = cached(options.cacheDirectory);
    let directory: string | undefined;
    try {
      await mkdir(dirname(place), { recursive: true });
      directory = await mkdtemp(join(dirname(place), ".installing-"));
      const made = await make(context, directory);
      await chmod(made, 0o755);
      const found = await checked(made, source, context);
      if (typeof found === "string") return found;
      await rename(made, place);
      context.progress(`installed k6 ${found.version} as ${place}`);
      return { ...found, path: place };
    } catch (error) {
      context.signal?.throwIfAborted();
      return messageOf(error);
    } finally {
      if (directory !== undefined) await rm(directory, { recursive: true, force: true });
    }
  };
}

async function checked(
  path: string,
  source: K6Binary["source"],
  context: InstallContext,
): Promise<K6Binary | string> {
  const version = await versionOf(path, context);
  if (typeof version !== "string") return `${path}: ${version.reason}`;
  if (!isSupportedMajor(version)) return `${path} is k6 ${version}, not ${supportedK6}`;
  const problem = await problemOfProbe(path, context.signal);
  return problem === undefined
    ? { path, version, source }
    : `${path} is k6 ${version}, but ${problem}`;
}

async function versionOf(
  path: string,
  context: InstallContext,
): Promise<string | { readonly reason: string }> {
  try {
    const said = await runCommand(path, ["version"], { ...context, timeoutMs: 10_000 });
    return (
      parseK6Version(said) ?? { reason: `"version" says ${JSON.stringify(said.slice(0, 80))}` }
    );
  } catch (error) {
    context.signal?.throwIfAborted();
    return { reason: messageOf(error) };
  }
}

const executable = process.platform === "win32" ? "k6.exe" : "k6";

const cached = (cacheDirectory: string): string =>
  join(cacheDirectory, "k6", `v${k6Version}`, executable);

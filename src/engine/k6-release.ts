import { formatBytes } from "../domain/number-text.ts";
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { k6Version } from "./k6-version.ts";
import type { InstallContext } from "./install-context.ts";
import { runCommand } from "./run-command.ts";

/** Base URL of k6's releases: `<base>/v2.2.0/k6-v2.2.0-linux-amd64.tar.gz`. */
export const officialReleases = "https://github.com/grafana/k6/releases/download";

const systems: Readonly<Record<string, string>> = {
  linux: "linux",
  darwin: "macos",
  win32: "windows",
};
const processors: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** Name of the archive, without its ending; `undefined` where no archive is published. */
export function releaseName(platform: string, architecture: string): string | undefined {
  const system = systems[platform];
  const processor = processors[architecture];
  if (system === undefined || processor === undefined) return undefined;
  return `k6-v${k6Version}-${system}-${processor}`;
}

/** `k6-v2.2.0-linux-amd64.tar.gz`. */
export function archiveName(platform: string, architecture: string): string | undefined {
  const name = releaseName(platform, architecture);
  return name === undefined ? undefined : `${name}.${platform === "linux" ? "tar.gz" : "zip"}`;
}

/**
 * Fetches the official archive into `directory`, verifies its SHA-256, which is known here, and unpacks it.
 * @returns path of the executable, still inside `directory`
 * @throws Error with the reason: unreachable, not published, unknown or wrong checksum, unpacking
 */
export async function fetchRelease(context: InstallContext, directory: string): Promise<string> {
  const name = releaseName(process.platform, process.arch);
  const archive = archiveName(process.platform, process.arch);
  if (name === undefined || archive === undefined)
    throw new Error(`no archive is published for ${process.platform}/${process.arch}`);
  const expected = context.checksums[archive];
  if (expected === undefined)
    throw new Error(`the SHA-256 of ${archive} is not known here, so it is not fetched`);
  const base = `${context.releaseBaseUrl}/v${k6Version}`;
  const file = join(directory, archive);
  const response = await open(`${base}/${archive}`, context);
  context.progress(`fetching ${base}/${archive}`);
  const actual = await save(response, file, context);
  if (actual !== expected)
    throw new Error(
      `the SHA-256 of ${base}/${archive} is ${actual}, expected ${expected}: it is not the official archive, and was deleted`,
    );

  const unpacked = join(directory, "unpacked");
  await mkdir(unpacked);
  await runCommand("tar", ["-xf", file, "-C", unpacked], context);
  return join(unpacked, name, process.platform === "win32" ? "k6.exe" : "k6");
}

/** The response headers must arrive within the connect timeout; the body may take longer. */
async function open(url: string, context: InstallContext): Promise<Response> {
  const connecting = new AbortController();
  const seconds = context.connectTimeoutMs / 1000;
  const timer = setTimeout(
    () => connecting.abort(new Error(`no answer within ${seconds} s`)),
    context.connectTimeoutMs,
  );
  const signals = [connecting.signal, ...(context.signal === undefined ? [] : [context.signal])];
  try {
    const response = await fetch(url, { signal: AbortSignal.any(signals) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return response;
  } catch (error) {
    throw new Error(`${url}: ${rootMessage(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function save(response: Response, file: string, context: InstallContext): Promise<string> {
  if (response.body === null) throw new Error("the answer is empty");
  const hash = createHash("sha256");
  const total = Number(response.headers.get("content-length") ?? 0);
  let received = 0;
  let lastReportAt = Date.now();
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      received += chunk.length;
      if (Date.now() - lastReportAt >= context.progressEveryMs) {
        lastReportAt = Date.now();
        const share = total > 0 ? ` of ${megabytes(total)}` : "";
        context.progress(`fetching k6 ${k6Version} … ${megabytes(received)}${share}`);
      }
      done(null, chunk);
    },
  });
  await pipeline(response.body, meter, createWriteStream(file), { signal: context.signal });
  return hash.digest("hex");
}

const megabytes = (bytes: number): string => formatBytes(bytes);

/** `fetch failed` hides its reason in the cause. */
function rootMessage(error: unknown): string {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  return current instanceof Error ? current.message || current.name : String(current);
}

import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { k6Version } from "./k6-version.ts";
import { releaseName } from "./k6-release.ts";
import { locateK6, type LocateOptions } from "./locate-k6.ts";
import { findOnPath } from "./run-command.ts";

// Nothing here touches the network: the release server is on loopback, k6 and Go are shell scripts.
const fakeK6 = (version: string): string => `#!/bin/sh\necho "k6 v${version} (go1.0, test/test)"\n`;

let directory: string;
let server: Server | undefined;
let lines: string[];
let options: LocateOptions;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "headroom-locate-"));
  lines = [];
  await mkdir(join(directory, "bin"));
  for (const tool of ["tar", "gzip", "sleep", "cp", "chmod", "sh"]) {
    const [file = ""] = await findOnPath(tool, process.env["PATH"] ?? "");
    await symlink(file, join(directory, "bin", tool));
  }
  options = {
    cacheDirectory: join(directory, "cache"),
    path: join(directory, "bin"),
    releaseBaseUrl: "http://127.0.0.1:1",
    progress: (line) => lines.push(line),
  };
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await rm(directory, { recursive: true, force: true });
});

async function script(path: string, text: string): Promise<string> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, text, { mode: 0o755 });
  return path;
}
const onPath = (name: string, text: string) => script(join(directory, "bin", name), text);
const fakeGo = (build: string) =>
  onPath(
    "go",
    `#!/bin/sh\nif [ "$1" = version ]; then echo "go version go1.26.8 linux/amd64"; exit; fi\n${build}\n`,
  );

/** Serves a release whose archive holds a k6 script; `sum` overrides the listed checksum. */
async function serveRelease(version: string, sum?: string): Promise<string> {
  const name = releaseName(process.platform, process.arch) ?? "";
  await script(join(directory, "release", name, "k6"), fakeK6(version));
  execFileSync("tar", ["-czf", "archive", name], { cwd: join(directory, "release") });
  const archive = await readFile(join(directory, "release/archive"));
  const listed = sum ?? createHash("sha256").update(archive).digest("hex");
  return serve((url) => {
    if (url.endsWith("checksums.txt")) return `0000  other.zip\n${listed}  ${name}.tar.gz\n`;
    return url.endsWith(`/v${k6Version}/${name}.tar.gz`) ? archive : undefined;
  });
}

async function serve(answer: (url: string) => string | Buffer | undefined): Promise<string> {
  const listening = createServer((request, response) => {
    const body = answer(request.url ?? "");
    if (body === undefined) response.writeHead(404).end();
    else if (body !== "silence") response.end(body);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has an AddressInfo
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

describe("configured path", () => {
  test("is used before anything else", async () => {
    await onPath("k6", fakeK6("2.2.0"));
    const path = await script(join(directory, "mine"), fakeK6("2.2.7"));
    const found = await locateK6({ ...options, configuredPath: path });
    expect(found).toEqual({ path, version: "2.2.7", source: "configured" });
  });

  test.each([
    ["a wrong version", fakeK6("1.7.0"), "it is k6 1.7.0"],
    ["another program", "#!/bin/sh\necho hello\n", '"version" says "hello\\n"'],
    ["a program that fails", "#!/bin/sh\necho broken >&2; exit 3\n", "broken"],
  ])("%s is an error, not passed over", async (_, text, reason) => {
    await onPath("k6", fakeK6("2.2.0"));
    const path = await script(join(directory, "mine"), text);
    await expect(locateK6({ ...options, configuredPath: path })).rejects.toMatchObject({
      name: "EngineError",
      code: "k6-unusable",
      message: expect.stringContaining(reason),
    });
  });

  test("a missing file is an error", async () => {
    const missing = join(directory, "missing");
    await expect(locateK6({ ...options, configuredPath: missing })).rejects.toThrow(/ENOENT/);
  });
});

test("PATH: a wrong version is passed over for a right one further on", async () => {
  await onPath("k6", fakeK6("0.49.0"));
  const right = await script(join(directory, "second/k6"), fakeK6("2.2.1"));
  const found = await locateK6({ ...options, path: `${options.path}:${directory}/second` });
  expect(found).toEqual({ path: right, version: "2.2.1", source: "path" });
});

test("the archive is fetched, verified, installed in one piece, and then found in the cache", async () => {
  options = { ...options, releaseBaseUrl: await serveRelease("2.2.0") };
  const installed = await locateK6(options);
  expect(installed).toMatchObject({ version: "2.2.0", source: "release" });
  expect(lines.join("\n")).toMatch(/fetching .*\ninstalled k6 2\.2\.0/);
  expect(await readdir(join(installed.path, ".."))).toEqual(["k6"]);

  server?.close();
  expect(await locateK6(options)).toEqual({ ...installed, source: "cache" });
});

test("without k6 and archive it is built with Go, with progress while that takes", async () => {
  await fakeGo(
    `case "$*" in *-mod=mod*) ;; *) exit 9 ;; esac
     sleep 0.2; printf '#!/bin/sh\\necho "k6 v2.2.0 (go1.26, test)"\\n' > "$5"; chmod +x "$5"`,
  );
  const built = await locateK6({ ...options, progressEveryMs: 50 });
  expect(built).toMatchObject({ version: "2.2.0", source: "go" });
  expect(lines[0]).toBe("building k6 2.2.0 with Go, about 2 minutes the first time");
  expect(lines).toContain("building k6 2.2.0 with Go … 0 s");
});

describe("where no way leads to k6, one error names each", () => {
  test("nothing there at all", async () => {
    const missing: unknown = await locateK6(options).catch((error: unknown) => error);
    const message = missing instanceof Error ? missing.message : "";
    expect(missing).toMatchObject({
      name: "EngineError",
      code: "k6-not-found",
      hint: expect.stringMatching(/github\.com.*go build/),
    });
    expect(message).toMatch(/PATH: no k6 there\n/);
    expect(message).toMatch(/cache: .* does not exist\n/);
    expect(message).toMatch(/official archive: http:\/\/127.*checksums.txt: .+\n/);
    expect(message).toMatch(/build with Go: no Go on PATH$/);
  });

  test.each<readonly [string, () => Promise<unknown>, RegExp]>([
    ["a wrong version on PATH", () => onPath("k6", fakeK6("1.0.0")), /bin\/k6 is k6 1\.0\.0/],
    [
      "Go too old",
      () => onPath("go", "#!/bin/sh\necho go version go1.19.8 linux/amd64\n"),
      /Go ≥ 1\.21 is needed, found: go version go1\.19\.8/,
    ],
    [
      "Go that cannot fetch the module",
      () => fakeGo("echo 'go: module lookup disabled by GOPROXY=off' >&2; exit 1"),
      /build with Go: go: module lookup disabled/,
    ],
    [
      "a broken cache",
      () => script(join(directory, "cache/k6/v2.2.0/k6"), "#!/bin/sh\nexit 1\n"),
      /cache: .*k6: Command failed/,
    ],
  ])("%s", async (_, arrange, reason) => {
    await arrange();
    await expect(locateK6(options)).rejects.toThrow(reason);
  });

  test.each<readonly [string, () => Promise<string>, RegExp]>([
    ["a wrong checksum", () => serveRelease("2.2.0", "f".repeat(64)), /the release says ffff/],
    ["another version in the archive", () => serveRelease("2.1.0"), /archive: .* is k6 2\.1\.0/],
    ["no such release", () => serve(() => undefined), /status 404/],
    ["no checksum listed", () => serve(() => "nothing"), /checksums do not list/],
    ["a server that never answers", () => serve(() => "silence"), /no answer within 0\.2 s/],
  ])("%s", async (_, arrange, reason) => {
    const releaseBaseUrl = await arrange();
    const failing = locateK6({ ...options, releaseBaseUrl, connectTimeoutMs: 200 });
    await expect(failing).rejects.toThrow(reason);
    const left = await readdir(join(directory, "cache/k6/v2.2.0"));
    expect(left).toEqual([]);
  });
});

test("an abort ends the search with its reason, and leaves nothing half built", async () => {
  await fakeGo("exec sleep 5");
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("interrupted")), 300);
  await expect(locateK6({ ...options, signal: stop.signal })).rejects.toThrow("interrupted");
  expect(await readdir(join(directory, "cache/k6/v2.2.0"))).toEqual([]);
});

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
const header = "metric_name,timestamp,metric_value,scenario,extra_tags,metadata";
const row = "response,1796004317,7.000000,probe,surface=api,";
/** Answers `version`, and the probe as configured. */
const fakeK6 = (version: string, { csv = `${header}\\n${row}\\n`, exit = 108 } = {}): string =>
  `#!/bin/sh
if [ "$1" = version ]; then echo "k6 v${version} (go1.0, test/test)"; exit; fi
printf '${csv}'
exit ${exit}
`;

let directory: string;
let server: Server | undefined;
let lines: string[];
let options: LocateOptions;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "headroom-locate-"));
  lines = [];
  await mkdir(join(directory, "bin"));
  for (const tool of ["tar", "gzip", "sleep", "cp", "chmod", "sh", "grep"]) {
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

/** Serves a release whose archive holds a k6 script; `sum` overrides the known checksum. */
async function serveRelease(version: string, sum?: string): Promise<Partial<LocateOptions>> {
  const name = releaseName(process.platform, process.arch) ?? "";
  await script(join(directory, "release", name, "k6"), fakeK6(version));
  execFileSync("tar", ["-czf", "archive", name], { cwd: join(directory, "release") });
  const archive = await readFile(join(directory, "release/archive"));
  const known = sum ?? createHash("sha256").update(archive).digest("hex");
  const served = await serve((url) =>
    url.endsWith(`/v${k6Version}/${name}.tar.gz`) ? archive : undefined,
  );
  return { ...served, releaseChecksums: { [`${name}.tar.gz`]: known } };
}

async function serve(
  answer: (url: string) => string | Buffer | undefined,
): Promise<Partial<LocateOptions>> {
  const listening = createServer((request, response) => {
    const body = answer(request.url ?? "");
    if (body === undefined) response.writeHead(404).end();
    else if (body !== "silence") response.end(body);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has an AddressInfo
  return { releaseBaseUrl: `http://127.0.0.1:${(listening.address() as AddressInfo).port}` };
}

describe("configured path", () => {
  test("is used before anything else", async () => {
    await onPath("k6", fakeK6("2.2.0"));
    const path = await script(join(directory, "mine"), fakeK6("2.2.7"));
    const found = await locateK6({ ...options, configuredPath: path });
    expect(found).toEqual({ path, version: "2.2.7", source: "configured" });
  });

  test.each([
    ["an older major version", fakeK6("1.7.0"), "is k6 1.7.0, not k6 2.x"],
    ["a newer major version", fakeK6("3.0.0"), "is k6 3.0.0, not k6 2.x"],
    [
      "samples without a column",
      fakeK6("2.4.0", { csv: "metric_name,timestamp,metric_value,scenario\\n" }),
      "no column extra_tags",
    ],
    ["samples in another form", fakeK6("2.4.0", { csv: `${header}\\n` }), "lack the one"],
    ["another exit code", fakeK6("2.4.0", { exit: 0 }), "exit code 0, expected exit code 108"],
    ["a flag that it does not know", fakeK6("2.4.0", { exit: 255 }), "exit code 255"],
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

test("PATH: a later minor version that does what is needed is used as it is", async () => {
  const path = await onPath("k6", fakeK6("2.3.0"));
  expect(await locateK6(options)).toEqual({ path, version: "2.3.0", source: "path" });
});

test("PATH: one that cannot do what is needed is passed over, with its reason", async () => {
  const wrong = { csv: "time,name,value\\n" };
  await onPath("k6", fakeK6("2.3.0", wrong));
  await expect(locateK6({ ...options, install: false })).rejects.toThrow(
    /PATH: .*k6 is k6 2\.3\.0, but k6's sample stream has no column metric_name/,
  );
});

test("PATH: a wrong version is passed over for a right one further on", async () => {
  await onPath("k6", fakeK6("0.49.0"));
  const right = await script(join(directory, "second/k6"), fakeK6("2.2.1"));
  const found = await locateK6({ ...options, path: `${options.path}:${directory}/second` });
  expect(found).toEqual({ path: right, version: "2.2.1", source: "path" });
});

test("the archive is fetched, verified, installed in one piece, and then found in the cache", async () => {
  options = { ...options, ...(await serveRelease("2.2.0")) };
  const installed = await locateK6(options);
  expect(installed).toMatchObject({ version: "2.2.0", source: "release" });
  expect(lines.join("\n")).toMatch(/fetching .*\ninstalled k6 2\.2\.0/);
  expect(await readdir(join(installed.path, ".."))).toEqual(["k6"]);

  server?.close();
  expect(await locateK6(options)).toEqual({ ...installed, source: "cache" });
});

test("without k6 and archive it is built with Go, with progress while that takes", async () => {
  await script(join(directory, "made"), fakeK6("2.2.0"));
  await fakeGo(
    `case "$*" in *-mod=mod*) ;; *) exit 9 ;; esac
     grep -q "go.k6.io/k6/v2 v2.2.0 h1:" go.sum || exit 8
     sleep 0.2; cp ${join(directory, "made")} "$5"; chmod +x "$5"`,
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
    expect(message).toMatch(/official archive: http:\/\/127.*\.tar\.gz: .+\n/);
    expect(message).toMatch(/build with Go: no Go on PATH$/);
  });

  test.each<readonly [string, () => Promise<unknown>, RegExp]>([
    [
      "a wrong version on PATH",
      () => onPath("k6", fakeK6("1.0.0")),
      /bin\/k6 is k6 1\.0\.0, not k6 2\.x/,
    ],
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

  test.each<readonly [string, () => Promise<Partial<LocateOptions>>, RegExp]>([
    [
      "a wrong checksum",
      () => serveRelease("2.2.0", "f".repeat(64)),
      /expected ffff.*not the official/,
    ],
    [
      "another major version in the archive",
      () => serveRelease("1.7.0"),
      /archive: .* is k6 1\.7\.0/,
    ],
    ["no such release", () => serve(() => undefined), /status 404/],
    [
      "no known checksum: nothing is fetched",
      async () => ({ ...(await serveRelease("2.2.0")), releaseChecksums: {} }),
      /the SHA-256 of k6-v2\.2\.0-.* is not known here, so it is not fetched/,
    ],
    [
      "what is served is not the official archive",
      () => serve(() => "nothing"),
      /SHA-256 of http.* is [0-9a-f]{64}, expected/,
    ],
    ["a server that never answers", () => serve(() => "silence"), /no answer within 0\.2 s/],
  ])("%s", async (_, arrange, reason) => {
    const release = await arrange();
    const failing = locateK6({ ...options, ...release, connectTimeoutMs: 200 });
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

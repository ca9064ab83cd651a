import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { goModuleSums } from "./k6-checksums.ts";
import { k6GoVersion, k6Module, k6Version } from "./k6-version.ts";
import type { InstallContext } from "./install-context.ts";
import { findOnPath, runCommand } from "./run-command.ts";

/** The same build as a command, for hints: some module proxies refuse `go install …@v2.2.0`, which requests a version list. */
export const goBuildByHand = `cd "$(mktemp -d)" && go mod init k6 && go mod edit -require=${k6Module}@v${k6Version} && go build -mod=mod -o k6 ${k6Module}`;

/**
 * Builds the pinned k6 in a throw-away module inside `directory`. Its go.sum is known here, and Go's checksum database
 * verifies what k6 is made of.
 * @returns path of the executable, inside `directory`
 * @throws Error with the reason: no Go, too old, the end of Go's own message
 */
export async function buildWithGo(context: InstallContext, directory: string): Promise<string> {
  const [go] = await findOnPath("go", context.environment["PATH"] ?? "");
  if (go === undefined) throw new Error("no Go on PATH");
  const said = await runCommand(go, ["version"], { ...context, timeoutMs: 10_000 });
  if (!isNewEnough(said)) throw new Error(`Go ≥ 1.21 is needed, found: ${said.trim()}`);

  await writeFile(
    join(directory, "go.mod"),
    `module headroom/k6\n\ngo ${k6GoVersion}\n\nrequire ${k6Module} v${k6Version}\n`,
  );
  await writeFile(join(directory, "go.sum"), goModuleSums);
  const label = `building k6 ${k6Version} with Go`;
  context.progress(`${label}, about 2 minutes the first time`);
  const start = Date.now();
  const ticking = setInterval(() => {
    context.progress(`${label} … ${Math.round((Date.now() - start) / 1000)} s`);
  }, context.progressEveryMs);
  try {
    const file = join(directory, process.platform === "win32" ? "k6.exe" : "k6");
    await runCommand(go, ["build", "-mod=mod", "-trimpath", "-o", file, k6Module], {
      ...context,
      environment: { ...context.environment, CGO_ENABLED: "0", GOWORK: "off" },
      cwd: directory,
    });
    return file;
  } finally {
    clearInterval(ticking);
  }
}

/** Go 1.21 is the first that parses k6's go.mod and fetches the toolchain that it requires. */
function isNewEnough(output: string): boolean {
  const [, major = "0", minor = "0"] = /go(\d+)\.(\d+)/.exec(output) ?? [];
  return Number(major) > 1 || Number(minor) >= 21;
}

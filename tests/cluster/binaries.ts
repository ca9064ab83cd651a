/**
 * The control plane's binaries, built once from their Go modules into the cache: minutes and gigabytes, so that a binary
 * that is finished is kept, and an interrupted build goes on from Go's own build cache, which is removed at the end.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";

const kubernetesVersion = "1.37.2";
/** Modules of Kubernetes' own repository are published under this version. */
const stagingVersion = kubernetesVersion.replace(/^1\./, "v0.");
const kubernetes = "k8s.io/kubernetes";

interface Binary {
  readonly module: string;
  readonly version: string;
  /** Below the module. */
  readonly command: string;
}

const kubernetesCommand = (name: string): Binary => ({
  module: kubernetes,
  version: kubernetesVersion,
  command: `cmd/${name}`,
});

const binaries = {
  etcd: { module: "go.etcd.io/etcd/server/v3", version: "3.7.3", command: "" },
  "kube-apiserver": kubernetesCommand("kube-apiserver"),
  "kube-controller-manager": kubernetesCommand("kube-controller-manager"),
  "kube-scheduler": kubernetesCommand("kube-scheduler"),
  kubectl: kubernetesCommand("kubectl"),
  helm: { module: "helm.sh/helm/v3", version: "3.22.0", command: "cmd/helm" },
  kwok: { module: "sigs.k8s.io/kwok", version: "0.8.0", command: "cmd/kwok" },
} as const satisfies Record<string, Binary>;

export type BinaryName = keyof typeof binaries;
const names = Object.keys(binaries) as BinaryName[];

/** Of the cache. */
export const binariesFolder = path.join(
  process.env["HEADROOM_CACHE"] ?? path.join(homedir(), ".cache", "headroom"),
  "cluster",
);

export const binaryPath = (name: BinaryName): string =>
  path.join(binariesFolder, `${name}-${binaries[name].version}`);

export const missingBinaries = (): readonly BinaryName[] =>
  names.filter((name) => !existsSync(binaryPath(name)));

/** Builds what the cache lacks; says how far it is. */
export async function buildBinaries(say: (line: string) => void): Promise<void> {
  const missing = missingBinaries();
  if (missing.length === 0) return;
  if (spawnSync("go", ["version"]).status !== 0)
    throw new Error(
      `${missing.join(", ")} must be built for ${binariesFolder}, and there is no Go here.`,
    );
  const goCache = path.join(binariesFolder, "go-build");
  mkdirSync(goCache, { recursive: true });
  say(
    `building ${missing.join(", ")} once into ${binariesFolder}: about 20 minutes of one core, 6 GB`,
  );
  for (const [index, name] of missing.entries()) {
    say(`building ${name} ${binaries[name].version} (${index + 1} of ${missing.length})`);
    const startedAt = Date.now();
    await build(name, goCache);
    say(`built ${name} in ${Math.round((Date.now() - startedAt) / 1000)} s`);
  }
  rmSync(goCache, { recursive: true, force: true });
}

/** In a module that is thrown away: Kubernetes' commands cannot be built with `go install`, as its go.mod has replacements. */
async function build(name: BinaryName, goCache: string): Promise<void> {
  const { module, version, command } = binaries[name];
  const work = mkdtempSync(path.join(tmpdir(), "headroom-go-"));
  const log = path.join(binariesFolder, `${name}.log`);
  const env = { ...process.env, GOCACHE: goCache, CGO_ENABLED: "0" };
  try {
    const requirement = `${module}@v${version}`;
    const replacements =
      module === kubernetes ? stagingModules(requirement, work).map(replacedByPublished) : [];
    writeFileSync(
      path.join(work, "go.mod"),
      ["module cluster", "go 1.26", `require ${module} v${version}`, ...replacements, ""].join(
        "\n",
      ),
    );
    const unfinished = `${binaryPath(name)}.unfinished`;
    const args = [
      // Lowest priority: whoever works on the machine goes first.
      ["-n", "19", "go", "build", "-mod=mod", "-trimpath", "-ldflags", linkerFlags(version)],
      ["-o", unfinished, path.posix.join(module, command)],
    ];
    const output = openSync(log, "w");
    const go = spawn("nice", args.flat(), { cwd: work, env, stdio: ["ignore", output, output] });
    closeSync(output);
    const [status] = (await once(go, "close")) as [number | null];
    if (status !== 0) throw new Error(`${name} was not built: ${log} says why.`);
    renameSync(unfinished, binaryPath(name));
    rmSync(log);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What its go.mod replaces by folders of its repository, which a module that requires it does not inherit. */
function stagingModules(requirement: string, cwd: string): readonly string[] {
  const { stdout, stderr } = spawnSync("go", ["mod", "download", "-json", requirement], {
    cwd,
    encoding: "utf8",
  });
  const answer = z.object({ GoMod: z.string() }).safeParse(JSON.parse(stdout || "{}"));
  if (!answer.success) throw new Error(`${requirement} was not downloaded: ${stdout}${stderr}`);
  const text = readFileSync(answer.data.GoMod, "utf8");
  return [...text.matchAll(/^\s*(?:replace )?(\S+) => \.\/staging\//gm)].map(
    ([, module = ""]) => module,
  );
}

const replacedByPublished = (module: string): string =>
  `replace ${module} => ${module} ${stagingVersion}`;

/** The version that the server names; without symbols, which nothing here reads. */
function linkerFlags(version: string): string {
  const [major, minor] = version.split(".");
  const values = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
  const set = Object.entries(values).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  );
  return ["-s", "-w", ...set].join(" ");
}

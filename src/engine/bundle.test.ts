import { cp, mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path, { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { execName } from "../domain/plan.ts";
import { bundleScenarios } from "./bundle.ts";
import { allFlowNames } from "./scenario-entry.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headroom-bundle-"));
  const root = join(directory, "one");
  await mkdir(join(root, "scenarios"), { recursive: true });
  await writeFile(join(root, "scenarios/rate.ts"), "export const rate: number = 7;\n");
  await writeFile(
    join(root, "scenarios/main.ts"),
    [
      `import http from "k6/http";`,
      `import { check } from "k6";`,
      `import { rate } from "./rate.ts";`,
      `export default function (): void { check(http.get("http://x"), { ü: () => rate > 0 }); }`,
    ].join("\n"),
  );
  await cp(root, join(directory, "elsewhere/two"), { recursive: true });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test("one ES module with its source map; k6's modules stay imports", async () => {
  const bundle = await bundleScenarios({
    packageRoot: join(directory, "one"),
    outDirectory: join(directory, "out"),
    entry: "scenarios/main.ts",
  });
  const code = await readFile(bundle.file, "utf8");
  expect(code).toContain(`from "k6/http"`);
  expect(code).toContain("ü");
  expect(code).not.toContain('rate.ts"');
  expect(bundle.sha256).toMatch(/^[0-9a-f]{64}$/);
  const map: unknown = JSON.parse(await readFile(bundle.sourceMapFile, "utf8"));
  expect(map).toHaveProperty(
    "sources",
    expect.arrayContaining(["scenarios/rate.ts", "scenarios/main.ts"]),
  );
});

test("the bytes do not depend on the location of the package or the output", async () => {
  const [one, two] = await Promise.all([
    bundleScenarios({
      packageRoot: join(directory, "one"),
      outDirectory: join(directory, "out-one"),
      entry: "scenarios/main.ts",
    }),
    bundleScenarios({
      packageRoot: join(directory, "elsewhere/two"),
      outDirectory: join(directory, "x/y/out-two"),
      entry: "scenarios/main.ts",
    }),
  ]);
  expect(two.sha256).toBe(one.sha256);
  expect(await readFile(two.sourceMapFile, "utf8")).toBe(await readFile(one.sourceMapFile, "utf8"));
  expect(await readFile(one.file, "utf8")).not.toContain(directory);
});

test("a directory that cannot be written is no bug of Headroom", async () => {
  const file = join(directory, "a-file");
  await writeFile(file, "");
  const bundled = bundleScenarios({
    packageRoot: join(directory, "one"),
    outDirectory: join(file, "run"),
    entry: "scenarios/main.ts",
  });
  await expect(bundled).rejects.toMatchObject({ name: "StoreError", code: "cannot-write" });
});

test("a scenario that does not compile is reported with file and line", async () => {
  await writeFile(join(directory, "one/broken.ts"), `export * from "./missing.ts";\n`);
  const broken = bundleScenarios({
    packageRoot: join(directory, "one"),
    outDirectory: join(directory, "out"),
    entry: "broken.ts",
  });
  await expect(broken).rejects.toMatchObject({
    code: "bundle-failed",
    message: expect.stringMatching(/broken\.ts:1:.*|missing\.ts/),
  });
});

const packageRoot = path.resolve(import.meta.dirname, "../..");
const bundled = async (name: string, flows?: readonly string[]) => {
  const { file, sha256 } = await bundleScenarios({
    packageRoot,
    outDirectory: join(directory, name),
    flows,
  });
  return { code: await readFile(file, "utf8"), sha256 };
};

test("the load holds the planned flows, and what runs once per process only inside a function", async () => {
  const { code, sha256 } = await bundled("noop", ["noop"]);
  const start = code.indexOf("function evaluate(");
  const end = code.indexOf("return module", start);
  expect(code).toMatch(/export \{\s+noop,\s+options,\s+setup\s+\}/);
  expect(code).not.toContain("scenarios/web.ts");
  expect(code.slice(0, start) + code.slice(end)).not.toContain("signInAll");
  expect(code.slice(start, end)).toContain("signInAll");
  expect(code).not.toContain(packageRoot);
  expect(sha256).toBe((await bundled("again", ["noop"])).sha256);
});

test("without a choice of flows the bundle holds all, under names of JavaScript", async () => {
  const { code } = await bundled("all");
  const exported = code.slice(code.lastIndexOf("export {"));
  for (const name of allFlowNames) expect(exported).toMatch(new RegExp(`\\b${execName(name)}\\b`));
  expect(allFlowNames).toContain("api-reads");
});

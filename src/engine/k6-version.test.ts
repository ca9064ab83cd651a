import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { releaseChecksums, goModuleSums } from "./k6-checksums.ts";
import { archiveName } from "./k6-release.ts";
import { k6Module, k6Version, parseK6Version, isSupportedMajor } from "./k6-version.ts";

test("@types/k6 in package.json is of the pinned major and minor version", () => {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  expect(manifest).toHaveProperty(
    ["devDependencies", "@types/k6"],
    expect.stringMatching(new RegExp(`^${k6Version.split(".").slice(0, 2).join("\\.")}\\.\\d+$`)),
  );
});

test.each([
  ["k6 v2.2.0 (go1.26.8, linux/amd64)\n", "2.2.0"],
  ["k6 v0.49.0 (commit/1a2b, go1.21.6, linux/amd64)", "0.49.0"],
  ["k6.exe v2.2.1 (go1.26.8, windows/amd64)", "2.2.1"],
  ["kubectl v2.2.0", undefined],
  ["", undefined],
])("%j is version %s", (output, version) => {
  expect(parseK6Version(output)).toBe(version);
});

test("another minor version may be used, another major version may not", () => {
  expect(["2.2.0", "2.2.9", "2.3.0", "2.0.0", "2.20.0"].every(isSupportedMajor)).toBe(true);
  expect(["1.2.0", "3.2.0", "0.49.0", "22.0.0"].some(isSupportedMajor)).toBe(false);
});

test("there is a checksum of each archive that may be installed, and a sum of the module, of the pinned version", () => {
  const names = ["linux", "darwin", "win32"].flatMap((platform) =>
    ["x64", "arm64"].flatMap((architecture) => archiveName(platform, architecture) ?? []),
  );
  // k6 publishes nothing for Windows on ARM.
  expect(names.filter((name) => releaseChecksums[name] === undefined)).toEqual([
    `k6-v${k6Version}-windows-arm64.zip`,
  ]);
  expect(Object.values(releaseChecksums).join(" ")).toMatch(/^[0-9a-f]{64}(?: [0-9a-f]{64}){4}$/);
  expect(goModuleSums).toContain(`${k6Module} v${k6Version} h1:`);
});

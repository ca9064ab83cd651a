import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { k6Version, parseK6Version, satisfiesPinned } from "./k6-version.ts";

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

test("another patch satisfies, another minor or major does not", () => {
  expect(["2.2.0", "2.2.9"].every(satisfiesPinned)).toBe(true);
  expect(["2.1.0", "2.20.0", "1.2.0", "3.2.0"].some(satisfiesPinned)).toBe(false);
});

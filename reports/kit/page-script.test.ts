import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pageScript, pageScriptHash } from "./page-script.ts";

const mostBytes = 12_000;

test("what is committed is what the sources make: npm run page-script", async () => {
  const tool = "../../tools/page-script.mjs";
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { bundledScript } = (await import(tool)) as { bundledScript: () => Promise<string> };
  expect(pageScript).toBe(await bundledScript());
});

test("the policy's hash is the script's, and the script is small and cannot end its own element", () => {
  expect(pageScriptHash).toBe(`sha256-${createHash("sha256").update(pageScript).digest("base64")}`);
  expect(Buffer.byteLength(pageScript)).toBeLessThanOrEqual(mostBytes);
  expect(pageScript).not.toMatch(/<\/|<!--/);
});

test("it asks no network, keeps nothing and makes no markup of text", () => {
  expect(pageScript).not.toMatch(
    /fetch\(|XMLHttpRequest|localStorage|sessionStorage|indexedDB|innerHTML|outerHTML|insertAdjacent|eval\(|document\.write|\bcookie\b/,
  );
  expect(readFileSync("reports/kit/page-script.ts", "utf8")).toContain("npm run page-script");
});

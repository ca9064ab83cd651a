// Bundles reports/client into reports/kit/page-script.ts: pages hold their script as text and its hash in their policy, and
// reports stay pure. A test (reports/kit/page-script.test.ts) compares what is committed with the sources.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");

/** @returns what stands in the page */
export async function bundledScript() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["reports/client/main.ts"],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "ascii",
    legalComments: "none",
    logLevel: "warning",
  });
  return outputFiles[0].text.trim();
}

if (path.resolve(process.argv[1] ?? "") === import.meta.filename) {
  const script = await bundledScript();
  const hash = createHash("sha256").update(script).digest("base64");
  writeFileSync(
    path.join(root, "reports/kit/page-script.ts"),
    `/** Written by \`npm run page-script\` from reports/client. */
export const pageScript = ${JSON.stringify(script)};
/** Of the text above, for the policy of a page. */
export const pageScriptHash = "sha256-${hash}";
`,
  );
}

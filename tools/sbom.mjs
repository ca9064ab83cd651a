// Writes sbom.cdx.json (CycloneDX): what the package is made of when it is installed, from the lock file. npm runs this
// before it packs (prepack), and packs the file. The same lock file gives the same bytes: no time, no serial number.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
const { name } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const bom = JSON.parse(
  execFileSync(
    "npm",
    ["sbom", "--sbom-format", "cyclonedx", "--omit", "dev", "--package-lock-only"],
    { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  ),
);
delete bom.serialNumber;
delete bom.metadata.timestamp;
bom.metadata.component.name = name;
writeFileSync(new URL("sbom.cdx.json", root), `${JSON.stringify(bom, undefined, 2)}\n`);

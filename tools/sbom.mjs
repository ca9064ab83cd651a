// Writes sbom.cdx.json (CycloneDX): what a package is made of when it is installed, from the lock file. npm runs this
// before it packs (prepack), and packs the file. The same lock file gives the same bytes: no time, no serial number.
// `npm sbom --omit dev` leaves out what one package needs and the other only tests with, so that the graph is walked here.
//   node tools/sbom.mjs            # of headroom
//   node tools/sbom.mjs sandbox    # of the package in that folder
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bundled } from "./bundled.mjs";

const root = path.resolve(import.meta.dirname, "..");
const [folder = ""] = process.argv.slice(2);
const readJson = (file) => JSON.parse(readFileSync(path.join(root, file), "utf8"));
const { packages } = readJson("package-lock.json");
const manifest = readJson(path.join(folder, "package.json"));

/** What npm installs with a package: not its development dependencies, nor peers that it can do without. */
const needs = new Map();
for (const [place, about] of Object.entries(packages)) {
  const name = about.name ?? place.replace(/^.*node_modules\//, "");
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta = {} } = about;
  const peers = Object.keys(peerDependencies ?? {}).filter(
    (peer) => peerDependenciesMeta[peer]?.optional !== true,
  );
  needs.set(
    `${name}@${about.version}`,
    new Set([...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]),
  );
}

const bom = JSON.parse(
  execFileSync("npm", ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  }),
);
const nameOf = (ref) => ref.slice(0, ref.lastIndexOf("@"));
const graph = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
const own = `${manifest.name}@${manifest.version}`;
for (const name of bundled[folder === "" ? "." : folder]) needs.get(own).add(name);
const installed = new Set([own]);
const dependencies = [];
// A set is walked in the order in which it grows.
for (const ref of installed) {
  const dependsOn = (graph.get(ref) ?? []).filter((each) => needs.get(ref)?.has(nameOf(each)));
  for (const each of dependsOn) installed.add(each);
  dependencies.push({ ref, dependsOn });
}

const isOwn = (component) => component["bom-ref"] === own;
const component = isOwn(bom.metadata.component)
  ? bom.metadata.component
  : bom.components.find(isOwn);
const components = bom.components.filter((each) => !isOwn(each) && installed.has(each["bom-ref"]));
delete bom.serialNumber;
delete bom.metadata.timestamp;
const written = {
  ...bom,
  metadata: { ...bom.metadata, component: { ...component, name: manifest.name } },
  components,
  dependencies: dependencies.toSorted((a, b) => (a.ref < b.ref ? -1 : 1)),
};
writeFileSync(
  path.join(root, folder, "sbom.cdx.json"),
  `${JSON.stringify(written, undefined, 2)}\n`,
);

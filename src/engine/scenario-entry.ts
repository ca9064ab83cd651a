/**
 * The entry of the bundle that k6 runs. Every virtual user evaluates the whole bundle, and keeps each function and table in
 * its memory: so it holds the flows that the plan sends and nothing else, and what one virtual user does for all (options,
 * setup, cycles) is one function that is evaluated when it is called.
 */
import path from "node:path";
import type { BuildOptions, Plugin } from "esbuild";
import { scenarios } from "../../profiles/scenarios.ts";
import { execName } from "../domain/plan.ts";
import type { Flow } from "../domain/profile.ts";

/** The module of each flow, below `scenarios/`. */
const moduleOf: Readonly<Record<string, string>> = {
  "api-reads": "api.ts",
  "api-writes": "api.ts",
};

const allFlows = Object.values(scenarios).flatMap(
  ({ name: scenario, flows }: { readonly name: string; readonly flows: readonly Flow[] }) =>
    flows.map(({ name: flow }) => ({ scenario, flow })),
);
export const allFlowNames: readonly string[] = allFlows.map(({ flow }) => flow);

/** With their scenarios, for the load that the bundle sends without a plan. */
export const flowsNamed = (names: readonly string[]) =>
  allFlows.filter(({ flow }) => names.includes(flow));

const entryText = (flows: readonly string[]): string =>
  [
    `import { oncePerProcess } from "./scenarios/lib/once.ts";`,
    // k6 takes the options of its first user and would copy all of them to each other one that exports some.
    `export const options = __VU === 0 ? oncePerProcess().options : undefined;`,
    ...flows.map(
      (flow) =>
        `export { ${execName(flow)} } from "./scenarios/${moduleOf[flow] ?? `${flow}.ts`}";`,
    ),
    `export const setup = () => oncePerProcess().setup();`,
  ].join("\n");

export interface ScenarioEntry {
  readonly contents: string;
  readonly plugin: Plugin;
}

/** @throws esbuild's BuildFailure */
export async function scenarioEntry(
  packageRoot: string,
  flows: readonly string[],
): Promise<ScenarioEntry> {
  const contents = await onDemand(packageRoot);
  return {
    contents: entryText(flows),
    plugin: {
      name: "once-per-process",
      setup(entry) {
        entry.onLoad({ filter: /\/scenarios\/lib\/once\.ts$/ }, () => ({ contents, loader: "js" }));
      },
    },
  };
}

/**
 * `once.ts` with the code inside a function. It is bundled apart from the load, with copies of the modules of both but for
 * the metrics, which k6 takes in the init context only, and k6's own modules, which must be imported there.
 */
async function onDemand(packageRoot: string): Promise<string> {
  const { build } = await import("esbuild");
  const built = await build({
    ...scenarioBuild(packageRoot),
    entryPoints: ["scenarios/once-per-process.ts"],
    format: "cjs",
    sourcemap: "inline",
    metafile: true,
    plugins: [sharedMetrics],
  });
  const [output] = built.outputFiles;
  if (output === undefined) throw new Error("esbuild wrote no setup");
  const imports = Object.values(built.metafile.outputs).flatMap((each) => each.imports);
  const k6Modules = new Set(
    imports.map((each) => each.path).filter((name) => name !== metricsName),
  );
  const [code = "", sourceMap = ""] = output.text.split(/^(?=\/\/# sourceMappingURL)/m);
  const head = [
    // The default of each has all that it exports; a namespace would be an object more in each virtual user.
    ...[...k6Modules].map((name, i) => `import k6_${i} from "${name}";`),
    `import { loadStart, metrics } from "./metrics.ts";`,
    `const modules = () => ({ "${metricsName}": { loadStart, metrics }, ${[...k6Modules].map((name, i) => `"${name}": { __proto__: k6_${i}, __esModule: true, default: k6_${i} }`).join(", ")} });`,
    `let code;`,
    `export const oncePerProcess = () => (code ??= evaluate((name) => modules()[name]));`,
    `function evaluate(require) { const module = { exports: {} }; `,
  ].join(" ");
  // On one line with the first of the code, so that its lines keep their numbers in the source map.
  return `${head}${code}return module.exports; }\n${sourceMap}`;
}

const metricsName = "headroom:metrics";

const sharedMetrics: Plugin = {
  name: "shared-metrics",
  setup(once) {
    once.onResolve({ filter: /\/metrics\.ts$/ }, () => ({ path: metricsName, external: true }));
  },
};

/** The same sources give the same bytes on every machine: no absolute path, no time, no tsconfig from around the package. */
export const scenarioBuild = (packageRoot: string) =>
  ({
    absWorkingDir: packageRoot,
    outfile: path.join(packageRoot, "scenario.js"),
    bundle: true,
    write: false as const,
    platform: "neutral" as const,
    target: "es2022",
    mainFields: ["module", "main"],
    external: ["k6", "k6/*"],
    charset: "utf8" as const,
    tsconfigRaw: {},
    logLevel: "silent" as const,
  }) satisfies BuildOptions;

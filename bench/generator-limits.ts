/**
 * Where the harness ends, beside plain k6 with its CSV output, in pairs on one machine: the rate that is achieved with
 * as many virtual users when far more is asked for, and the CPU of the whole process tree per request at a rate that
 * both hold. `node bench/run.mjs generator-limits [pairs]` (5 pairs). k6 is the one of PATH; nothing else may run
 * meanwhile. The endpoint is a process of its own and is not counted.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { median } from "simple-statistics";
import { bundleScenarios } from "../src/engine/bundle.ts";
import { k6Environment } from "../src/engine/k6-environment.ts";
import { startCountingEndpoint } from "./shared/counting-endpoint.ts";
import { constantPlan, plainArrivals, type ConstantLoad } from "./shared/constant-load.ts";
import { processCost } from "./shared/process-cost.ts";
import { writeResult } from "./shared/results.ts";

const pairs = Number(process.argv[2] ?? 5);
const saturation = { perSecond: 40_000, users: 200, seconds: 10 };
const moderate = { perSecond: 2000, users: 202, seconds: 22 };
const workplace = mkdtempSync(path.join(tmpdir(), "headroom-generator-limits-"));
const endpoint = await startCountingEndpoint();
const url = endpoint.url.replace(/\/$/, "");

const plainScript = (load: ConstantLoad): string => `import http from "k6/http";
export const options = { scenarios: { a: ${plainArrivals(load)} } };
export default function () { http.get("${url}/api/auth/ok"); }`;

const { file: bundle } = await bundleScenarios({
  packageRoot: process.cwd(),
  outDirectory: workplace,
  flows: ["noop"],
});
const own = k6Environment({
  plan: constantPlan("noop", "noop", saturation, url),
  variables: {},
  workingDirectory: workplace,
});
const { GOGC: _collector, GOMEMLIMIT: _limit, ...bare } = own;
const k6 = (script: string): string =>
  `k6 run --quiet --summary-mode=disabled --out csv=- ${script} > /dev/null`;
const plainOf = (name: string, load: ConstantLoad): string => {
  const script = path.join(workplace, `${name}.js`);
  writeFileSync(script, plainScript(load));
  return k6(script);
};
const headroomRun = [
  `node ${path.join(process.cwd(), "bin/headroom.mjs")} run smoke --scenario noop`,
  `--rate ${moderate.perSecond}/s --warm-up 1s --duration ${moderate.seconds - 1}s`,
  `--target api=${url} --runs ${path.join(workplace, "runs")} > ${path.join(workplace, "run.txt")} 2>&1`,
].join(" ");

interface Measured {
  readonly requests: number;
  readonly cpuSeconds: number;
}

async function measured(command: string, env: NodeJS.ProcessEnv): Promise<Measured> {
  const before = await endpoint.count();
  const { cpuSeconds } = await processCost(command, env);
  return { requests: (await endpoint.count()) - before, cpuSeconds };
}

interface Pair {
  readonly plain: Measured;
  readonly own: Measured;
}

/** By turns in either order, so that neither always runs first. */
async function pairOf(
  index: number,
  plain: () => Promise<Measured>,
  harness: () => Promise<Measured>,
): Promise<Pair> {
  if (index % 2 === 0) return { plain: await plain(), own: await harness() };
  const first = await harness();
  return { plain: await plain(), own: first };
}

const saturated: Pair[] = [];
const whole: Pair[] = [];
try {
  const [plainSaturated, plainModerate] = [plainOf("a", saturation), plainOf("b", moderate)];
  for (let pair = 0; pair < pairs; pair++) {
    saturated.push(
      await pairOf(
        pair,
        () => measured(plainSaturated, bare),
        () => measured(k6(bundle), own),
      ),
    );
    whole.push(
      await pairOf(
        pair,
        () => measured(plainModerate, bare),
        () => measured(headroomRun, { ...process.env, HEADROOM_PASSWORD: "unused" }),
      ),
    );
    process.stderr.write(`${JSON.stringify([saturated.at(-1), whole.at(-1)])}\n`);
  }
} finally {
  endpoint.stop();
  rmSync(workplace, { recursive: true, force: true });
}

const ratio = (all: readonly Pair[], of: (one: Measured) => number): number =>
  Math.round(median(all.map((pair) => of(pair.own) / of(pair.plain))) * 100) / 100;
const perRequest = ({ cpuSeconds, requests }: Measured): number => (cpuSeconds * 1e6) / requests;
const result = {
  pairs,
  saturation: {
    ...saturation,
    plainPerSecond: Math.round(
      median(saturated.map(({ plain }) => plain.requests)) / saturation.seconds,
    ),
    ownPerSecond: Math.round(
      median(saturated.map((pair) => pair.own.requests)) / saturation.seconds,
    ),
    ratio: ratio(saturated, ({ requests }) => requests),
    target: 0.85,
  },
  wholeTree: {
    ...moderate,
    plainMicroseconds: Math.round(median(whole.map(({ plain }) => perRequest(plain)))),
    ownMicroseconds: Math.round(median(whole.map((pair) => perRequest(pair.own)))),
    ratio: ratio(whole, perRequest),
    target: 1.3,
  },
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
writeResult("generator-limits", result);

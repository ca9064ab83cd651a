/**
 * What Headroom's scripts cost k6 beside plain k6, on one machine and one no-op endpoint: CPU per request and peak memory
 * of the k6 process, in pairs. `node bench/run.mjs generator-cost [pairs] [requests/s]` (5 pairs, 1,000/s by default).
 * k6 is the one of PATH; nothing else may run meanwhile. The no-op endpoint is a process of its own and is not counted.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { median } from "simple-statistics";
import { bundleScenarios } from "../src/engine/bundle.ts";
import { k6Environment } from "../src/engine/k6-environment.ts";
import { startNoopEndpoint } from "../src/engine/noop-endpoint.ts";
import { constantPlan, plainArrivals, type ConstantLoad } from "./shared/constant-load.ts";
import { processCost } from "./shared/process-cost.ts";
import { childNamed } from "./faults-process-simulation.ts";

const pairs = Number(process.argv[2] ?? 5);
const perSecond = Number(process.argv[3] ?? 1000);
const seconds = 15;
const users = Math.ceil(perSecond / 5);
const workplace = mkdtempSync(path.join(tmpdir(), "headroom-generator-cost-"));
const endpoint = await startNoopEndpoint();
const url = `${endpoint.url}api/auth/ok`;

const load: ConstantLoad = { perSecond, users, seconds };
const arrivals = plainArrivals(load);
const plain = `import http from "k6/http";
export const options = { scenarios: { a: ${arrivals} } };
export default function () { http.get("${url}"); }`;
/** The least that measures what Headroom measures: two trends, our tags, no bodies. */
const floor = `import http from "k6/http";
import { Trend } from "k6/metrics";
const response = new Trend("response", true), lag = new Trend("lag", true);
export const options = { systemTags: ["scenario", "name", "status", "error_code"], discardResponseBodies: true, scenarios: { a: ${arrivals} } };
const tags = { surface: "api", endpoint: "noop", kind: "read", outcome: "ok" }, params = { tags: { name: "noop" } };
export default function () { lag.add(0); response.add(http.get("${url}", params).timings.duration, tags); }`;

const { file: headroom } = await bundleScenarios({
  packageRoot: process.cwd(),
  outDirectory: workplace,
  flows: ["noop"],
});
const script = (name: string, text: string): string => {
  const file = path.join(workplace, `${name}.js`);
  writeFileSync(file, text);
  return file;
};
const own = k6Environment({
  plan: constantPlan("noop", "noop", load, endpoint.url.replace(/\/$/, "")),
  variables: {},
  workingDirectory: workplace,
});
const { GOGC: _collector, GOMEMLIMIT: _limit, ...bare } = own;

interface Variant {
  readonly name: string;
  readonly file: string;
  readonly csv: boolean;
  readonly env: Readonly<Record<string, string>>;
}
const variants: readonly Variant[] = [
  { name: "plain k6", file: script("plain", plain), csv: false, env: bare },
  { name: "plain k6, CSV", file: script("plain-csv", plain), csv: true, env: bare },
  { name: "floor", file: script("floor", floor), csv: true, env: bare },
  { name: "Headroom's bundle", file: headroom, csv: true, env: bare },
  { name: "Headroom's bundle and collector", file: headroom, csv: true, env: own },
];

interface Cost {
  readonly microsecondsPerRequest: number;
  readonly megabytes: number;
}

/** CPU of the process and its peak memory; `times` of the shell counts what ended below it. */
async function measure({ file, csv, env }: Variant): Promise<Cost> {
  const k6 = `k6 run --quiet --summary-mode=disabled ${csv ? "--out csv=-" : ""} ${file} > /dev/null`;
  let kilobytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const { cpuSeconds } = await processCost(k6, env, (shell) => {
    timer = setInterval(() => {
      const child = childNamed(shell, /^k6\0run/);
      const status = child === undefined ? "" : statusOf(child);
      kilobytes = Math.max(kilobytes, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    }, 200);
  });
  clearInterval(timer);
  return {
    microsecondsPerRequest: (cpuSeconds * 1e6) / (perSecond * seconds),
    megabytes: (kilobytes * 1024) / 1e6,
  };
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}

const costs = new Map(variants.map(({ name }) => [name, [] as Cost[]]));
try {
  for (let pair = 0; pair < pairs; pair++)
    // By turns from the front and from the back, so that no variant always runs first.
    for (const variant of pair % 2 === 0 ? variants : variants.toReversed()) {
      const cost = await measure(variant);
      costs.get(variant.name)?.push(cost);
      process.stderr.write(
        `${variant.name}: ${cost.microsecondsPerRequest.toFixed(0)} µs, ${cost.megabytes.toFixed(0)} MB\n`,
      );
    }
} finally {
  endpoint.stop();
  rmSync(workplace, { recursive: true, force: true });
}

const medianOf = (name: string, of: (cost: Cost) => number): number =>
  median((costs.get(name) ?? []).map(of));
const ratio = (of: (cost: Cost) => number, name: string, to: string): number =>
  median((costs.get(name) ?? []).map((cost, i) => of(cost) / of(costs.get(to)?.[i] ?? cost)));
const cpu = (cost: Cost): number => cost.microsecondsPerRequest;
const memory = (cost: Cost): number => cost.megabytes;
const round = (value: number): number => Math.round(value * 100) / 100;

const result = {
  pairs,
  perSecond,
  seconds,
  users,
  variants: Object.fromEntries(
    variants.map(({ name }) => [
      name,
      {
        microsecondsPerRequest: Math.round(medianOf(name, cpu)),
        megabytes: Math.round(medianOf(name, memory)),
        cpuAgainstFloor: round(ratio(cpu, name, "floor")),
        memoryAgainstPlain: round(ratio(memory, name, "plain k6")),
      },
    ]),
  ),
};
for (const [name, row] of Object.entries(result.variants))
  process.stdout.write(
    `${name.padEnd(34)} ${row.microsecondsPerRequest} µs (${row.cpuAgainstFloor} × floor)  ${row.megabytes} MB (${row.memoryAgainstPlain} × plain)\n`,
  );
writeFileSync("bench/results/generator-cost.json", `${JSON.stringify(result, null, 2)}\n`);

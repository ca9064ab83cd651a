/**
 * CPU of k6 for each request of the API mix, beside a script that an engineer would write by hand: the same requests in the
 * same order with the same headers, and the same fields checked. `node bench/run.mjs api-mix [pairs]` (5 pairs, less than
 * five minutes). Answers of the sandbox are recorded once and given again by this process, which is not counted. The cost
 * of a start is taken off: each measurement is the difference of a long and a short run. k6 is the one of PATH, the
 * sandbox must have been built, and nothing else may run meanwhile.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { median } from "simple-statistics";
import { apiReadNames, apiReads } from "../scenarios/lib/api-calls.ts";
import type { ApiCall, ApiRead } from "../scenarios/lib/api-calls.ts";
import { weightOfRead } from "../scenarios/lib/api-weights.ts";
import { SANDBOX_PASSWORD } from "../src/domain/sandbox.ts";
import { bundleScenarios } from "../src/engine/bundle.ts";
import { k6Environment } from "../src/engine/k6-environment.ts";
import { startSandboxProcess } from "../src/sandbox-client/process.ts";
import { constantPlan, plainArrivals, type ConstantLoad } from "./shared/constant-load.ts";
import { processCost } from "./shared/process-cost.ts";
import { startRecordedEndpoint } from "./shared/recorded-endpoint.ts";
import type { RecordedRequest } from "./shared/recorded-endpoint.ts";
import { writeResult } from "./shared/results.ts";

const pairs = Number(process.argv[2] ?? 5);
const perSecond = 800;
const load = (seconds: number): ConstantLoad => ({ perSecond, users: 100, seconds });
const [short, long] = [load(2), load(11)];
const workplace = mkdtempSync(path.join(tmpdir(), "headroom-api-mix-"));
const sandbox = await startSandboxProcess({});
const endpoint = await startRecordedEndpoint(sandbox.urls.api);

const { file: bundle } = await bundleScenarios({
  packageRoot: process.cwd(),
  outDirectory: workplace,
  flows: ["api-reads"],
});
const environmentOf = (of: ConstantLoad): Record<string, string> =>
  k6Environment({
    plan: {
      ...constantPlan("api", "api-reads", of, endpoint.url),
      // As many as sign in at once; there is one of each role among them.
      identities: {
        count: 3,
        emailPattern: "load-{n}@sandbox.test",
        passwordVariable: "HEADROOM_PASSWORD",
        signInsPer10s: 3,
      },
    },
    variables: { HEADROOM_PASSWORD: SANDBOX_PASSWORD },
    workingDirectory: workplace,
  });
const k6 = (script: string, csv: string): string =>
  `k6 run --quiet --summary-mode=disabled --out csv=${csv} ${script} > /dev/null`;

/** @returns what k6 wrote; a sample that is not fine ends the benchmark */
async function rowsOf(script: string, of: ConstantLoad, notFine: RegExp): Promise<string> {
  const file = path.join(workplace, "rows.csv");
  const { status } = await processCost(k6(script, file), environmentOf(of));
  const rows = readFileSync(file, "utf8");
  const bad = notFine.exec(rows)?.[0];
  if (status !== 0 || bad !== undefined) throw new Error(`k6 ended with ${status}; ${bad}`);
  return rows;
}

/** What one cycle of the mix sends, in the order of its arrival. After as long a run as any, its answers are known. */
async function recordedCycle(): Promise<readonly RecordedRequest[]> {
  const rows = await rowsOf(bundle, long, /^response,.*outcome=(?!ok\b).*/m);
  const ofSetup = rows.match(/^http_reqs,.*setup_/gm)?.length ?? 0;
  const cycle = apiReadNames.reduce((sum, name) => sum + weightOfRead(name), 0);
  const sent = endpoint.requests.slice(ofSetup, ofSetup + cycle);
  if (sent.length < cycle) throw new Error(`${sent.length} requests are no cycle of ${cycle}`);
  return sent;
}

const below = (entry: string): string => JSON.stringify(entry === "" ? "json" : `json.${entry}`);

/** Whether the answer is an output of the right shape, by selectors on the text: the cheapest that k6 has. */
function checkOf(name: ApiRead): string {
  const { shape, sameId }: ApiCall = apiReads[name];
  const found = shape.map((entry) =>
    entry.endsWith("?")
      ? `r.json(${below(entry.slice(0, -1))}) !== undefined`
      : `present(r.json(${below(entry)}))`,
  );
  const same =
    sameId === undefined
      ? []
      : [
          `r.json(${below(sameId.found)}).toLowerCase() === JSON.parse(r.request.body).json.${sameId.asked}.toLowerCase()`,
        ];
  return `(r) => ${["r.status === 200", "!isError(r)", ...found, ...same].join(" && ")}`;
}

const placeOf = (at: string): number =>
  apiReadNames.findIndex((name) => at === `/api/rpc/${apiReads[name].path}`);

/** As an engineer writes it who knows the requests: nothing is drawn, built or looked up that can be written down. */
function handWritten(cycle: readonly RecordedRequest[], of: ConstantLoad): string {
  const endpoints = apiReadNames.map((name, place) => {
    const url = JSON.stringify(`${endpoint.url}/api/rpc/${apiReads[name].path}`);
    const cookie = cycle.find((request) => placeOf(request.path) === place)?.cookie;
    const params = { headers: { "content-type": "application/json", cookie }, tags: { name } };
    return `{ url: ${url}, params: ${JSON.stringify(params)}, check: { output: ${checkOf(name)} } },`;
  });
  const file = path.join(workplace, `hand-written-${of.seconds}.js`);
  writeFileSync(
    file,
    `import http from "k6/http";
import exec from "k6/execution";
import { check } from "k6";
export const options = { scenarios: { a: ${plainArrivals(of)} } };
const present = (value) => value !== undefined && value !== null;
const isError = (r) => r.json("json.code") !== undefined && r.json("json.message") !== undefined;
const endpoints = [
${endpoints.join("\n")}
];
const order = ${JSON.stringify(cycle.map((request) => placeOf(request.path)))};
const bodies = ${JSON.stringify(cycle.map(({ body }) => body))};
export default function () {
  const place = exec.scenario.iterationInTest % order.length;
  const { url, params, check: fields } = endpoints[order[place]];
  check(http.post(url, bodies[place], params), fields);
}`,
  );
  return file;
}

interface Variant {
  readonly name: "plain" | "plainWithOurCollector" | "own";
  readonly scriptOf: (of: ConstantLoad) => string;
  /** Collects garbage as seldom as Headroom has k6 do it. */
  readonly isOurCollector: boolean;
}

/** @returns microseconds of CPU for each request, the start apart */
async function cost({ scriptOf, isOurCollector }: Variant): Promise<number> {
  const run = async (of: ConstantLoad) => {
    const { GOGC, GOMEMLIMIT, ...bare } = environmentOf(of);
    const env = isOurCollector ? { ...bare, GOGC, GOMEMLIMIT } : bare;
    const before = endpoint.requests.length;
    const { cpuSeconds, status } = await processCost(k6(scriptOf(of), "-"), env);
    if (status !== 0) throw new Error(`k6 ended with ${status}`);
    return { cpuSeconds, requests: endpoint.requests.length - before };
  };
  const [whole, start] = [await run(long), await run(short)];
  return ((whole.cpuSeconds - start.cpuSeconds) * 1e6) / (whole.requests - start.requests);
}

const costs: Record<Variant["name"], number>[] = [];
try {
  const cycle = await recordedCycle();
  const plain = (of: ConstantLoad): string => handWritten(cycle, of);
  await rowsOf(plain(short), short, /^checks,\d+,0.*/m);
  const variants: readonly Variant[] = [
    { name: "plain", scriptOf: plain, isOurCollector: false },
    { name: "plainWithOurCollector", scriptOf: plain, isOurCollector: true },
    { name: "own", scriptOf: () => bundle, isOurCollector: true },
  ];
  for (let pair = 0; pair < pairs; pair++) {
    const row = { plain: 0, plainWithOurCollector: 0, own: 0 };
    // By turns from the front and from the back, so that no variant always runs first.
    for (const variant of pair % 2 === 0 ? variants : variants.toReversed())
      row[variant.name] = Math.round(await cost(variant));
    costs.push(row);
    process.stderr.write(`${JSON.stringify(row)}\n`);
  }
} finally {
  endpoint.stop();
  await sandbox.stop();
  rmSync(workplace, { recursive: true, force: true });
}

const ratioTo = (name: Variant["name"]): number =>
  Math.round(median(costs.map((row) => row.own / row[name])) * 100) / 100;
const result = {
  pairs,
  perSecond,
  seconds: long.seconds - short.seconds,
  users: long.users,
  reads: apiReadNames.length,
  microsecondsPerRequest: {
    plain: median(costs.map(({ plain }) => plain)),
    plainWithOurCollector: median(costs.map((row) => row.plainWithOurCollector)),
    own: median(costs.map(({ own }) => own)),
  },
  ratio: ratioTo("plain"),
  ratioToPlainWithOurCollector: ratioTo("plainWithOurCollector"),
  target: 1.25,
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
writeResult("api-mix", result);

/**
 * What watching the database costs it at the nightly rate: `node bench/run.mjs database-overhead [seconds]` (45 by default).
 * The sandbox gets 10,500 requests a minute in about the shares of the nightly profile (API reads, subgraph queries, pages)
 * from this machine; the server's statistics attribute the time. The probe is that of a real platform (the
 * catalogue's) and that of the sandbox, by turns. It needs `npm run build` before.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { rolesOfProcedure } from "../profiles/platform/procedure-roles.ts";
import { apiUses } from "../src/contract/api-check.ts";
import type { Observation } from "../src/domain/observation.ts";
import { observeDatabase } from "../src/observe/database/observe-database.ts";
import { SANDBOX_PASSWORD } from "../src/domain/sandbox.ts";
import { startSandboxProcess } from "../src/sandbox-client/process.ts";
import { call, signIn } from "../sandbox/src/testdata/client.ts";
import { writeResult } from "./shared/results.ts";

const seconds = Number(process.argv[2] ?? 45);
const requestsPerMinute = 10_500;

const sandbox = await startSandboxProcess({});
const base = sandbox.urls.api;
const cookie = await signIn(base, "load-1@sandbox.test", SANDBOX_PASSWORD);

/** Reads that need no id and no role. */
const reads = apiUses()
  .filter(({ name }) => rolesOfProcedure(name).includes("investor"))
  .filter(({ name }) => !/^(?:setup|account|token\.(?!search)|system\.factory\.read)/.test(name))
  .map(({ path, inputs }) => [path, { json: inputs[0] }] as const);
const query = "{ tokens(first: 20) { id name totalSupply } systems(first: 1) { id } }";

/** Of twenty requests one is a page, six are queries of the subgraph, the rest reads of the API. */
function send(index: number): Promise<{ readonly status: number }> {
  const headers = { cookie };
  if (index % 20 === 0) return call(`${base}/`, { headers });
  if (index % 3 === 0) return call(sandbox.urls.subgraph, { body: { query } });
  const [path, body] = reads[index % reads.length] ?? ["user/me", {}];
  return call(`${base}/api/rpc/${path}`, { body, headers });
}

/** Evenly spaced, whatever the answers take. @returns how many were answered well */
async function load(durationMs: number): Promise<number> {
  const gapMs = 60_000 / requestsPerMinute;
  const startedAt = performance.now();
  const answers: Promise<boolean>[] = [];
  for (let index = 0; index * gapMs < durationMs; index++) {
    const leftMs = startedAt + index * gapMs - performance.now();
    if (leftMs > 1) await sleep(leftMs);
    answers.push(
      send(index).then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
  }
  return (await Promise.all(answers)).filter(Boolean).length;
}

async function measure(probe?: { text: string; values: readonly string[] }) {
  const seen: Observation[] = [];
  const gaps: string[] = [];
  const observer = await observeDatabase(
    { url: sandbox.databaseObserverUrl, probe },
    { observation: (each) => seen.push(each), gap: ({ sentence }) => gaps.push(sentence) },
  );
  const durationMs = (seconds * 1000) / 2;
  const answered = await load(durationMs);
  await observer.stop();
  if (gaps.length > 0) throw new Error(gaps.join(" "));
  const valueOf = (name: string): number => seen.find((each) => each.name === name)?.value ?? 0;
  const ownMs = valueOf("statements.observer_time");
  const allMs = valueOf("statements.time");
  return {
    probe: seen.find(({ name }) => name === "probe.rate")?.labels["statement"],
    probes: seen.filter(({ name }) => name === "probe.latency").length,
    requestsPerMinute: Math.round((answered / durationMs) * 60_000),
    statementMs: Math.round(allMs),
    observerMs: Number(ownMs.toFixed(1)),
    observerShare: Number((ownMs / allMs).toFixed(5)),
    observerMsPerSecond: Number((ownMs / (durationMs / 1000)).toFixed(3)),
  };
}

try {
  const result = {
    secondsEach: seconds / 2,
    ofAPlatform: await measure({
      text: "select relname from pg_catalog.pg_class where oid = $1::text::regclass",
      values: ["pg_catalog.pg_class"],
    }),
    ofTheSandbox: await measure(),
  };
  process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
  writeResult("database-overhead", result);
} finally {
  await sandbox.stop();
}

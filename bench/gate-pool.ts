/**
 * A pool of real runs on the sandbox, and the gate's verdicts over seeded pairings drawn from it: does the same build
 * ever FAIL, does one that is 20 % slower always, and is a slow endpoint named?
 *
 *   node bench/run.mjs gate-pool record [--rounds 40] [--hold 30s] [--warm-up 2s] [--rate 2400/min] [--out FILE]
 *   node bench/run.mjs gate-pool judge [--pool FILE]
 *
 * Recording goes on where FILE holds rounds of the same plan already. Four sandboxes (A, A′, the API × 1.2, one endpoint × 1.2) are loaded side by side, each by a k6 of its own, round
 * after round; the runs of one round are a pair for each two arms.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { memberOf, type GateMember } from "../analysis/comparison/gate-members.ts";
import { environments } from "../profiles/environments/index.ts";
import { gate } from "../profiles/load/gate.ts";
import { headroomVersion } from "../src/cli/version.ts";
import type { Parsed } from "../src/domain/parsed.ts";
import { parseDuration, parseRate } from "../src/domain/quantity.ts";
import { seconds } from "../src/domain/units.ts";
import { run, type RunContext, type RunRequest } from "../src/pipeline.ts";
import { SANDBOX_PASSWORD } from "../src/domain/sandbox.ts";
import { startSandboxProcess, type SandboxProcess } from "../src/sandbox-client/process.ts";
import { readRun } from "../src/store/run-reader.ts";
import {
  judgePool,
  faultsOf,
  poolArms,
  poolTable,
  readPool,
  roundsOf,
  withRound,
  type PoolArm,
} from "./gate-pool-judge.ts";

const poolFile = "bench/results/gate-pool.json";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "40" },
    hold: { type: "string", default: "30s" },
    "warm-up": { type: "string", default: "2s" },
    rate: { type: "string", default: "2400/min" },
    out: { type: "string", default: poolFile },
    pool: { type: "string", default: poolFile },
  },
});

function judgeStored(): void {
  const pool = readPool(readFileSync(values.pool, "utf8"), values.pool);
  const results = judgePool(pool);
  process.stdout.write(poolTable(pool, results));
  if (results.some(({ holds }) => !holds)) process.exitCode = 1;
}

async function record(): Promise<void> {
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw new RangeError(`--rounds: "${values.rounds}" is not a whole number ≥ 1`);
  const runsRoot = mkdtempSync(path.join(tmpdir(), "headroom-gate-pool-"));
  const sandboxes: SandboxProcess[] = [];
  try {
    const targets = new Map<PoolArm, SandboxProcess["urls"]>();
    for (const arm of poolArms) {
      // oxlint-disable-next-line no-await-in-loop -- databases that start together wait for each other
      const sandbox = await startSandboxProcess({
        faults: faultsOf[arm],
        seed: 1,
      });
      sandboxes.push(sandbox);
      targets.set(arm, sandbox.urls);
    }
    // Unrecorded: code is compiled, pools open, caches fill.
    await Promise.all(
      poolArms.map((arm) => run(requestOf(targets.get(arm), seconds(8)), contextIn(runsRoot))),
    );
    let pool = existsSync(values.out)
      ? readPool(readFileSync(values.out, "utf8"), values.out)
      : undefined;
    for (let round = roundsOf(pool) + 1; round <= rounds; round++) {
      const began = Date.now();
      // oxlint-disable-next-line no-await-in-loop -- round after round
      const done = await Promise.all(
        poolArms.map(async (arm) => {
          const request = requestOf(targets.get(arm));
          const { directory } = await run(request, contextIn(runsRoot));
          return [arm, memberOf(readRun(directory)), directory] as const;
        }),
      );
      for (const [, , directory] of done) rmSync(directory, { recursive: true, force: true });
      pool = withRound(pool, new Map(done.map(([arm, member]) => [arm, member])), faultsOf);
      writeFileSync(values.out, `${JSON.stringify(pool)}\n`);
      process.stderr.write(`${roundLine(round, rounds, Date.now() - began, done)}\n`);
    }
  } finally {
    await Promise.all(sandboxes.map((sandbox) => sandbox.stop()));
    rmSync(runsRoot, { recursive: true, force: true });
  }
}

function valueOf<Value>(flag: string, parsed: Parsed<Value>): Value {
  if (parsed.ok) return parsed.value;
  throw new RangeError(`--${flag}: ${parsed.problem}`);
}

/** Assets, which are apart from the rate, are most of what a page costs: they are few, and enough for a p95 of 30 s. */
const shares = { api: 0.495, subgraph: 0.45, web: 0.055 };

function requestOf(
  targets: SandboxProcess["urls"] | undefined,
  durationMs = valueOf("hold", parseDuration(values.hold)),
): RunRequest {
  if (targets === undefined) throw new RangeError("an arm without a sandbox");
  const { local } = environments;
  // More would have to pause between their sign-ins, as platforms ask for: ten seconds a run.
  const identities = { ...local.identities, count: 3 };
  const environment = { ...local, identities, sandbox: false, targets: { ...targets } };
  return {
    profile: gate,
    environment,
    overrides: {
      requestsPerMinute: valueOf("rate", parseRate(values.rate)),
      durationMs,
      warmUpMs: valueOf("warm-up", parseDuration(values["warm-up"])),
      shares,
    },
    targets: environment.targets,
    faults: [],
    seed: 1,
    command: "bench gate-pool record",
  };
}

const contextIn = (runsRoot: string): RunContext => ({
  packageRoot: process.cwd(),
  headroomVersion: headroomVersion(process.cwd()),
  runsRoot,
  cacheDirectory: path.join(runsRoot, "cache"),
  env: { ...process.env, [environments.local.identities.passwordVariable]: SANDBOX_PASSWORD },
  now: () => Date.now(),
  interrupted: new AbortController().signal,
  onStage: () => undefined,
  onProgress: () => undefined,
});

function roundLine(
  round: number,
  rounds: number,
  ms: number,
  done: readonly (readonly [PoolArm, GateMember, string])[],
): string {
  const lost = done.filter(([, { outcome }]) => outcome === "invalid" || outcome === "incomplete");
  const why = lost.map(([arm, { sentence }]) => ` · ${arm}: ${sentence}`).join("");
  const tails = done.map(
    ([arm, { values: measured }]) =>
      `${arm} ${measured["api.response.p95"]?.toFixed(0) ?? "–"}/${measured["web.page.p95"]?.toFixed(0) ?? "–"}`,
  );
  return `round ${round} of ${rounds}, ${(ms / 1000).toFixed(0)} s; p95 of API and pages, ms: ${tails.join(", ")}${why}`;
}

if (positionals[0] === "record") await record();
else if (positionals[0] === "judge") judgeStored();
else {
  process.stderr.write("Usage: node bench/run.mjs gate-pool record|judge\n");
  process.exitCode = 2;
}

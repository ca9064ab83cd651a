/**
 * Live gates whose answer is known: two sandboxes that are the same, and two where the candidate's API is 5 % or 20 %
 * slower. Each is the real command; its reports are kept.
 *
 *   node bench/run.mjs gate-live [same|5|10|20 …] [--max-duration 12m] [--profile-load] [--plan] [--out DIR]
 *
 * Prints the minutes until the answer. `--profile-load`: under the load of the `gate` profile instead of a greater one with a
 * shorter warm-up, which answers within 12 minutes. `--plan`: five short runs instead of gates, and how many pairs an answer
 * needs with their noise.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    plan: { type: "boolean" },
    "profile-load": { type: "boolean" },
    "max-duration": { type: "string", default: "12m" },
    out: { type: "string", default: ".runs/gate-live" },
  },
});

const gates = {
  same: { flags: ["--sandbox"], expected: ["pass"] },
  "5": { flags: ["--sandbox-fault", "latency=api:x1.05"], expected: ["inconclusive"] },
  "10": { flags: ["--sandbox-fault", "latency=api:x1.1"], expected: ["fail"] },
  "20": { flags: ["--sandbox-fault", "latency=api:x1.2"], expected: ["fail"] },
} as const;
type Name = keyof typeof gates;
const isName = (name: string): name is Name => Object.hasOwn(gates, name);

/**
 * What sampling alone makes of a p95 from run to run is about 1 / √n for the sandbox's latencies: 1,350 reads of API
 * and subgraph and 900 pages a run give 3 %. Pages are the dear ones: nine requests each.
 */
const load =
  "--rate 7200/min --duration 30s --warm-up 5s --share web=0.25 --share api=0.375 --share subgraph=0.375".split(
    " ",
  );
const ofRuns = values["profile-load"] === true ? [] : load;
const ofGate = ["--max-duration", values["max-duration"]];

const answer = z.object({
  id: z.string(),
  outcome: z.string(),
  sentence: z.string(),
  pairs: z.number(),
  startedAt: z.number(),
  endedAt: z.number(),
  exitStatus: z.number(),
});

const headroom = (...argv: readonly string[]): { status: number | null; stdout: string } =>
  spawnSync(process.execPath, ["bin/headroom.mjs", ...argv], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 2 ** 26,
  });

function plan(): void {
  headroom("run", "gate", ...ofRuns, "--repeat", "5", "--runs", values.out);
  const runs = readdirSync(values.out).filter((name) => /^\d+-\d+-gate-/.test(name));
  const history = runs.slice(-5).join(",");
  const argv = ["gate", "--plan", "--history", history, "--runs", values.out];
  const { stdout, status } = headroom(...argv);
  process.stdout.write(stdout);
  process.exitCode = status ?? 1;
}

function play(name: Name): boolean {
  const { flags, expected } = gates[name];
  const argv = ["gate", ...flags, ...ofRuns, ...ofGate, "--runs", values.out, "--json"];
  process.stderr.write(`headroom ${argv.join(" ")}\n`);
  const { stdout, status } = headroom(...argv);
  const gate = answer.parse(JSON.parse(stdout));
  const minutes = (gate.endedAt - gate.startedAt) / 60_000;
  const holds = expected.some((outcome) => outcome === gate.outcome);
  const line = `${holds ? "holds " : "MISSED"}  ${name.padEnd(5)} ${gate.outcome.toUpperCase()} (exit ${status}) after ${gate.pairs} pairs, ${minutes.toFixed(1)} min: ${gate.sentence}`;
  process.stdout.write(`${line}\n`);
  const kept = path.join("bench", "results", "gate-live");
  mkdirSync(kept, { recursive: true });
  const file = (end: string): string =>
    path.join(kept, `${name === "same" ? "same" : `plus-${name}`}.${end}`);
  writeFileSync(file("md"), readFileSync(path.join(values.out, gate.id, "gate.md"), "utf8"));
  writeFileSync(file("html"), readFileSync(path.join(values.out, gate.id, "gate.html"), "utf8"));
  return holds;
}

const names = positionals.length === 0 ? Object.keys(gates) : positionals;
const unknown = names.filter((name) => !isName(name));
if (unknown.length > 0) {
  process.stderr.write(
    `no gate is called ${unknown.join(", ")}: ${Object.keys(gates).join(", ")}\n`,
  );
  process.exitCode = 2;
} else if (values.plan === true) plan();
else if (names.filter(isName).filter((name) => !play(name)).length > 0) process.exitCode = 1;

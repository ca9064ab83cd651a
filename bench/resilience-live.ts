/**
 * `headroom run resilience` on the sandbox, one run for each kind of event, over real HTTP with real k6: are the outcome, the
 * lost requests, the recovery and the writes that were read back those of the sandbox's own record of the event?
 *
 *   node bench/run.mjs resilience-live [NAME …] [--out DIR]
 *
 * About 24 minutes for all of them, on a machine that does nothing else. Each run's reports are kept in DIR (.runs/resilience-live).
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { z } from "zod";
import { fromJson } from "../src/domain/json.ts";
import type { Report } from "../src/domain/report.ts";
import { signInSource, type EventKind } from "../src/domain/resilience.ts";
import type { SandboxEvent } from "../src/domain/sandbox-events.ts";
import { readRun } from "../src/store/run-reader.ts";
import { writeResult } from "./shared/results.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { out: { type: "string", default: ".runs/resilience-live" } },
});

interface Case {
  readonly events: readonly string[];
  readonly flags: readonly string[];
  /** Of the constant load, seconds. */
  readonly holdSeconds: number;
  /** Requests a second; absent: 100. */
  readonly rate?: number;
  /** Absent: the API. */
  readonly scenario?: string;
  /** Checks that have to fail; all others may not. */
  readonly fails?: readonly string[];
  /** So few are lost that single ones show in no stretch of time: the recovery may end before the last of them. */
  readonly losesFew?: boolean;
}

/** Fast control plane: a rollout takes 4 s, a lost node is given up after 35 s. */
const fast = ["--cluster", "--scale=10", "--replicas=4"];
/** One pod after the other, 50 s together: a small share of the requests meanwhile is enough of them to be told from chance. */
const slow = ["--cluster", "--replicas=3"];

const cases: Readonly<Record<string, Case>> = {
  "good-rollout-and-rollback": {
    events: ["rolling-update=api@12s", "rollback=api@76s"],
    flags: fast,
    holdSeconds: 142,
  },
  // 100/s for 13 s are 1,300 requests: 13 are lost.
  "rollout-drops-1-percent": {
    events: ["rolling-update=api@12s"],
    flags: [...slow, "--scale=4", "--fault=draining=api:1%"],
    holdSeconds: 92,
    fails: ["requests-lost"],
    losesFew: true,
  },
  // 200/s for 50 s are 10,000 requests: 10 are lost. That 5 of 5 fall into 40 % of the time is chance once in 100 times.
  "rollout-drops-0.1-percent": {
    events: ["rolling-update=api@15s"],
    flags: [...slow, "--fault=draining=api:0.1%"],
    holdSeconds: 132,
    rate: 200,
    fails: ["requests-lost"],
    losesFew: true,
  },
  "rollout-without-draining": {
    events: ["rolling-update=api@12s"],
    flags: [...fast, "--fault=draining=api:none"],
    holdSeconds: 80,
    fails: ["requests-lost"],
    losesFew: true,
  },
  "pod-deletion": { events: ["pod-deletion=api@12s"], flags: fast, holdSeconds: 78 },
  "node-drain": { events: ["node-drain@12s"], flags: fast, holdSeconds: 84 },
  "node-loss": { events: ["node-loss@12s"], flags: fast, holdSeconds: 114 },
  "subgraph-restart": {
    events: ["subgraph-restart@12s"],
    flags: fast,
    holdSeconds: 80,
    scenario: "subgraph",
    fails: ["requests-lost", "unavailable"],
  },
  // The breaker of the database stays open for a minute.
  "database-failover": { events: ["database-failover@12s"], flags: [], holdSeconds: 142 },
  "replica-lag": { events: ["replica-lag@12s"], flags: [], holdSeconds: 86 },
  "cache-flush": { events: ["cache-flush@12s"], flags: [], holdSeconds: 128 },
  // The breaker of external services stays open for five minutes; most calls need `internal`, half a minute.
  "external-outage": { events: ["external-outage=internal@12s"], flags: [], holdSeconds: 118 },
};

/** How far a measured time may be from the true one, milliseconds: windows are of a second. */
const toleranceMs = 1000;

interface Row {
  readonly name: string;
  readonly kind: EventKind;
  readonly outcome: string;
  readonly fails: readonly string[];
  readonly requests: number;
  readonly lost: number;
  readonly trulyLost: number;
  readonly recoveryMs: number | undefined;
  /** To the last request that was lost. */
  readonly trueRecoveryMs: number;
  readonly writesRead: number | undefined;
  readonly writesLost: number | undefined;
  readonly trulyWritesLost: number;
  /** What is not as it should be. */
  readonly misses: readonly string[];
}

const record = z.object({
  plan: z.object({ targets: z.object({ api: z.string().optional() }) }),
});

/** Of the run that goes on in that directory. */
function apiOf(root: string): string | undefined {
  try {
    const [id = ""] = readdirSync(root)
      .filter((each) => each.includes("-resilience-"))
      .toSorted()
      .slice(-1);
    return record.parse(JSON.parse(readFileSync(path.join(root, id, "run.json"), "utf8"))).plan
      .targets.api;
  } catch {
    return undefined;
  }
}

/** Asked until the sandbox is gone. @returns what it last said of each event */
async function truthUntil(root: string, isOver: () => boolean): Promise<readonly SandboxEvent[]> {
  let last: readonly SandboxEvent[] = [];
  while (!isOver()) {
    await wait(200);
    const api = apiOf(root);
    if (api === undefined) continue;
    try {
      const answer = await fetch(`${api}/control/events`, { signal: AbortSignal.timeout(2000) });
      last = (await answer.json()) as readonly SandboxEvent[];
    } catch {
      // It has not started, or has ended.
    }
  }
  return last;
}

async function play(name: string, { events, flags, holdSeconds, ...rest }: Case) {
  const { rate = 100, scenario = "api" } = rest;
  const root = path.join(values.out, name);
  const argv = [
    "run",
    "resilience",
    `--scenario=${scenario}`,
    `--rate=${rate}/s`,
    "--warm-up=5s",
    `--duration=${holdSeconds}s`,
    ...events.map((event) => `--event=${event}`),
    ...flags,
    `--runs=${root}`,
    "--json",
  ];
  process.stderr.write(`headroom ${argv.join(" ")}\n`);
  const child = spawn(process.execPath, ["bin/headroom.mjs", ...argv], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  let isOver = false;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  child.once("close", () => (isOver = true));
  const truth = await truthUntil(root, () => isOver);
  const report = fromJson(text) as Report;
  const { observations } = readRun(path.join(root, report.run.id));
  const signIns = observations.filter(
    ({ source, value }) => source === signInSource && value === 0,
  );
  return { report, truth, failedSignIns: signIns.length };
}

/** The checks' own names: `requests-lost` of `resilience.requests-lost.2`. @param index of the event */
const failsOf = (report: Report, index: number): readonly string[] =>
  report.verdicts.flatMap(({ outcome, checkId }) => {
    const [, name, place] = /^resilience\.(.*?)(?:\.(\d+))?$/.exec(checkId) ?? [];
    const isOwn = place === undefined || Number(place) === index + 1;
    return outcome === "fail" && name !== undefined && isOwn ? [name] : [];
  });

function judged(
  name: string,
  { fails: expected = [], losesFew = false }: Case,
  { report, truth, failedSignIns }: Awaited<ReturnType<typeof play>>,
): readonly Row[] {
  const readBack = report.events.findLast((event) => event.type === "writes-read-back");
  return (report.resilience?.events ?? []).map(({ event, impact }, index) => {
    const own = truth[index];
    const {
      requestsDropped = NaN,
      recoveredAt = event.startedAt,
      writesLost = NaN,
    } = own?.truth ?? {};
    const trueRecoveryMs = Math.max(0, recoveredAt - event.startedAt);
    // Reads of an empty cache are slow until it is full again; few of them may not show.
    const refilledAt = own?.steps.find((step) => step.name === "refilled")?.at ?? recoveredAt;
    const latestMs = Math.max(trueRecoveryMs, refilledAt - event.startedAt);
    const fails = failsOf(report, index);
    const misses = [
      ...(event.outcome === "done" ? [] : [`the event is ${event.outcome}`]),
      ...(report.validity.state === "valid" ? [] : ["the run is not valid"]),
      ...(fails.toSorted().join() === expected.toSorted().join() ? [] : ["other checks fail"]),
      // The sandbox counts those of the sign-ins beside the load, too.
      ...(impact.lost === requestsDropped - failedSignIns ? [] : ["lost requests"]),
      ...(impact.recoveryMs === undefined ||
      impact.recoveryMs > latestMs + toleranceMs ||
      (impact.recoveryMs < trueRecoveryMs - toleranceMs && !losesFew)
        ? ["recovery"]
        : []),
      ...(readBack === undefined || readBack.lostAt.length === writesLost ? [] : ["lost writes"]),
    ];
    return {
      name,
      kind: event.kind,
      outcome: report.outcome,
      fails,
      requests: impact.requests,
      lost: impact.lost,
      trulyLost: requestsDropped,
      recoveryMs: impact.recoveryMs,
      trueRecoveryMs,
      writesRead: readBack?.checked,
      writesLost: readBack?.lostAt.length,
      trulyWritesLost: writesLost,
      misses,
    };
  });
}

const names = positionals.length === 0 ? Object.keys(cases) : positionals;
const unknown = names.filter((name) => !Object.hasOwn(cases, name));
if (unknown.length > 0)
  throw new RangeError(`no case is called ${unknown.join(", ")}: ${Object.keys(cases).join(", ")}`);

const file = path.join("bench", "results", "resilience-live.json");
const rows = z.object({ rows: z.array(z.looseObject({ name: z.string() })) });
/** Of the cases that are not played now. */
const kept = (): readonly object[] => {
  try {
    const before = rows.parse(JSON.parse(readFileSync(file, "utf8"))).rows;
    return before.filter(({ name }) => !names.includes(name));
  } catch {
    return [];
  }
};

const columns = ["event", "outcome", "lost", "truly", "recovered", "truly", "writes lost", "truly"];
const seconds = (ms: number | undefined): string =>
  ms === undefined ? "–" : `${(ms / 1000).toFixed(1)} s`;
const line = (cells: readonly string[]): string =>
  [
    cells[0]?.padEnd(26),
    cells[1]?.padEnd(13),
    ...cells.slice(2).map((each) => each.padStart(12)),
  ].join(" ");
const shown = (row: Row): string =>
  line([
    row.name,
    row.outcome,
    String(row.lost),
    String(row.trulyLost),
    seconds(row.recoveryMs),
    seconds(row.trueRecoveryMs),
    row.writesRead === undefined ? "–" : `${row.writesLost} of ${row.writesRead}`,
    String(row.trulyWritesLost),
    ...row.misses.map((miss) => `MISSED: ${miss}`),
  ]);

const played: Row[] = [];
process.stdout.write(`${line(columns)}\n`);
for (const name of names) {
  const one = cases[name];
  if (one === undefined) continue;
  const own = judged(name, one, await play(name, one));
  if (own.length < one.events.length)
    throw new RangeError(`${name}: an event is missing in its report`);
  played.push(...own);
  for (const row of own) process.stdout.write(`${shown(row)}\n`);
  writeResult("resilience-live", {
    bench: "resilience-live",
    toleranceMs,
    rows: [...kept(), ...played],
  });
}
if (played.some(({ misses }) => misses.length > 0)) process.exitCode = 1;

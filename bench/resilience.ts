/**
 * Does each check of a resilience run find the fault that it names, and nothing else? Seeded runs of which the truth is known:
 * 20 good rollouts, each planted fault 20 times, and recovery times against the truth.
 *
 *   node bench/run.mjs resilience
 */
import { assess } from "../analysis/assess.ts";
import { breakerRun } from "../analysis/resilience/testdata/breaker-requests.ts";
import { eventRun, type EventRun } from "../analysis/resilience/testdata/event-run.ts";
import { breakerKinds } from "../src/domain/sandbox-events.ts";
import { loadStart } from "../analysis/testdata/test-run.ts";
import { breakers } from "../profiles/platform/resilience.ts";
import { seededRandom } from "../src/domain/random.ts";
import { writeResult } from "./shared/results.ts";

const seed = 20;
const repetitions = 20;
const random = seededRandom(seed);

const runs = (of: (index: number) => EventRun): readonly ReturnType<typeof assess>[] =>
  Array.from({ length: repetitions }, (_, index) =>
    assess(eventRun({ seed: seed * 1000 + index, at: 60 + random(), ...of(index) })),
  );

const failsOf = (report: ReturnType<typeof assess>): readonly string[] =>
  report.verdicts.filter(({ outcome }) => outcome === "fail").map(({ checkId }) => checkId);

const readBack = (doubled: number) => [
  {
    type: "writes-read-back" as const,
    at: loadStart + 300_000,
    checked: 10_000,
    lostAt: [],
    doubled,
    unchecked: 0,
  },
];

const cases: readonly {
  readonly name: string;
  /** The check that has to fail; absent: none may. */
  readonly check?: string;
  readonly of: (index: number) => EventRun;
}[] = [
  { name: "good rollout", of: () => ({ events: readBack(0) }) },
  { name: "good rollout, 0.1 % fail without it", of: () => ({ usualFailures: 0.001 }) },
  {
    name: "1 % dropped in the rollout",
    check: "resilience.requests-lost",
    of: () => ({ failures: 0.01 }),
  },
  {
    name: "0.1 % dropped in the rollout",
    check: "resilience.requests-lost",
    of: () => ({ failures: 0.001, perSecond: 200 }),
  },
  {
    name: "one write of 10,000 doubled",
    check: "resilience.writes",
    of: () => ({ events: readBack(1) }),
  },
  {
    name: "recovery 20 % over its figure",
    check: "resilience.recovery",
    of: () => ({
      kind: "external-outage",
      holdSeconds: 2400,
      perSecond: 20,
      failures: 0.5,
      effectLasts: 36 * 60,
    }),
  },
];

const rows = cases.map(({ name, check, of }) => {
  const all = runs(of).map((report) => failsOf(report));
  return {
    name,
    check,
    runs: repetitions,
    found: check === undefined ? undefined : all.filter((fails) => fails.includes(check)).length,
    falseFails: all.flat().filter((id) => id !== check).length,
  };
});

/** Each kind as specified, and with each fault; requests arrive as evenly as k6 sends them. */
const breakerCases = breakerKinds.flatMap((target) => {
  const { failures, openMs } = breakers[target];
  // All that is under way may be what a database's breaker counted.
  const good = { target, failures, openMs, perSecond: target === "database" ? 2 : 20 };
  const [opens, time] = [
    `resilience.breaker.${target}.failures`,
    `resilience.breaker.${target}.open-time`,
  ];
  const late = Math.ceil(failures * 1.6);
  return [
    { name: `${target} breaker as specified`, run: good },
    {
      name: `${target} breaker opens after ${late}, not ${failures}`,
      check: opens,
      run: { ...good, failures: late },
    },
    { name: `${target} breaker never opens`, check: opens, run: { ...good, failures: Infinity } },
    { name: `${target} breaker never closes`, check: time, run: { ...good, openMs: Infinity } },
    {
      name: `${target} breaker open 20 % too long`,
      check: time,
      run: { ...good, openMs: 1.2 * openMs },
    },
    {
      name: `${target} breaker open 20 % too short`,
      check: time,
      run: { ...good, openMs: 0.8 * openMs },
    },
  ];
});
const breakerRows = breakerCases.map(({ name, check, run }) => {
  const reports = Array.from({ length: repetitions }, (_, index) =>
    assess(breakerRun({ seed: seed * 3000 + index, ...run })),
  );
  const all = reports.map((report) => failsOf(report));
  const own = reports.flatMap(({ verdicts }) =>
    verdicts.filter(({ checkId }) => checkId.startsWith("resilience.breaker.")),
  );
  return {
    name,
    check,
    runs: repetitions,
    found: check === undefined ? undefined : all.filter((fails) => fails.includes(check)).length,
    passed: own.filter(({ outcome }) => outcome === "pass").length,
    inconclusive: own.filter(({ outcome }) => outcome === "inconclusive").length,
    falseFails: all.flat().filter((id) => id !== check).length,
  };
});

/** Outages of a third of the requests, and slow answers, each of a length that is drawn. */
const recoveries = Array.from({ length: 2 * repetitions }, (_, index) => {
  const truthMs = 5000 + random() * 100_000;
  const fault = index % 2 === 0 ? { failures: 0.3 } : { slower: 4 };
  const report = assess(
    eventRun({
      kind: "node-loss",
      seed: seed * 2000 + index,
      at: 60 + random(),
      lasts: 5,
      effectLasts: truthMs / 1000,
      ...fault,
    }),
  );
  const measuredMs = report.resilience?.events[0]?.impact.recoveryMs ?? Infinity;
  return { fault: Object.keys(fault).join(), truthMs, errorMs: measuredMs - truthMs };
});
const worstMs = recoveries.reduce((most, { errorMs }) => Math.max(most, Math.abs(errorMs)), 0);

const missed = [...rows, ...breakerRows]
  .filter(({ found, falseFails }) => (found ?? repetitions) < repetitions || falseFails > 0)
  .map(({ name }) => name);
if (worstMs > 1000) missed.push("recovery within a second");

process.stdout.write(
  [
    `${repetitions} runs a row; fails of the check that names the fault, and of others`,
    ...[...rows, ...breakerRows].map(
      ({ name, found, falseFails }) =>
        `${name.padEnd(38)} ${String(found ?? "–").padStart(3)} ${String(falseFails).padStart(3)}`,
    ),
    `recovery times: largest error of ${recoveries.length} ${worstMs.toFixed(0)} ms (target ≤ 1000)`,
    ...missed.map((name) => `target missed: ${name}`),
    "",
  ].join("\n"),
);
writeResult("resilience", {
  bench: "resilience",
  seed,
  repetitions,
  rows,
  breakers: breakerRows,
  recoveries: { count: recoveries.length, largestErrorMs: Math.round(worstMs) },
});
if (missed.length > 0) process.exitCode = 1;

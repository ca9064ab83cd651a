/**
 * How many minutes until the gate answers, at which error rates: the gate as it is against the one before, judged by the
 * code that judges real ones.
 *
 *   node bench/run.mjs gate-minutes [--gates 500]
 */
import { parseArgs } from "node:util";
import { gateAnalyses } from "../analysis/comparison/judge-gate.ts";
import { gate } from "../profiles/load/gate.ts";
import { usualShares } from "../profiles/load/mix.ts";
import { hold, warmUp } from "../profiles/load/phases.ts";
import { seconds } from "../src/domain/units.ts";
import {
  answersOf,
  minutesOfPair,
  requestsOf,
  samplingNoise,
  type Answers,
  type Changes,
  type GateDesign,
  type Weather,
} from "./gate-minutes-simulation.ts";
import { writeResult } from "./shared/results.ts";

const { values } = parseArgs({ options: { gates: { type: "string", default: "500" } } });
const gates = Number(values.gates);
if (!Number.isInteger(gates) || gates < 1)
  throw new RangeError(`--gates "${values.gates}" is not a number of gates: give 1 or more`);

const profileBefore = {
  ...gate,
  shares: usualShares,
  phases: [warmUp(seconds(10)), hold(seconds(30))],
};
const analysesBefore = [
  { pairs: 10, alpha: 0.015 },
  { pairs: 15, alpha: 0.015 },
  { pairs: 20, alpha: 0.02 },
];
/** Comes to 0.047 together: all that 0.05 allows. */
const fullLevel = 0.017;
const designs = {
  before: { profile: profileBefore, analyses: analysesBefore },
  "its load only": { profile: gate, analyses: analysesBefore },
  "its analyses only": { profile: profileBefore, analyses: gateAnalyses },
  "at all of 0.05": {
    profile: gate,
    analyses: gateAnalyses.map(({ pairs }) => ({ pairs, alpha: fullLevel })),
  },
  now: { profile: gate, analyses: gateAnalyses },
} as const satisfies Record<string, GateDesign>;
type DesignName = keyof typeof designs;

/** Seconds that a run takes besides its load. */
const overheads = [20, 11] as const;

const calm: Weather = {};
const weathers: Readonly<Record<string, Weather>> = {
  "sampling alone (the sandbox)": calm,
  "1.5 % between runs": { betweenRuns: 0.015 },
  "3 % between runs": { betweenRuns: 0.03 },
  "1 of 1,000 requests fails": { failing: 0.001 },
  "two hosts, 6 % apart": { slowerHost: 0.06 },
  "drift of 1.5 % a run": { drift: 0.015 },
  "heavy tails": { betweenRuns: 0.015, heavyTails: true },
  "10 % of runs spoiled": { spoiled: 0.1 },
};
const releases: Readonly<Record<string, Changes>> = {
  "the same": {},
  "API +5 %": { api: 0.05 },
  "pages +5 %": { web: 0.05 },
  "API +10 %": { api: 0.1 },
  "pages +10 %": { web: 0.1 },
};

/** At exactly the margin a gate may pass, and fail, with 0.05; by as much more as so many simulated gates vary. */
const mostWrong = 0.05 + 2 * Math.sqrt((0.05 * 0.95) / gates);

interface Row {
  readonly weather: string;
  readonly release: string;
  readonly design: DesignName;
  readonly answers: Answers;
}

let seed = 20_261_130;
const rows: Row[] = Object.entries(weathers).flatMap(([weather, disturbance]) =>
  Object.entries(releases).flatMap(([release, changes]) => {
    seed++;
    const names = (Object.keys(designs) as DesignName[]).filter(
      (name) => name === "before" || name === "now" || disturbance === calm,
    );
    return names.map((design) => ({
      weather,
      release,
      design,
      answers: answersOf(designs[design], { weather: disturbance, changes }, gates, seed),
    }));
  }),
);

const at = (ascending: readonly number[], share: number): number =>
  ascending[Math.min(ascending.length - 1, Math.floor(share * ascending.length))] ?? Infinity;
const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

const summaries = rows.map(({ weather, release, design, answers }) => {
  const { pass, fail, pairs, pairsToAnswer } = answers;
  const minutes = overheads.map((overhead) => {
    const each = minutesOfPair(designs[design], overhead);
    return {
      overhead,
      median: at(pairsToAnswer, 0.5) * each,
      p90: at(pairsToAnswer, 0.9) * each,
      mean: mean(pairs) * each,
      /** Until a clear answer, where an inconclusive gate is run again. */
      untilClear: (mean(pairs) * each) / (pass + fail),
    };
  });
  return { weather, release, design, pass, fail, meanPairs: mean(pairs), minutes };
});
type Summary = (typeof summaries)[number];

const find = (weather: string, release: string, design: DesignName): Summary => {
  const row = summaries.find(
    (each) => each.weather === weather && each.release === release && each.design === design,
  );
  if (row === undefined)
    throw new RangeError(`${weather}, ${release}, ${design} was not simulated`);
  return row;
};
const minutesAt = ({ minutes }: Summary, overhead: number) => {
  const found = minutes.find((each) => each.overhead === overhead);
  if (found === undefined) throw new RangeError(`no minutes with ${overhead} s`);
  return found;
};

const worst = (design: DesignName, read: (row: Summary) => number, of: RegExp): number =>
  Math.max(...summaries.filter((row) => row.design === design && of.test(row.release)).map(read));
const claims = (["before", "now"] as const).flatMap((design) =>
  [
    { what: "FAIL of the same build", of: /same/, read: (row: Summary) => row.fail, limit: 0.01 },
    { what: "PASS at exactly +5 %", of: /\+5/, read: (row: Summary) => row.pass, limit: mostWrong },
    { what: "FAIL at exactly +5 %", of: /\+5/, read: (row: Summary) => row.fail, limit: mostWrong },
    { what: "PASS at +10 %", of: /\+10/, read: (row: Summary) => row.pass, limit: 0.01 },
  ].map(({ what, of, read, limit }) => {
    const value = worst(design, read, of);
    const claim = `${design}: ${what}, worst series`;
    return { claim, value, target: `≤ ${limit.toFixed(3)}`, holds: value <= limit };
  }),
);

const ratios = ["sampling alone (the sandbox)", "1.5 % between runs"].flatMap((weather) =>
  ["the same", "API +10 %", "pages +10 %"].map((release) => {
    const [before, now] = [find(weather, release, "before"), find(weather, release, "now")];
    const ratio = (of: "median" | "untilClear", from: number, to: number) =>
      minutesAt(now, to)[of] / minutesAt(before, from)[of];
    return {
      weather,
      release,
      /** Both with 20 s besides the load: what load and analyses alone gain. */
      equalOverhead: ratio("median", 20, 20),
      untilClearEqualOverhead: ratio("untilClear", 20, 20),
      /** 20 s before, 11 s now. */
      asMeasured: ratio("median", 20, 11),
      untilClearAsMeasured: ratio("untilClear", 20, 11),
    };
  }),
);

const share = (value: number): string => `${(value * 100).toFixed(1).padStart(5)} %`;
const number = (value: number): string =>
  (Number.isFinite(value) ? value.toFixed(1) : "never").padStart(6);
const noises = (["before", "now"] as const).map((name) => {
  const [requests, noise] = [requestsOf(designs[name]), samplingNoise(designs[name])];
  const list = (["web", "api", "subgraph"] as const).map(
    (surface) =>
      `${surface} ${Math.round(requests[surface])} requests, ${(noise[surface] * 100).toFixed(1)} %`,
  );
  return `${name.padEnd(8)} ${list.join("; ")}`;
});
process.stdout.write(
  [
    "Noise of one run's p95 by sampling:",
    ...noises,
    `\n${gates} gates a row; minutes until a clear answer (median, 90 %), of the gate (mean), and until a clear answer if an`,
    "inconclusive gate is run again; with 20 s and with 11 s a run besides its load",
    `${"release".padEnd(12)} ${"design".padEnd(20)}   PASS    FAIL   pairs | 20 s: median  p90   mean  again | 11 s: median  p90   mean  again`,
    ...summaries.map((row, index) => {
      const heading = summaries[index - 1]?.weather === row.weather ? "" : `\n${row.weather}\n`;
      const minutes = row.minutes.map((each) =>
        [each.median, each.p90, each.mean, each.untilClear].map(number).join(" "),
      );
      return `${heading}${row.release.padEnd(12)} ${row.design.padEnd(20)} ${share(row.pass)} ${share(row.fail)} ${number(row.meanPairs)} |      ${minutes.join(" |     ")}`;
    }),
    "\nMinutes now / before: median until a clear answer, and with inconclusive gates run again",
    ...ratios.map(
      (each) =>
        `${each.weather.padEnd(30)} ${each.release.padEnd(12)} equal overhead ${each.equalOverhead.toFixed(2)}, ${each.untilClearEqualOverhead.toFixed(2)}; 20 s before, 11 s now ${each.asMeasured.toFixed(2)}, ${each.untilClearAsMeasured.toFixed(2)}`,
    ),
    "",
    ...claims.map(
      ({ claim, value, target, holds }) =>
        `${holds ? "holds " : "MISSED"}  ${value.toFixed(4)}  ${target}  ${claim}`,
    ),
    "",
  ].join("\n"),
);
writeResult("gate-minutes", { bench: "gate-minutes", gates, noises, summaries, ratios, claims });
if (claims.some(({ holds }) => !holds)) process.exitCode = 1;

/**
 * How often is the gate wrong, and how often does it see what is there? Seeded releases with a known change, judged by
 * the code that judges real ones; see docs/decisions/0012-release-comparison.md. Every share is of all simulated releases.
 */
import { gateAnalyses } from "../analysis/comparison/judge-gate.ts";
import type { Rates, Release } from "./gate-simulation.ts";
import { gateRatesOf, ratesOf } from "./gate-simulation.ts";
import { writeResult } from "./shared/results.ts";

const changes = [0, 0.025, 0.05, 0.1, 0.15, 0.2] as const;
const repetitions = 2000;
const gateRepetitions = 400;
const claims: {
  claim: string;
  value: number;
  target: string;
  /** What the reference measured with its own simulation, where it did. */
  reference: string;
  holds: boolean;
}[] = [];

const atMost = (claim: string, value: number, limit: number, reference = "–"): void => {
  claims.push({ claim, value, target: `≤ ${limit}`, reference, holds: value <= limit });
};
const atLeast = (claim: string, value: number, limit: number, reference = "–"): void => {
  claims.push({ claim, value, target: `≥ ${limit}`, reference, holds: value >= limit });
};

let seed = 20_250_301;
const row = (label: string, release: Omit<Release, "change">) => ({
  label,
  release,
  rates: changes.map((change) => ratesOf({ ...release, change }, repetitions, seed++)),
});
type Row = ReturnType<typeof row>;

/** PASS/FAIL/INC of the reference (paired, α 0.05) where it states them (?: it does not; nor the pairs under drift and with spoiled runs): 0, +2.5, +5, +10, +15 %. */
const references: Readonly<Record<string, string>> = {
  "1 % 5": "1/0/0  .93/0/.07  .04/.05/.91  0/1/0  0/1/0",
  "2 % 5": ".93/0/.07  .49/0/.51  .05/.05/.90  0/.90/.10  0/1/0",
  "3 % 8": ".90/0/.10  .42/0/.58  .05/.06/.89  0/.86/.14  0/1/0",
  "3 % 12": ".98/0/.02  .59/0/.41  .06/.06/.88  0/.97/.03  0/1/0",
  "5 % 12": ".73/0/.27  .29/0/.71  .05/.05/.90  0/.68/.32  0/.99/.01",
  "5 % 20": ".90/0/.10  .43/0/.57  .05/.05/.90  0/.88/.12  0/1/0",
  "10 % 20": ".43/0/.57  .19/.01/.80  .05/.05/.90  0/.39/.61  0/.87/.13",
  "drift 1.5 %/run, pairs, 10": "?/0/?  ?/?/?  .05/.05/.90  ?/?/?  ?/?/?",
  "drift 1.5 %/run, A…AB…B, 10": "?/.03/?  ?/?/?  .24/.25/.51  ?/?/?  ?/?/?",
  "10 % of runs spoiled, 12": "?/?/?  ?/?/?  ?/?/?  ?/.79/?  ?/?/?",
};

const noiseRows = [0.01, 0.02, 0.03, 0.05, 0.1].flatMap((noise) =>
  [5, 8, 12, 20].map((pairs) => row(`${noise * 100} % ${pairs}`, { noise, pairs })),
);
const walk = { noise: 0.03, drift: 0.015 };
const driftRows = [10, 20].flatMap((pairs) => [
  row(`drift 1.5 %/run, pairs, ${pairs}`, { ...walk, pairs }),
  row(`drift 1.5 %/run, A…AB…B, ${pairs}`, { ...walk, pairs, order: "blocks" }),
]);
const spoiledRows = [12, 20].map((pairs) =>
  row(`10 % of runs spoiled, ${pairs}`, { noise: 0.03, spoiled: 0.1, pairs }),
);

const gateRows = [0, 0.5].flatMap((correlation) =>
  [0, 0.05, 0.1, 0.2].map((change) => ({
    correlation,
    change,
    rates: gateRatesOf({ noise: 0.03, change, correlation }, gateRepetitions, seed++),
  })),
);

const at = ({ rates }: Row, change: (typeof changes)[number]): Rates =>
  rates[changes.indexOf(change)] ?? { pass: 1, fail: 1, inconclusive: 1 };
const interleaved = [
  ...noiseRows,
  ...driftRows.filter(({ release }) => release.order !== "blocks"),
];
const worst = (rows: readonly Row[], read: (each: Row) => number): number =>
  Math.max(...rows.map(read));

atMost(
  "false FAIL on A/A, worst cell",
  worst(interleaved, (each) => at(each, 0).fail),
  0.01,
  "0",
);
atMost(
  "PASS at exactly +5 %, worst noise cell",
  worst(noiseRows, (each) => at(each, 0.05).pass),
  0.068,
  ".06",
);
atMost(
  "FAIL at exactly +5 %, worst noise cell",
  worst(noiseRows, (each) => at(each, 0.05).fail),
  0.068,
  ".06",
);
for (const each of noiseRows.filter(({ label }) => label === "3 % 12")) {
  atLeast("FAIL at +10 %, 3 % noise, 12 pairs", at(each, 0.1).fail, 0.95, ".97");
  atMost("false PASS at +10 %, 3 % noise, 12 pairs", at(each, 0.1).pass, 0.01, "0");
  atLeast("FAIL at +20 %, 3 % noise, 12 pairs", at(each, 0.2).fail, 0.99, "1 at +15 %");
}
const drifting = driftRows.filter(({ release }) => release.order !== "blocks");
const wrong = (each: Row): number =>
  Math.max(at(each, 0).fail, at(each, 0.05).pass, at(each, 0.05).fail, at(each, 0.1).pass);
atMost("wrong verdicts under drift, interleaved", worst(drifting, wrong), 0.07, ".05");
atMost("wrong verdicts with spoiled runs", worst(spoiledRows, wrong), 0.07);
for (const { correlation, change, rates } of gateRows) {
  const name = `whole gate, metrics correlated ${correlation}, 3 % noise`;
  if (change === 0) atLeast(`${name}: A/A PASS by the last analysis`, rates.pass, 0.9);
  if (change === 0) atMost(`${name}: A/A FAIL`, rates.fail, 0.01);
  if (change === 0.05) atMost(`${name}: PASS at +5 % of one p95`, rates.pass, 0.068);
  if (change === 0.1) atMost(`${name}: PASS at +10 % of one p95`, rates.pass, 0.01);
  if (change === 0.2) atLeast(`${name}: FAIL at +20 % of one p95`, rates.fail, 0.99);
}

const clearAt = [6, 11, 15, 20] as const;
const share = (value: number): string =>
  value
    .toFixed(2)
    .replace(/^0/, "")
    .replace(/^\.00$/, "0");
const three = ({ pass, fail, inconclusive }: Rates): string =>
  [pass, fail, inconclusive].map(share).join("/").padEnd(13);
const lineOf = ({ label, rates }: Row): string =>
  `${label.padEnd(30)} ${rates.map(three).join(" ")}${
    references[label] === undefined
      ? ""
      : `\n${"  reference".padEnd(30)} ${(references[label] ?? "")
          .split("  ")
          .map((cell) => cell.padEnd(13))
          .join(" ")}`
  }`;
const heading = (title: string): string =>
  `\n${title.padEnd(30)} ${changes.map((change) => (change === 0 ? "A/A" : `+${change * 100} %`).padEnd(13)).join(" ")}`;

process.stdout.write(
  [
    `PASS/FAIL/INCONCLUSIVE of one metric, one analysis, α 0.05 on each side; ${repetitions} releases a cell`,
    heading("noise, pairs"),
    ...noiseRows.map(lineOf),
    heading("3 % noise"),
    ...driftRows.map(lineOf),
    ...spoiledRows.map(lineOf),
    `\nWhole gate: p95 and errors of 3 surfaces, throughput; 3 % noise; analyses at ${gateAnalyses.map(({ pairs }) => pairs).join(", ")} pairs; ${gateRepetitions} releases a row`,
    `correlation  API p95   PASS/FAIL/INC  clear by ${clearAt.join("   ")}   mean pairs`,
    ...gateRows.map(
      ({ correlation, change, rates }) =>
        `${String(correlation).padEnd(11)}  ${`+${change * 100} %`.padEnd(8)}  ${three(rates)}  ${clearAt.map((pairs) => share(rates.clearBy[pairs] ?? 0).padStart(pairs === 6 ? 10 : 5)).join("")}   ${rates.meanPairs.toFixed(1)}`,
    ),
    "\n        measured  target   reference     claim",
    ...claims.map(
      ({ claim, value, target, reference, holds }) =>
        `${holds ? "holds " : "MISSED"}  ${value.toFixed(4)}  ${target.padEnd(8)} ${reference.padEnd(13)} ${claim}`,
    ),
    "",
  ].join("\n"),
);
const result = {
  bench: "gate",
  repetitions,
  gateRepetitions,
  changes,
  claims,
  noiseRows,
  driftRows,
  spoiledRows,
  gateRows,
};
writeResult("gate", result);
if (claims.some(({ holds }) => !holds)) process.exitCode = 1;

/**
 * A year of nights with planted changes through the code of `headroom nightly`: what was planted, what was found and when,
 * what a receiver got. And how many messages a year come from objectives that never change, beside the number that the
 * nightly run prints. `--keep DIR` leaves the run directories there.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { falseAlarmsPerYear } from "../analysis/history/judge-nightly.ts";
import { noiseKinds } from "./detect-simulation.ts";
import { liveThrough, plantedYear, stationaryMessages } from "./nightly-year-simulation.ts";
import { writeResult } from "./shared/results.ts";

const seed = 20_251_122;
/** Years of one objective; objectives are independent here, so that ten of them are ten times as much. */
const stationaryYears = 200;

const kept = process.argv.indexOf("--keep");
const root =
  kept < 0
    ? mkdtempSync(path.join(tmpdir(), "headroom-year-"))
    : path.resolve(process.argv[kept + 1] ?? "year");

const began = performance.now();
const outcome = await liveThrough(plantedYear, root, seed);
const secondsOfYear = (performance.now() - began) / 1000;
if (kept < 0) rmSync(root, { recursive: true });

const delay = (night: number | undefined, from: number): string =>
  night === undefined ? "–" : String(night - from + 1);
process.stdout.write(
  [
    `${plantedYear.nights} nights of three runs, ${outcome.objectives} objectives, seed ${seed}: ${secondsOfYear.toFixed(0)} s`,
    "",
    `${"planted".padEnd(32)} ${"objective".padEnd(22)} night  found after  notified after (nights)`,
    ...outcome.edges.map(
      ({ what, metric, night, found, heard }) =>
        `${what.padEnd(32)} ${metric.padEnd(22)} ${String(night).padStart(5)}  ${delay(found, night).padStart(11)}  ${delay(heard, night).padStart(10)}`,
    ),
    "",
    `messages: ${outcome.sent.length}, false: ${outcome.falseMessages.length}, twice: ${outcome.repeated}, refused and kept: ${outcome.refusals} tries, still waiting: ${outcome.waiting.length}`,
    ...outcome.sent.map(
      ({ night, severity, kind, sentence }) =>
        `  night ${String(night).padStart(3)}  ${severity} ${kind}: ${sentence}`,
    ),
    `outlier nights shown and not sent: ${outcome.outlierNights}`,
    "",
    "",
  ].join("\n"),
);

const stationary = noiseKinds.slice(0, 3).map((kind, order) => {
  const counts = stationaryMessages(kind, stationaryYears, seed + order);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const perYear = total / stationaryYears;
  const standardError =
    Math.sqrt(counts.reduce((sum, count) => sum + (count - perYear) ** 2, 0)) / stationaryYears;
  process.stdout.write(
    `false messages a year of one objective that never changes, ${kind.name}: ${perYear.toFixed(3)} ± ${standardError.toFixed(3)} (${total} in ${stationaryYears} years)\n`,
  );
  return { noise: kind.name, years: stationaryYears, messages: total, perYear, standardError };
});
const printed = falseAlarmsPerYear(outcome.objectives);
process.stdout.write(
  `${outcome.objectives} objectives: headroom nightly prints ${printed.low.toFixed(1)} to ${printed.high.toFixed(1)} a year\n`,
);

writeResult("nightly-year", {
  bench: "nightly-year",
  seed,
  secondsOfYear,
  ...outcome,
  stationary,
  printed,
});
const missed = outcome.edges.filter(({ found }) => found === undefined);
for (const { what, metric } of missed) process.stdout.write(`never found: ${what} of ${metric}\n`);
if (missed.length + outcome.repeated + outcome.waiting.length > 0) process.exitCode = 1;

/**
 * Do the plan's P10 and P90 hold eight of ten months that come, whatever shape the history has? Eight shapes, histories of
 * 12, 24 and 36 months, up to 18 months ahead, beside damped exponential smoothing on the same series.
 * See docs/decisions/0014-dates-as-first-passages.md.
 */
import { horizons, meanOf, planned, scoreOf, smoothed, type Score } from "./forecast-simulation.ts";
import { seriesKinds, simulateSeries } from "./forecast-shapes-simulation.ts";
import { writeResult } from "./shared/results.ts";

const repetitions = 60;
const paths = 300;
const seed = 20_261_201;
const lengths = [12, 24, 36];

const rows = lengths.flatMap((months) =>
  seriesKinds.map((kind, index) => {
    const series = Array.from({ length: repetitions }, (_, number) =>
      simulateSeries(kind, {
        months,
        ahead: Math.max(...horizons),
        seed: seed + 100_000 * index + 1000 * months + number,
      }),
    );
    return {
      months,
      kind: kind.name,
      plan: scoreOf(planned(paths), series, seed),
      reference: scoreOf(smoothed, series, seed),
    };
  }),
);

/** All shapes together, by length. */
const totals = lengths.map((months) => {
  const own = rows.filter((row) => row.months === months);
  const mean = (of: (row: (typeof rows)[number]) => readonly number[]): number =>
    meanOf(own.map((row) => meanOf(of(row))));
  return {
    months,
    coverage: mean(({ plan }) => plan.coverage),
    referenceCoverage: mean(({ reference }) => reference.coverage),
    intervalScore: mean(({ plan }) => plan.intervalScore),
    referenceIntervalScore: mean(({ reference }) => reference.intervalScore),
    refusedRatio: meanOf(own.map(({ plan }) => plan.refused / plan.series)),
  };
});

const targets = { coverage: [0.75, 0.85], refusedRatio: 0.02 } as const;
const missed = totals.filter(
  (row) =>
    row.coverage < targets.coverage[0] ||
    row.coverage > targets.coverage[1] ||
    row.intervalScore > row.referenceIntervalScore ||
    row.refusedRatio > targets.refusedRatio,
);

const figures = (values: readonly number[]): string =>
  values.map((value) => value.toFixed(2)).join(" ");
const line = (name: string, score: Score): string =>
  `  ${name.padEnd(9)} in P10–P90 ${figures(score.coverage)} (${meanOf(score.coverage).toFixed(2)})  interval score ${figures(score.intervalScore)} (${meanOf(score.intervalScore).toFixed(2)})  refused ${score.refused}`;
process.stdout.write(
  [
    `${repetitions} series a row; ${horizons.join(", ")} months ahead (mean)`,
    ...rows.flatMap(({ months, kind, plan, reference }) => [
      `${months} months, ${kind}`,
      line("plan", plan),
      line("smoothing", reference),
    ]),
    ...totals.map(
      (row) =>
        `${row.months} months, all shapes: in P10–P90 ${row.coverage.toFixed(3)} (smoothing ${row.referenceCoverage.toFixed(3)}), interval score ${row.intervalScore.toFixed(3)} (smoothing ${row.referenceIntervalScore.toFixed(3)}), refused ${(row.refusedRatio * 100).toFixed(1)} %`,
    ),
    ...missed.map(({ months }) => `target missed at ${months} months`),
    "",
  ].join("\n"),
);

const rounded = (_: string, value: unknown): unknown =>
  typeof value === "number" ? Math.round(value * 1e4) / 1e4 : value;
const result = { bench: "forecast", repetitions, paths, seed, horizons, targets, totals, rows };
writeResult("forecast", result, rounded);
if (missed.length > 0) process.exitCode = 1;

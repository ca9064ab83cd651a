/** Signs that the values are no runs but parts of runs: windows of time, or single requests. */
import { decimal, formatCount } from "../../src/domain/number-text.ts";
import { median } from "simple-statistics";
import type { Warning } from "../../src/domain/estimate.ts";
import { driftPValue } from "./choose-design.ts";

/** One sample as compared. */
export interface SampleOfRuns {
  /** How it is called in messages. */
  readonly name: string;
  /** Places on the scale of the comparison, in the order of the input. */
  readonly places: readonly number[];
  /** Epoch milliseconds of each value, where the input has times. */
  readonly timesMs?: readonly number[] | undefined;
}

/** Runs of minutes, one after another on each side, would take a whole day. */
const mostRuns = 50;
/** Fewer cannot show that neighbours resemble each other. */
const fewestOrdered = 8;
/** Of one sample: true runs that only vary by chance are warned about this often. */
const acceptedP = 0.01;
/** No run that measures a p95 is shorter, with its start and its warm-up. */
const shortestRunMs = 60_000;

const advice =
  "Give one value a run: windows or requests of one run depend on each other, and their interval is too narrow for a comparison of runs";

/**
 * One warning for each sign: more values than anybody has runs, values less than a minute apart, and values that
 * resemble their neighbours (Bartels' rank ratio, p < 0.01; from eight values on).
 */
export function unitWarnings(samples: readonly SampleOfRuns[]): Warning[] {
  const signs = samples.flatMap((sample) => signsOf(sample));
  if (signs.length === 0) return [];
  return [
    {
      code: "unit-of-comparison",
      message: `${signs.join("; ")}. ${advice}`,
    },
  ];
}

function signsOf({ name, places, timesMs }: SampleOfRuns): string[] {
  const signs: string[] = [];
  if (places.length > mostRuns) signs.push(`the ${name} has ${places.length} values`);
  const spacing = usualSpacing(timesMs);
  if (spacing !== undefined && spacing < shortestRunMs)
    signs.push(`values of the ${name} are ${formatCount(spacing / 1000)} s apart`);
  const chance = places.length < fewestOrdered ? 1 : driftPValue(places);
  if (chance < acceptedP)
    signs.push(
      `values of the ${name} resemble the ones before them (p = ${chance < 0.001 ? "< 0.001" : decimal(chance, 3)}: parts of one run, or a level that drifted)`,
    );
  return signs;
}

function usualSpacing(timesMs: readonly number[] = []): number | undefined {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const steps = sorted.slice(1).map((time, i) => time - (sorted[i] ?? time));
  return steps.length === 0 ? undefined : median(steps);
}

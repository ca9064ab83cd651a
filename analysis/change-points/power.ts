/** How small a change could still have been found: a pattern or noise that hides changes must not do so silently. */
import { median } from "simple-statistics";
import type { Confirmed } from "./confirm.ts";
import type { Series } from "./energy.ts";
import { fitNoise } from "./noise.ts";
import type { Scaled } from "./scale.ts";
import { mostSpikes, spikeLimit } from "./spikes.ts";
import type { SmallestDetectable } from "./types.ts";

interface DetectableStep {
  /** On the scale of the segments. */
  readonly step: number;
  /** Values for which the change has to last. */
  readonly lasting: number;
}

/** Two weeks of nightly values: a change that is not found by then has been missed. */
const usualLength = 14;
/**
 * Standard errors of the difference of two levels that are found at their place in about 80 % of simulated series,
 * whatever the kind of noise: bench/detect.ts.
 */
const neededErrors = 5;

/**
 * The step at the end of the series that would be found in about four of five cases:
 * 5 · s · √(1/k + 1/(n − k)) · √((1 + φ)/(1 − φ)), s and φ of the noise around the levels, k = 14 or n/2.
 * @param segments each one level, in time order, at least six values in all
 */
function detectableStep(segments: readonly Series[]): DetectableStep {
  const n = segments.reduce((sum, { length }) => sum + length, 0);
  const lasting = Math.min(usualLength, Math.floor(n / 2));
  const { phi, innovations } = fitNoise(segments);
  const variance = innovations.reduce((sum, value) => sum + value ** 2, 0) / innovations.length;
  const perValue = (variance / (1 - phi ** 2)) * ((1 + phi) / (1 - phi));
  return { step: neededErrors * Math.sqrt(perValue * (1 / lasting + 1 / (n - lasting))), lasting };
}

/** Not below the smallest change that is reported at all; bursts are no noise. */
export function smallestDetectable(
  { changes, bursts }: Confirmed,
  { kind, values, unscale }: Scaled,
  minChange: number,
): SmallestDetectable {
  const ends = [...changes.map(({ index }) => index), values.length];
  const limit = spikeLimit(values);
  const away = new Set(bursts.flatMap((burst) => burst.away));
  const segments = ends.map((end, i) => {
    const start = ends[i - 1] ?? 0;
    return limited(
      values.subarray(start, end).filter((_, position) => !away.has(start + position)),
      limit,
    );
  });
  const { step, lasting } = detectableStep(segments);
  return kind === "log"
    ? { lasting, ratio: Math.max(unscale(step), 1 + minChange) }
    : { lasting, difference: unscale(step) };
}

/** Spikes count as if they were as small as spikes can be: the detection hardly looks at how large they are. */
function limited(segment: Series, limit: number): Series {
  const level = median([...segment]);
  const near = segment.map((value) => Math.min(level + limit, Math.max(level - limit, value)));
  const spikes = segment.filter((value, i) => value !== near[i]).length;
  return limit === 0 || spikes > mostSpikes * segment.length ? segment : near;
}

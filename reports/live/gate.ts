/** What the live view says of a gate: its pairs, and the intervals as they close in on the margin. */
import { formatCount } from "../../src/domain/number-text.ts";
import type { Chart } from "../kit/chart.ts";
import { charts, itemTable, sentences, type Part } from "../kit/block.ts";
import type { GateDocument, GateMetricResult } from "../gate/document.ts";
import { metricColumns } from "../gate/parts.ts";
import { limitOf, ratioWord, requiredOf, spanWord } from "../gate/words.ts";

/** A required metric after so many pairs. */
interface Step {
  readonly pairs: number;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** What the pairs so far say; before the next analysis they decide nothing. */
export class LiveGateState {
  /** As if it were analysed now; absent before the first pair. */
  document: GateDocument | undefined;
  readonly #steps = new Map<string, Step[]>();

  pair(document: GateDocument): void {
    const isNew = document.pairs > (this.document?.pairs ?? 0);
    this.document = document;
    if (!isNew) return;
    for (const { id, comparison } of requiredOf(document)) {
      if (comparison === undefined) continue;
      const { ratio, low, high } = comparison;
      const steps = this.#steps.get(id) ?? [];
      steps.push({ pairs: document.pairs, ratio, low, high });
      this.#steps.set(id, steps);
    }
  }

  stepsOf(id: string): readonly Step[] {
    return this.#steps.get(id) ?? [];
  }
}

/** @param analyses after how many pairs the gate decides */
export function gatePart(gate: LiveGateState, analyses: readonly number[]): Part {
  const { document } = gate;
  const most = analyses.at(-1) ?? 0;
  const id = "gate";
  if (document === undefined)
    return { id, title: "Pairs", blocks: [sentences([`No pair of at most ${most} is done yet.`])] };
  const { pairs, lostAttempts } = document;
  const next = analyses.find((each) => each > pairs);
  const required = requiredOf(document);
  const { metric, baseline, candidate, ratio } = metricColumns(document);
  const lost = lostAttempts.length === 0 ? "" : `, ${formatCount(lostAttempts.length)} lost`;
  return {
    id,
    title: `Pairs: ${formatCount(pairs)} of at most ${formatCount(most)}${lost}`,
    lead: `Candidate over baseline, with the interval as it would be with the pairs so far. ${next === undefined ? "No analysis is left." : `The next analysis is after ${formatCount(next)} pairs; until then nothing is decided.`}`,
    blocks: [
      ...itemTable("pairs", "Required metrics so far", required, [
        metric,
        ratio,
        baseline,
        candidate,
      ]),
      charts(
        required.flatMap((each) => closingIn(each, gate, analyses) ?? []),
        "grid",
      ),
    ],
  };
}

/** An interval for every number of pairs: a stroke that gets shorter. */
function closingIn(
  metric: GateMetricResult,
  gate: LiveGateState,
  analyses: readonly number[],
): Chart | undefined {
  const steps = gate.stepsOf(metric.id);
  const { document } = gate;
  if (document === undefined || steps.length === 0) return undefined;
  const limit = limitOf(metric, document);
  const most = Math.max(analyses.at(-1) ?? 1, document.pairs);
  const reach = Math.min(
    2,
    Math.max(
      1.15,
      limit,
      // Of the first pairs an interval has no end, and is drawn from edge to edge.
      ...steps
        .flatMap(({ low, ratio, high }) => [low, ratio, high])
        .filter((each) => each > 0 && Number.isFinite(each))
        .map(farFromOne),
    ),
  );
  const within = (ratio: number) => Math.min(reach, Math.max(1 / reach, ratio));
  const title = `${metric.title}: interval after each pair`;
  return {
    title,
    legend: [],
    plots: [
      {
        title,
        description: `${steps.map(({ pairs, ratio, low, high }) => `${pairs} pairs: ${ratioWord(ratio)}, ${ratioWord(low)} to ${ratioWord(high)}`).join("; ")}. Limit ${ratioWord(limit)}.`,
        plotHeight: 92,
        x: {
          from: 0.5,
          to: most + 0.5,
          ticks: analyses.map((at) => ({ at, label: `${at}` })),
          label: "pairs; marked: analyses",
        },
        y: {
          from: 1 / reach,
          to: reach,
          isLog: true,
          ticks: [{ at: limit, label: ratioWord(limit) }],
        },
        bands: [
          {
            className: "main",
            isStrokes: true,
            points: steps.map(({ pairs, low, high }) => [pairs, within(low), within(high)]),
          },
        ],
        levels: [
          { className: "reference", y: 1, label: "" },
          { className: "limit", y: limit, label: "" },
        ],
        dots: steps.map(({ pairs, ratio, low, high }) => ({
          className: "candidate",
          x: pairs,
          y: within(ratio),
          words: `${pairs} pairs: ${ratioWord(ratio)}, ${ratioWord(low)} to ${ratioWord(high)}`,
        })),
      },
    ],
    note: `Now ${ratioWord(metric.comparison?.ratio)}, ${spanWord(metric.comparison)}.`,
  };
}

const farFromOne = (ratio: number): number => (ratio < 1 ? 1 / ratio : ratio) * 1.02;

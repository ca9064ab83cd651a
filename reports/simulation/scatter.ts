/** Violation seconds against pod-hours, one mark for each policy, the front joined by a line. */
import { formatCount } from "../../src/domain/number-text.ts";
import type { Chart } from "../kit/chart.ts";
import { linearAxis, type Axis, type PlotDot, type PlotPoint } from "../kit/plot.ts";
import { frontOf, type SweepDocument, type SweepEntry } from "./document.ts";

export function scatter({ points, workload }: SweepDocument): Chart {
  const front = frontOf(points);
  const title = `Policies for ${workload}: violation seconds against pod-hours`;
  const beaten = points.filter(({ onFront }) => !onFront);
  const given = points.find(({ isGiven }) => isGiven);
  return {
    title,
    legend: [
      { className: "front", shape: "line", label: "the front: no policy has less of both" },
      { className: "beaten", shape: "dot", label: "beaten by one of the front" },
    ],
    plots: [
      {
        title,
        description: description(points, front),
        plotHeight: 340,
        x: { ...axis(points.map(({ podHours }) => podHours)), label: "pod-hours" },
        y: axis(
          points.map(({ violationSeconds }) => violationSeconds),
          " s",
          0,
        ),
        lines: [{ className: "front", points: stairs(front.map(placeOf)) }],
        dots: [
          ...beaten.map((point) => ({ ...dotOf(point), className: "beaten" })),
          ...front.map((point) => ({ ...dotOf(point), className: "front", sign: "◆" })),
          ...(given === undefined
            ? []
            : [{ ...dotOf(given), className: "given", label: "as given" }]),
        ],
      },
    ],
  };
}

/** With some room on both sides, from `least` where that is given. */
function axis(values: readonly number[], unit = "", least?: number): Axis {
  const low = values.reduce((lowest, value) => Math.min(lowest, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const room = Math.max((high - low) * 0.06, high === low ? 1 : 0);
  const [from, to] = [least ?? Math.max(0, low - room), high + room];
  return linearAxis([from, to], 6, (value) => `${formatCount(value)}${unit}`);
}

const placeOf = ({ podHours, violationSeconds }: SweepEntry): PlotPoint => [
  podHours,
  violationSeconds,
];

/** Along first, then down: between two policies of the front nothing better is known. */
const stairs = (points: readonly PlotPoint[]): readonly PlotPoint[] =>
  points.flatMap(([x, y], index) => {
    const before = points[index - 1];
    return before === undefined
      ? [[x, y]]
      : [
          [x, before[1]],
          [x, y],
        ];
  });

const dotOf = (point: SweepEntry): Omit<PlotDot, "className"> => ({
  x: point.podHours,
  y: point.violationSeconds,
  words: `${choiceText(point)}: ${placeText(point)}`,
});

const placeText = ({ violationSeconds, podHours }: SweepEntry): string =>
  `${formatCount(violationSeconds)} s at ${formatCount(podHours)} pod-hours`;

const choiceText = ({ choice }: SweepEntry): string =>
  Object.entries(choice)
    .map(([axisName, value]) => `${axisName} ${value}`)
    .join(", ");

const description = (points: readonly SweepEntry[], front: readonly SweepEntry[]): string =>
  `${points.length} policies. The front: ${front.map((point) => `${placeText(point)} (${choiceText(point)})`).join("; ")}.`;

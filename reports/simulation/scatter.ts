/** Violation seconds against pod-hours, one mark per policy, the front joined by a line. */
import { formatCount } from "../../src/domain/number-text.ts";
import { scaleLinear } from "d3-scale";
import { markup, Markup } from "../markup.ts";
import { frontOf, type SweepDocument, type SweepEntry } from "./document.ts";

const width = 960;
const height = 420;
const plot = { left: 74, right: 24, top: 30, bottom: 50 };

export function scatter({ points, workload }: SweepDocument): Markup {
  const toX = axis(
    points.map(({ podHours }) => podHours),
    [plot.left, width - plot.right],
  );
  const toY = axis(
    points.map(({ violationSeconds }) => violationSeconds),
    [height - plot.bottom, plot.top],
    0,
  );
  const front = frontOf(points);
  const given = points.find(({ isGiven }) => isGiven);
  const at = (point: SweepEntry): readonly [number, number] => [
    toX(point.podHours),
    toY(point.violationSeconds),
  ];
  const steps = front.map((point, index) => {
    const [x, y] = at(point);
    return index === 0 ? `M${x},${y}` : `H${x}V${y}`;
  });
  return markup`<svg class="scatter" role="img" viewBox="0 0 ${width} ${height}">
<title>Policies for ${workload}: violation seconds against pod-hours</title><desc>${describe(points, front)}</desc>
${toX.ticks.map((tick) => markup`<path class="grid" d="M${toX(tick)},${plot.top}V${height - plot.bottom}"/><text class="axis" x="${toX(tick)}" y="${height - plot.bottom + 18}" text-anchor="middle">${formatCount(tick)}</text>`)}
${toY.ticks.map((tick) => markup`<path class="grid" d="M${plot.left},${toY(tick)}H${width - plot.right}"/><text class="axis" x="${plot.left - 8}" y="${toY(tick) + 4}" text-anchor="end">${formatCount(tick)}</text>`)}
<text class="axis" x="${(plot.left + width - plot.right) / 2}" y="${height - 10}" text-anchor="middle">pod-hours →</text>
<text class="axis" x="${plot.left - 62}" y="${plot.top - 14}">↑ violation seconds</text>
${points.filter(({ onFront }) => !onFront).map((point) => mark("beaten", at(point), point))}
<path class="front" d="${new Markup(steps.join(""))}"/>
${front.map((point) => mark("best", at(point), point))}
${given !== undefined && givenMark(at(given))}
</svg>`;
}

type Axis = ((value: number) => number) & { readonly ticks: readonly number[] };

/** A scale with some room on both sides, that never goes below `least`. */
function axis(values: readonly number[], range: readonly [number, number], least?: number): Axis {
  const low = values.reduce((least_, value) => Math.min(least_, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const room = Math.max((high - low) * 0.06, high === low ? 1 : 0);
  const from = least === undefined ? Math.max(0, low - room) : least;
  const scale = scaleLinear([from, high + room], [...range]);
  const rounded = (value: number) => Math.round(scale(value) * 10) / 10;
  return Object.assign(rounded, { ticks: scale.ticks(6) });
}

function mark(
  kind: "best" | "beaten",
  [x, y]: readonly [number, number],
  point: SweepEntry,
): Markup {
  const words = `${choiceText(point)}: ${formatCount(point.violationSeconds)} s, ${formatCount(point.podHours)} pod-hours`;
  return kind === "best"
    ? markup`<path class="best" d="M${x},${y - 7}l7,7l-7,7l-7,-7z"><title>${words}</title></path>`
    : markup`<circle class="beaten" cx="${x}" cy="${y}" r="4"><title>${words}</title></circle>`;
}

function givenMark([x, y]: readonly [number, number]): Markup {
  const isLeft = x < width / 2;
  return markup`<circle class="given" cx="${x}" cy="${y}" r="11"/><text class="given-label" x="${x + (isLeft ? 16 : -16)}" y="${y - 8}" text-anchor="${isLeft ? "start" : "end"}">as given</text>`;
}

const choiceText = ({ choice }: SweepEntry): string =>
  Object.entries(choice)
    .map(([axisName, value]) => `${axisName} ${value}`)
    .join(", ");

function describe(points: readonly SweepEntry[], front: readonly SweepEntry[]): string {
  const words = front.map(
    (point) =>
      `${formatCount(point.violationSeconds)} s at ${formatCount(point.podHours)} pod-hours (${choiceText(point)})`,
  );
  return `${points.length} policies. The front: ${words.join("; ")}.`;
}

import type { Report, Series } from "../../src/domain/report.ts";
import type { UnitName } from "../../src/domain/units.ts";
import { formatLimit } from "../format.ts";
import type { PanelLine } from "../svg/time-series.ts";
import { isJudged, surfaceNames } from "../wording.ts";

/** A chart of the page: its lines, and how many of them had no room. */
export interface ChartPanel {
  readonly title: string;
  readonly unit: UnitName;
  readonly lines: readonly PanelLine[];
  readonly limits: readonly { readonly label: string; readonly value: number }[];
  readonly hidden: number;
}

const mostPanels = 16;
const mostLines = 8;

const titles: Readonly<Record<string, string>> = {
  rate: "Request rate",
  p95: "Latency, p95",
  errors: "Failed requests",
  users: "Virtual users",
  generator: "Load generator",
};

/** Series of one chart share a panel where they share a unit; latencies have one a surface, for each its own scale. */
export function panelsOf(report: Report): readonly ChartPanel[] {
  const groups = new Map<string, Series[]>();
  for (const series of report.series.filter(({ points }) => points.length > 0)) {
    const key = JSON.stringify([series.chart, series.unit, panelSurface(series)]);
    groups.set(key, [...(groups.get(key) ?? []), series]);
  }
  return [...groups.values()].slice(0, mostPanels).flatMap((all) => {
    const [first] = all;
    return first === undefined ? [] : [panelOf(first, all, report)];
  });
}

const panelSurface = ({ chart, surface }: Series) => (chart === "p95" ? surface : undefined);

function panelOf(first: Series, all: readonly Series[], report: Report): ChartPanel {
  const surface = panelSurface(first);
  const title = titles[first.chart] ?? first.chart;
  return {
    title: surface === undefined ? title : `${surfaceNames[surface]}: ${title.toLowerCase()}`,
    unit: first.unit,
    lines: linesOf(all.slice(0, mostLines)),
    limits: limitsOf(first, report),
    hidden: Math.max(0, all.length - mostLines),
  };
}

/** A line has its surface's colour, or the next neutral one; lines of one colour differ by their dashes. */
function linesOf(all: readonly Series[]): readonly PanelLine[] {
  const used = new Map<string, number>();
  let neutral = 0;
  return all.map(({ label, style, points, surface }) => {
    const color = surface === undefined ? `other${neutral++ % 4}` : `surface-${surface}`;
    const dash = used.get(color) ?? (surface === undefined ? (neutral - 1) % 4 : 0);
    used.set(color, dash + 1);
    return { label, style, points, color, dash: dash % 4 };
  });
}

/** The limits that a chart's values are judged by; a chart of its own for each surface shows that surface's. */
function limitsOf({ chart, unit, surface }: Series, { verdicts }: Report): ChartPanel["limits"] {
  if (chart !== "p95" && chart !== "rate") return [];
  const limits = verdicts
    .filter(isJudged)
    .filter((each) => each.limit.unit === unit && (chart === "rate" || each.surface === surface))
    .map(({ limit }) => ({ label: `limit ${formatLimit(limit)}`, value: limit.value }));
  return limits.filter(
    (each, index) => limits.findIndex(({ label }) => label === each.label) === index,
  );
}

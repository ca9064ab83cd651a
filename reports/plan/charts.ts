/** What is needed and ordered over time, as pictures. Each says in words what it shows; the tables beside it have the numbers. */
import { decimal } from "../../src/domain/number-text.ts";
import type {
  CeilingDates,
  PlanDocument,
  PoolForecast,
  Quantiles,
  ResourcePlan,
} from "../../src/domain/capacity-plan.ts";
import { useText } from "../../src/domain/quantity-text.ts";
import { dayMs } from "../../src/domain/units.ts";
import { key, type Chart } from "../kit/chart.ts";
import {
  axisFromZero,
  inWords,
  linearAxis,
  type Axis,
  type Plot,
  type PlotPoint,
} from "../kit/plot.ts";
import { todayText, whole } from "./formats.ts";
import { ordersOfYear } from "./tables.ts";

const inMonths = (days: number): number => days / 30.4375;
const monthAxis = (from: number, to: number, planDate: string): Axis =>
  linearAxis([from, to], 6, (month) => decimal(month), `months from ${planDate}`);

const byMonth = (values: readonly number[]): readonly PlotPoint[] =>
  values.map((value, month) => [month, value]);

const fanOf = (months: readonly Quantiles[]) => ({
  className: "fan",
  points: months
    .map(({ p10, p90 }, month) => [month, p10, p90] as const)
    .filter(([, low, high]) => Number.isFinite(low) && Number.isFinite(high)),
});

/** Demand from its history to the ceilings: the fan, the lead time and the order date. */
export function fanChart(resource: ResourcePlan, document: PlanDocument): Chart {
  const { name, unit, demand, ceilings } = resource;
  const { planDate } = document;
  const next = ceilings.filter(({ exhaustion }) => (exhaustion.p50 ?? 0) > 0).slice(0, 1);
  const [from, to] = fanMonths(resource, next);
  const months = demand.byMonth.slice(0, to + 1);
  const top = fanTop(resource, months);
  const leadTimes = next.flatMap(leadTime);
  const campaigns = campaignsOf(resource, document).filter((campaign) => campaign.from <= to);
  const title = `${name}: from today's ${todayText(resource)} on`;
  const plot: Plot = {
    title,
    description: inWords(
      months,
      ({ p10, p50, p90 }, month) =>
        `month ${month}: P10 ${useText(p10, unit)}, P50 ${useText(p50, unit)}, P90 ${useText(p90, unit)}`,
    ),
    plotHeight: 220,
    x: monthAxis(from, to, planDate),
    y: linearAxis([0, top], 4, (value) => useText(value, unit).replace(" a month", "")),
    bands: [fanOf(months)],
    lines: [{ className: "main", points: byMonth(months.map(({ p50 }) => p50)) }],
    dots: (demand.history?.points ?? []).map(({ day, use }) => ({
      className: "history",
      x: inMonths(day),
      y: use,
      words: useText(use, unit),
    })),
    spans: [...campaigns, ...leadTimes].map((span) => ({ ...span, to: Math.min(to, span.to) })),
    uprights: [
      { className: "today", x: 0, label: `plan ${planDate}` },
      ...campaigns.map(({ className, from: x, label }) => ({ className, x, label })),
      ...next.flatMap(dueDates).filter(({ x }) => x <= to),
    ],
    levels: ceilings.map((ceiling) => ({
      className: "ceiling",
      y: ceiling.value,
      label: `${ceiling.name}, ${useText(ceiling.value, unit)}`,
    })),
  };
  const legend = [
    key("main", "line", "P50"),
    key("fan", "ground", "P10 to P90"),
    ...leadTimes.map(({ className }) => key(className, "ground", "lead time")),
    ...campaigns
      .slice(0, 1)
      .map(({ className }) => key(className, "ground", "campaign, not in the fan")),
    ...(demand.history === undefined ? [] : [key("history", "dot", "history")]),
  ];
  return { title, legend, plots: [plot], note: fanNote(resource, next[0]) };
}

/** From the first month of the history, or the order date, to some time after the last ceiling that is reached. */
function fanMonths(
  { demand, ceilings }: ResourcePlan,
  next: readonly CeilingDates[],
): readonly [from: number, to: number] {
  const from = Math.min(
    0,
    ...(demand.history?.points ?? []).map(({ day }) => inMonths(day)),
    ...next.map(({ orderBy }) => inMonths(orderBy.expected ?? 0)),
  );
  const horizon = demand.byMonth.length - 1;
  if (ceilings.length === 0) return [from, Math.min(12, horizon)];
  const furthest = Math.max(0, ...ceilings.map(({ exhaustion }) => inMonths(exhaustion.p50 ?? 0)));
  return [
    from,
    next.length === 0 ? horizon : Math.min(horizon, Math.max(4, Math.ceil(furthest * 1.5))),
  ];
}

function fanTop({ use, ceilings }: ResourcePlan, months: readonly Quantiles[]): number {
  const last = ceilings.at(-1);
  return last === undefined
    ? Math.max(...months.map(({ p90 }) => p90))
    : Math.max(last.value, use) * 1.25;
}

function leadTime({ orderBy, exhaustion, late }: CeilingDates) {
  if (orderBy.expected === undefined || exhaustion.expected === undefined) return [];
  const [from, to] = [inMonths(orderBy.expected), inMonths(exhaustion.expected)];
  return [{ className: late ? "lead-time late" : "lead-time", from, to }];
}

/** The order date and the median date of a ceiling. */
const dueDates = ({ orderBy, orderByDate, exhaustion, exhaustionDate, late }: CeilingDates) =>
  [
    {
      className: late ? "late" : "order",
      days: orderBy.expected,
      label: `${late ? "LATE: order by" : "order by"} ${orderByDate.expected ?? "?"}`,
    },
    { className: "end", days: exhaustion.p50, label: `P50 ${exhaustionDate.p50 ?? "?"}` },
  ].flatMap(({ className, days, label }) =>
    days === undefined ? [] : [{ className, x: inMonths(days), label }],
  );

/** A campaign multiplies traffic; what is stored stays. */
const campaignsOf = ({ name }: ResourcePlan, { spikes, planDate }: PlanDocument) =>
  name !== "compute" && name !== "network"
    ? []
    : spikes.map(({ date, days, factor }) => {
        const from = (Date.parse(date) - Date.parse(planDate)) / dayMs;
        return {
          className: "campaign",
          from: inMonths(from),
          to: inMonths(from + days),
          label: `campaign ×${decimal(factor, 2)}`,
        };
      });

function fanNote({ ceilings, leadDays }: ResourcePlan, next: CeilingDates | undefined): string {
  if (ceilings.length === 0) return "It has no ceiling: more of it only costs.";
  const reached = ceilings.filter(({ exhaustion }) => exhaustion.p50 === 0).map(({ name }) => name);
  const already = reached.length === 0 ? "" : `Reached already: ${reached.join(", ")}. `;
  if (next === undefined)
    return `${already}${reached.length === 0 ? "No ceiling" : "No other ceiling"} is reached at the expected growth.`;
  const { exhaustionDate, orderByDate, name } = next;
  return `${already}${name}: P10 ${exhaustionDate.p10 ?? "never"}, P50 ${exhaustionDate.p50 ?? "never"}, P90 ${exhaustionDate.p90 ?? "never"}; lead time ${decimal(leadDays)} days; order by ${orderByDate.expected ?? "never"}, ${orderByDate.safe ?? "never"} to be safe.`;
}

const lineStyles = ["main", "other1 d1", "other2 d2", "other0 d3"] as const;

/** A pool that never changes needs no picture. */
const isConstant = ({ packed, spread }: PoolForecast): boolean =>
  new Set(packed.map(({ p50 }) => p50)).size <= 1 && new Set(spread).size <= 1;

/** Nodes of a pool by month: each basis packed and spread. */
export function nodeCharts({ forecast: { pools } }: PlanDocument): readonly Chart[] {
  const names = [...new Set(pools.map(({ pool }) => pool))];
  return names.flatMap((name) => {
    const [first, ...rest] = pools.filter(({ pool }) => pool === name);
    if (first === undefined || rest.length === 0) return [];
    return [first, ...rest].every(isConstant) ? [] : [nodeChart(first, rest)];
  });
}

function nodeChart(first: PoolForecast, rest: readonly PoolForecast[]): Chart {
  const { pool, basis: firstBasis, maxNodes } = first;
  const lines = [first, ...rest]
    .flatMap(({ basis, packed, spread }) => [
      { label: `${basis}, packed`, points: byMonth(packed.map(({ p50 }) => p50)) },
      { label: `${basis}, spread`, points: byMonth(spread) },
    ])
    .map((line, index) => ({ ...line, className: lineStyles[index] ?? "other0 d3" }));
  const nodes = lines.flatMap(({ points }) => points.map(([, count]) => count));
  const top = Math.max(maxNodes ?? 0, ...nodes.filter((count) => Number.isFinite(count))) * 1.1;
  const title = `${pool} nodes by month`;
  const plot: Plot = {
    title,
    description: inWords(lines, ({ label, points }) => `${label}: ${nodesByQuarter(points)}`),
    plotHeight: 180,
    x: linearAxis([0, first.packed.length - 1], 8, whole, "months"),
    y: linearAxis([0, top], 4, whole),
    bands: [fanOf(first.packed)],
    lines: lines.map(({ className, points }) => ({
      className,
      shape: "step",
      points: points.filter(([, count]) => Number.isFinite(count)),
    })),
    levels:
      maxNodes === undefined
        ? []
        : [{ className: "ceiling", y: maxNodes, label: `maximum ${maxNodes}` }],
  };
  const legend = [
    ...lines.map(({ label, className }) => key(className, "step", label)),
    key("fan", "ground", `${firstBasis} packed, P10 to P90`),
  ];
  return { title, legend, plots: [plot] };
}

const nodesByQuarter = (points: readonly PlotPoint[]): string =>
  points
    .filter(([month]) => month % 3 === 0)
    .map(
      ([month, nodes]) =>
        `month ${month} ${Number.isFinite(nodes) ? whole(nodes) : "none is enough"}`,
    )
    .join(", ");

const mostOrders = 16;

/** From the day to order to the day of need, one row a purchase. */
export function calendarChart(document: PlanDocument): Chart | undefined {
  const { planDate } = document;
  const orders = ordersOfYear(document).slice(0, mostOrders);
  if (orders.length === 0) return undefined;
  const rows = orders.map(({ resource, number, orderBy, orderByDate, neededBy, late }, index) => ({
    name: `${resource} ${number}`,
    y: orders.length - index - 0.5,
    dates: orderByDate,
    className: late ? "lead-time late" : "lead-time",
    late,
    expected: inMonths(orderBy.expected ?? 0),
    safe: inMonths(orderBy.safe ?? 0),
    needed: inMonths(neededBy.expected ?? 0),
    neededDays: neededBy.expected ?? 0,
  }));
  const months = rows.flatMap(({ expected, safe, needed }) => [expected, safe, needed]);
  const title = "Orders of the next twelve months";
  const plot: Plot = {
    title,
    description: inWords(
      rows,
      ({ name, dates, late }) =>
        `${name}: order by ${dates.expected ?? "?"}${late ? ", LATE" : ""}`,
    ),
    plotHeight: rows.length * 22,
    x: monthAxis(Math.min(0, ...months) - 0.2, Math.max(inMonths(1), ...months) + 0.2, planDate),
    y: { from: 0, to: rows.length, ticks: rows.map(({ name, y }) => ({ at: y, label: name })) },
    lines: rows.map(({ className, expected, needed, y }) => ({
      className,
      points: [
        [expected, y],
        [needed, y],
      ],
    })),
    dots: rows.flatMap(({ name, dates, safe, needed, neededDays, y }) => [
      { className: "safe", x: safe, y, words: `${name}: order by ${dates.safe ?? "?"} to be safe` },
      {
        className: "needed",
        x: needed,
        y,
        words: `${name}: needed in ${decimal(neededDays)} days`,
      },
    ]),
    uprights: [{ className: "today", x: 0, label: `plan ${planDate}` }],
  };
  const legend = [
    key("lead-time", "ground", "from order by (expected) to needed"),
    key("lead-time late", "ground", "the order is late"),
    key("safe", "dot", "order by, safe"),
    key("needed", "dot", "needed"),
  ];
  return { title, legend, plots: [plot] };
}

export function costChart({ costs }: PlanDocument): Chart | undefined {
  if (costs === undefined) return undefined;
  const { perMonth, currency } = costs;
  const finite = perMonth.filter(({ p90 }) => Number.isFinite(p90));
  if (finite.length === 0) return undefined;
  const title = `Cost a month, ${currency}`;
  const plot: Plot = {
    title,
    description: inWords(
      finite,
      ({ p50, p90 }, month) => `month ${month}: P50 ${whole(p50)}, P90 ${whole(p90)}`,
    ),
    plotHeight: 180,
    x: linearAxis([0, perMonth.length - 1], 8, whole, "months"),
    y: axisFromZero(Math.max(...finite.map(({ p90 }) => p90)), 4, whole),
    bands: [fanOf(finite)],
    lines: [
      { className: "main", points: byMonth(finite.map(({ p50 }) => p50)) },
      { className: "other1 d1", points: byMonth(finite.map(({ p90 }) => p90)) },
    ],
  };
  const legend = [
    key("main", "line", "P50"),
    key("other1 d1", "line", "P90"),
    key("fan", "ground", "P10 to P90"),
  ];
  return { title, legend, plots: [plot] };
}

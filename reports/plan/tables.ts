/** The tables of a plan, once: the page and the Markdown show their words, the CSV files their numbers. */
import { absent, decimal, formatBytes, percent } from "../../src/domain/number-text.ts";
import { isoDate } from "../../src/domain/time-text.ts";
import type {
  CapacityPlan,
  PlanDocument,
  Quantiles,
  SpikePlan,
} from "../../src/domain/capacity-plan.ts";
import type { Coefficient, WorkloadCapacity } from "../../src/domain/capacity.ts";
import type { Inline } from "../kit/inline.ts";
import { column, numberColumn, tableOf, type Cell, type Table } from "../kit/block.ts";
import { numbers } from "../kit/columns.ts";
import {
  bytes,
  cell,
  cores,
  count,
  dated,
  days,
  factorText,
  figures,
  hundredths,
  latency,
  month,
  orderDates,
  rateText,
  quantiles,
  rate,
  ratio,
  roomText,
  sizeText,
  tenths,
  useOf,
  whole,
} from "./formats.ts";

/** A row for each month, or for each quarter, which is what people read. */
const byMonth = <Item>(item: Item, months: readonly Quantiles[], isWhole: boolean) =>
  months
    .map((each, index) => ({ ...item, ...each, month: index }))
    .filter((row) => isWhole || row.month % 3 === 0);

export const ceilingsOf = ({ resources }: Pick<CapacityPlan, "resources">) =>
  resources.flatMap(({ name: resource, ceilings }) =>
    ceilings.map((ceiling) => ({ ...ceiling, resource })),
  );

export function datesTable(document: PlanDocument): Table {
  const title = "When each ceiling is reached, and by when to order";
  return tableOf({ id: "dates", title }, ceilingsOf(document), [
    column("resource", "Resource", ({ resource }) => resource),
    column("ceiling", "Ceiling", ({ name }) => name),
    days("expected_days", "Expected, days", ({ exhaustion }) => exhaustion.expected),
    days("p10_days", "P10", ({ exhaustion }) => exhaustion.p10),
    days("p50_days", "P50", ({ exhaustion }) => exhaustion.p50),
    days("p90_days", "P90", ({ exhaustion }) => exhaustion.p90),
    ...orderDates,
    ratio("trigger_utilisation", "Order at", ({ triggerUtilisation }) => triggerUtilisation),
    column("late", "", (dates) => (dates.late ? "LATE" : dates.lateIfSafe ? "late if safe" : "")),
  ]);
}

/** @param isWhole all resources by month, not only what is stored by quarter */
export function demandTable({ resources }: PlanDocument, isWhole: boolean): Table {
  const demand = resources
    .filter(({ name }) => isWhole || name !== "compute")
    .flatMap((resource) => byMonth(resource, resource.demand.byMonth, isWhole));
  return tableOf({ id: "demand", title: "Demand by month" }, demand, [
    column("resource", "Resource", ({ name }) => name),
    month,
    ...quantiles(useOf),
    column("unit", "Unit", ({ unit }) => unit),
  ]);
}

export function backtestTable({ resources }: PlanDocument): Table {
  const title = "Histories, and each month of them forecast from those before it";
  const histories = resources.flatMap(({ name, source, demand: { history } }) =>
    history === undefined ? [] : [{ name, source, ...history }],
  );
  return tableOf({ id: "backtest", title }, histories, [
    column("resource", "Resource", ({ name }) => name),
    count("months", "Months", ({ months }) => months),
    column("growth_from", "Growth from", ({ source }) => source),
    ratio("monthly_growth", "Its growth a month", ({ monthlyGrowth }) => monthlyGrowth?.point),
    ratio("monthly_growth_low", "low", ({ monthlyGrowth }) => monthlyGrowth?.low),
    ratio("monthly_growth_high", "high", ({ monthlyGrowth }) => monthlyGrowth?.high),
    hundredths(
      "relative_error",
      "Error / as the month before",
      (row) => row.backtest?.relativeError,
    ),
    ratio("coverage_80", "In the 80 % interval", ({ backtest }) => backtest?.coverage),
  ]);
}

const workloadsOf = ({ capacity }: PlanDocument): readonly WorkloadCapacity[] =>
  capacity?.workloads ?? [];

export function capacityTable(document: PlanDocument): Table {
  const title = "What a pod carries within its objectives";
  return tableOf({ id: "capacity", title }, workloadsOf(document), [
    column("workload", "Workload", ({ workload }) => workload),
    column("state", "State", ({ state }) => stateWords[state]),
    count("replicas", "Pods measured", ({ replicas }) => replicas),
    numberColumn("per_pod_per_second", "A pod, a minute", perPodCell),
    rate("low", "low", ({ capacityAtObjectivePerPod: pod }) => pod?.low),
    rate("high", "high", ({ capacityAtObjectivePerPod: pod }) => pod?.high),
    column("limit", "What binds", ({ bindingLimit }) => bindingLimit?.kind ?? absent),
    cores("cpu_cores_at_capacity", "CPU of a pod there", (each) => each.atCapacity?.cpuCoresPerPod),
    bytes("memory_bytes_at_capacity", "Memory", (each) => each.atCapacity?.memoryBytesPerPod),
    column("runs", "Run, date, plan hash", runsCell),
  ]);
}

const stateWords: Readonly<Record<WorkloadCapacity["state"], string>> = {
  identified: "identified",
  "knee-not-reached": "knee not reached: a lower bound",
  "generator-saturated": "the generator gave out",
  erratic: "too erratic for a curve",
  "not-monotone": "fell and rose again",
};

const perPodCell = ({ capacityAtObjectivePerPod: pod, atLeastPerSecond }: WorkloadCapacity): Cell =>
  pod === undefined
    ? cell(atLeastPerSecond, (value) => `≥ ${rateText(value)}`)
    : cell(pod.point, rateText);

const runsCell = ({ runs }: WorkloadCapacity): Cell => ({
  shown: runs.flatMap(({ id, startedAt, planHash }, index): Inline[] => [
    ...(index === 0 ? [] : ["; "]),
    {
      text: `${id}, ${isoDate(startedAt)}, ${planHash.slice(0, 8)}`,
      link: `../${id}/report.html`,
    },
  ]),
});

export function lawTable(document: PlanDocument): Table {
  const laws = workloadsOf(document).flatMap(({ workload, law, acrossReplicas }) => [
    ...(law === undefined ? [] : [{ workload, across: "requests at once", ...law }]),
    ...(acrossReplicas?.law === undefined
      ? []
      : [{ workload, across: "pods", ...acrossReplicas.law }]),
  ]);
  return tableOf({ id: "scalability", title: "Scalability law" }, laws, [
    column("workload", "Workload", ({ workload }) => workload),
    column("across", "Of", ({ across }) => across),
    numberColumn("sigma", "σ contention", ({ sigma }) => coefficient(sigma, 4)),
    numberColumn("kappa", "κ coherency", ({ kappa }) => coefficient(kappa, 6)),
    numberColumn("lambda", "λ of one", ({ lambda }) => coefficient(lambda, 2)),
    numberColumn("peak", "Peak at N", ({ peak }) => coefficient(peak, 1)),
    numberColumn("max_throughput_per_second", "Most, requests/s", (law) =>
      coefficient(law.maxThroughput, 1),
    ),
    ratio("relative_spread", "Spread round it", ({ relativeSpread }) => relativeSpread),
  ]);
}

function coefficient(value: Coefficient | undefined, decimals: number): Cell {
  if (value === undefined) return absent;
  const { point, low, high } = value;
  const end = (side: number | undefined): string =>
    side === undefined || !Number.isFinite(side) ? "?" : decimal(side, decimals);
  const range = low === undefined && high === undefined ? "" : ` (${end(low)}–${end(high)})`;
  return { text: `${point === undefined ? "" : decimal(point, decimals)}${range}`, value: point };
}

export function levelsTable(document: PlanDocument): Table {
  const levels = workloadsOf(document).flatMap(({ workload, levels: all }) =>
    all.flatMap((level) => level.latency.map((each) => ({ workload, ...level, ...each }))),
  );
  return tableOf({ id: "levels", title: "Levels of the breakpoint runs" }, levels, [
    column("workload", "Workload", ({ workload }) => workload),
    column("run", "Run", ({ runId }) => runId),
    column("level", "Level", ({ phase }) => phase),
    column("state", "State", ({ state }) => state),
    count("replicas", "Pods", ({ replicas }) => replicas),
    rate("offered_per_second", "Offered a minute", ({ offeredPerSecond }) => offeredPerSecond),
    rate("completed_per_second", "Completed", ({ completedPerSecond }) => completedPerSecond),
    ratio("error_ratio", "Errors", ({ errorRatio }) => errorRatio),
    column("surface", "Surface", ({ surface }) => surface),
    latency("p50_ms", "p50 ms", ({ p50Ms }) => p50Ms),
    latency("p95_ms", "p95 ms", ({ p95Ms }) => p95Ms),
    latency("p99_ms", "p99 ms", ({ p99Ms }) => p99Ms),
    cores("cpu_cores_per_pod", "CPU of a pod", ({ cpuCoresPerPod }) => cpuCoresPerPod),
    bytes("memory_bytes_per_pod", "Memory of a pod", (level) => level.memoryBytesPerPod),
  ]);
}

export const replicasTable = ({ replicas }: PlanDocument): Table =>
  tableOf({ id: "replicas", title: "Pods that the measured capacity asks for" }, replicas, [
    column("workload", "Workload", ({ workload }) => workload),
    rate("peak_per_second", "Peak today, a minute", ({ peakPerSecond }) => peakPerSecond),
    rate("per_pod_per_second", "A pod for certain", ({ perPodPerSecond }) => perPodPerSecond),
    count("today", "Pods today", ({ today }) => today),
    count("needed", "Grown, with headroom", ({ needed }) => needed),
    count("with_reserve", "One lost or rollout", ({ withReserve }) => withReserve),
    count("across_replicas", "By the fit across pods", (need) => need.neededAcrossReplicas),
    count("maximum", "Maximum", ({ maxReplicas }) => maxReplicas),
    count("autoscaler_today", "Autoscaler runs today", (need) => need.autoscaler?.podsToday),
    hundredths(
      "maximum_at_factor",
      "Its maximum at × today",
      (row) => row.autoscaler?.maximumAtFactor,
    ),
  ]);

export function todayTable({ today }: PlanDocument): Table {
  const room = figures(roomText);
  return tableOf({ id: "today", title: "Room today" }, today, [
    column("subject", "What", ({ subject }) => subject),
    room("now", "Now", ({ now }) => now),
    room("with_reserve", "One lost or rollout", ({ withReserve }) => withReserve),
    room("limit", "Limit", ({ limit }) => limit),
    column("limit_name", "which is", ({ limitName }) => limitName),
    ratio("room_ratio", "Room", ({ roomRatio }) => roomRatio),
  ]);
}

/** @param isWhole all workloads by month, not only those that scale by quarter */
export function podsTable({ forecast }: PlanDocument, isWhole: boolean): Table {
  const title = "Pods that the demand needs, whatever the maximum";
  const pods = forecast.workloads
    .filter(({ rule }) => isWhole || rule !== "fixed")
    .flatMap((workload) => byMonth(workload, workload.needed, isWhole));
  return tableOf({ id: "pods", title }, pods, [
    column("workload", "Workload", ({ workload }) => workload),
    column("rule", "By", ({ rule }) => rule),
    month,
    ...quantiles(whole),
    count("with_reserve", "One lost or rollout", (row) => row.withReserve[row.month]),
    count("maximum", "Maximum", ({ maxReplicas }) => maxReplicas),
  ]);
}

export function nodesTable({ forecast }: PlanDocument, isWhole: boolean): Table {
  const nodes = forecast.pools.flatMap((pool) => byMonth(pool, pool.packed, isWhole));
  return tableOf({ id: "nodes", title: "Nodes with one spare" }, nodes, [
    column("pool", "Pool", ({ pool }) => pool),
    column("basis", "Basis", ({ basis }) => basis),
    month,
    ...quantiles(whole, { id: "packed_", title: "Packed, " }),
    count("spread", "Spread, P50", (row) => row.spread[row.month]),
    numbers({ none: absent })(whole)("maximum", "Maximum", ({ maxNodes }) => maxNodes),
  ]);
}

/** What is to be ordered within a year. */
export const ordersOfYear = ({ calendar }: PlanDocument): PlanDocument["calendar"] =>
  calendar.filter(({ orderBy }) => (orderBy.expected ?? Infinity) <= 365.25);

export function calendarTable(document: PlanDocument, isWhole: boolean): Table {
  const purchases = isWhole ? document.calendar : ordersOfYear(document);
  return tableOf({ id: "calendar", title: "Order calendar" }, purchases, [
    column("resource", "Resource", ({ resource }) => resource),
    count("purchase", "Purchase", (purchase) => purchase.number),
    ...orderDates,
    days("needed_by_days", "Needed in days", ({ neededBy }) => neededBy.expected),
    figures(factorText)("capacity_factor", "Capacity then", ({ capacityFactor }) => capacityFactor),
    column("late", "", ({ late }) => (late ? "LATE" : "")),
  ]);
}

export function costTable({ costs }: PlanDocument, isWhole: boolean): Table {
  const title = `Cost a month${costs === undefined ? "" : `, ${costs.currency}`}`;
  const rows = costs === undefined ? [] : byMonth(costs, costs.perMonth, isWhole);
  const price = figures((value) => decimal(value, 5));
  return tableOf({ id: "cost", title }, rows, [
    month,
    ...quantiles(whole),
    price("per_1000_requests", "Per 1,000 requests", (row) => row.per1000Requests[row.month]),
  ]);
}

export function sensitivityTable({ sensitivities }: PlanDocument): Table {
  const title = "Which assumption moves the order date most";
  return tableOf({ id: "sensitivity", title }, sensitivities, [
    column("resource", "Resource, ceiling", ({ resource, ceiling }) => `${resource}, ${ceiling}`),
    column("assumption", "Changed alone", ({ assumption }) => assumption),
    tenths("order_by_less", "Order by, with less", ({ orderBy }) => orderBy.less),
    tenths("order_by_expected", "as planned", ({ orderBy }) => orderBy.expected),
    tenths("order_by_more", "with more", ({ orderBy }) => orderBy.more),
    tenths("swing_days", "Swing, days", ({ swingDays }) => swingDays),
  ]);
}

export function sizesTable({ sizes }: PlanDocument): Table {
  const rows = sizes.map((size) => ({ ...size, ...size.need }));
  return tableOf({ id: "sizes", title: "Sizes by regret" }, rows, [
    column("subject", "What", ({ subject }) => subject),
    count("lasts_to_days", "Must last, days", ({ lastsToDays }) => lastsToDays),
    ...quantiles(sizeText, { id: "need_", title: "Need " }),
    figures(sizeText)("chosen", "Least regret", ({ chosen }) => chosen),
    ratio(
      "shortfall",
      "Too small on",
      ({ candidates, chosen }) => candidates.find(({ size }) => size === chosen)?.shortfall,
    ),
  ]);
}

export function rightSizingTable({ rightSizing }: PlanDocument): Table {
  const title = "Requests against measured use of a pod at its load";
  return tableOf({ id: "right-sizing", title }, rightSizing?.workloads ?? [], [
    column("workload", "Workload", ({ workload }) => workload),
    cores("cpu_requested", "CPU requested", ({ requested }) => requested.cpuCores),
    cores("cpu_used", "used", ({ used }) => used.cpuCores),
    cores("cpu_advised", "advised", ({ advised }) => advised.cpuCores),
    bytes("memory_requested", "Memory requested", ({ requested }) => requested.memoryBytes),
    bytes("memory_used", "used", ({ used }) => used.memoryBytes),
    bytes("memory_advised", "advised", ({ advised }) => advised.memoryBytes),
  ]);
}

export function spikesTable({ spikes }: Pick<PlanDocument, "spikes">): Table {
  const needs = spikes.flatMap((spike) => spikeNeeds(spike).map((need) => ({ ...spike, ...need })));
  const need = figures(needText);
  return tableOf({ id: "campaigns", title: "Campaigns" }, needs, [
    column("date", "From", ({ date }) => date),
    tenths("days", "Days", (spike) => spike.days),
    hundredths("factor", "Traffic ×", (spike) => spike.factor),
    column("what", "What", ({ what }) => what),
    need("p50", "P50", ({ p50 }) => p50),
    need("p90", "P90", ({ p90 }) => p90),
    need("limit", "Maximum", ({ limit }) => limit),
  ]);
}

/** Of a campaign: pods, nodes, or the chance to exceed a ceiling. */
interface SpikeNeed {
  readonly what: string;
  readonly isChance?: boolean;
  readonly p50: number;
  readonly p90?: number;
  readonly limit?: number | undefined;
}

const needText = (value: number, { isChance }: SpikeNeed): string =>
  isChance === true ? percent(value) : whole(value);

const spikeNeeds = ({ ceilings, workloads, pools }: SpikePlan): readonly SpikeNeed[] => [
  ...ceilings.map(({ name, probability: p50 }) => ({
    what: `chance above ${name}`,
    isChance: true,
    p50,
  })),
  ...workloads.map(({ workload, needed, maxReplicas: limit }) => ({
    what: `${workload} pods`,
    ...needed,
    limit,
  })),
  ...pools.map(({ pool, basis, packed, maxNodes: limit }) => ({
    what: `${pool} nodes (${basis})`,
    ...packed,
    limit,
  })),
];

export function alertsTable({ alerts }: PlanDocument): Table {
  const title = "Use at which to order: the rules of rules.yaml";
  return tableOf({ id: "alerts", title }, alerts, [
    column("alert", "Alert", ({ name }) => name),
    column("ceiling", "Ceiling", ({ resource, ceiling }) => `${resource}, ${ceiling}`),
    numberColumn("threshold", "Threshold", ({ resource, threshold }) =>
      cell(threshold, resource === "compute" ? percent : formatBytes),
    ),
    ratio("trigger_utilisation", "Of the whole", ({ triggerUtilisation }) => triggerUtilisation),
    column("severity", "Severity", ({ severity }) => severity),
  ]);
}

export function previousTable({ previous }: PlanDocument): Table {
  const date = previous?.planDate;
  const title = date === undefined ? "Last plan" : `The plan of ${date} against what happened`;
  const resources = (previous?.resources ?? []).map((each) => ({ ...each, ...each.forecast }));
  return tableOf({ id: "previous", title }, resources, [
    column("resource", "Resource", ({ resource }) => resource),
    ...quantiles(useOf, { id: "forecast_", title: "Forecast " }),
    figures(useOf)("actual", "It is", ({ actual }) => actual),
    ratio("error_ratio", "Off by", ({ errorRatio }) => errorRatio),
    column("inside", "Inside?", ({ isUnchanged, isInside }) =>
      isUnchanged ? "not measured since" : isInside ? "yes" : "no",
    ),
    column("exhaustion_then", "First ceiling, then", ({ ceiling, exhaustionThen }) =>
      ceiling === undefined ? absent : (exhaustionThen ?? "never"),
    ),
    column("exhaustion_now", "now", ({ ceiling, exhaustionNow }) =>
      ceiling === undefined ? absent : (exhaustionNow ?? "never"),
    ),
  ]);
}

export const sourcesTable = ({ sources }: PlanDocument): Table =>
  tableOf({ id: "sources", title: "What the numbers rest on" }, sources, [
    column("source", "Source", ({ id, link }) =>
      link === undefined ? id : { shown: { text: id, link } },
    ),
    column("what", "What", ({ what }) => what),
    column("date", "Date", ({ date }) => date ?? absent),
    column("hash", "SHA-256", ({ hash }) => hash),
    column("gives", "Gives", ({ gives }) => gives.join(", ")),
  ]);

/** Scenarios side by side: a column each. */
export const whatIfTable = (document: PlanDocument): Table =>
  tableOf({ id: "what-if", title: "What if" }, outcomesOf(document), [
    column("what", "What", ({ what }) => what),
    numberColumn("as_planned", "As planned", ({ of }) => of(document)),
    ...document.whatIfs.map((scenario) =>
      numberColumn(scenario.name, scenario.name, ({ of }: Outcome) => of(scenario)),
    ),
  ]);

type Scenario = Pick<CapacityPlan, "resources" | "forecast" | "costs" | "contradictions">;

/** What scenarios are compared by. */
interface Outcome {
  readonly what: string;
  readonly of: (scenario: Scenario) => Cell;
}

function outcomesOf({ resources, forecast, costs, months }: PlanDocument): readonly Outcome[] {
  const last = Math.min(12, months);
  const median = (what: string, of: (scenario: Scenario) => Quantiles | undefined): Outcome => ({
    what: `${what} in month ${last}, P50`,
    of: (scenario) => cell(of(scenario)?.p50, whole),
  });
  const scaled = forecast.workloads.filter(({ rule }) => rule !== "fixed");
  const used = forecast.pools.filter(({ basis }) => basis !== "requests");
  return [
    ...ceilingsOf({ resources }).flatMap(ceilingOutcomes),
    ...scaled.map(({ workload }) =>
      median(
        `${workload} pods`,
        ({ forecast: { workloads } }) =>
          workloads.find((each) => each.workload === workload)?.needed[last],
      ),
    ),
    ...used.map(({ pool, basis }) =>
      median(
        `${pool} nodes (${basis})`,
        ({ forecast: { pools } }) =>
          pools.find((each) => each.pool === pool && each.basis === basis)?.packed[last],
      ),
    ),
    ...(costs === undefined ? [] : [median("cost", (scenario) => scenario.costs?.perMonth[last])]),
    { what: "contradictions", of: ({ contradictions }) => cell(contradictions.length, whole) },
  ];
}

type Ceiling = ReturnType<typeof ceilingsOf>[number];

function ceilingOutcomes({ resource, id, name }: Ceiling): readonly Outcome[] {
  const outcome = (what: string, of: (ceiling: Ceiling) => Cell): Outcome => ({
    what: `${resource}, ${name}: ${what}`,
    of: (scenario) => {
      const same = ceilingsOf(scenario).find(
        (each) => each.resource === resource && each.id === id,
      );
      return same === undefined ? "never" : of(same);
    },
  });
  return [
    outcome("exhausted P50", ({ exhaustion, exhaustionDate }) =>
      dated(exhaustion.p50, exhaustionDate.p50),
    ),
    outcome("order by, expected", ({ orderBy, orderByDate, late }) =>
      dated(orderBy.expected, orderByDate.expected, late ? " LATE" : ""),
    ),
  ];
}

/** The tables of a plan, once: the page and the Markdown show their words, the CSV files their numbers. */
import { absent, decimal, formatBytes, percent } from "../../src/domain/number-text.ts";
import { isoDate } from "../../src/domain/time-text.ts";
import type { PlanDocument, ResourcePlan } from "../../src/domain/capacity-plan.ts";
import type { Coefficient, WorkloadCapacity } from "../../src/domain/capacity.ts";
import { tableOf, type Cell, type Table, type TableColumn } from "../kit/block.ts";
import { useText } from "../../src/domain/quantity-text.ts";

const number = (value: number | undefined, text: (value: number) => string): Cell =>
  value === undefined
    ? ""
    : { text: Number.isFinite(value) ? text(value) : "none is enough", value };

const whole = (value: number): string => decimal(value, 0);
const millicores = (value: number): string => `${decimal(value * 1000, 0)} m`;
const one = (value: number): string => decimal(value);
const perMinute = (perSecond: number): string => decimal(perSecond * 60, 0);

const column = (id: string, title: string): TableColumn => ({ id, title });
const figure = (id: string, title: string): TableColumn => ({ id, title, numeric: true });

const dated = (days: number | undefined, date: string | undefined): Cell =>
  days === undefined ? "never" : { text: `${one(days)} d (${date ?? "far"})`, value: days };

const days = (value: number | undefined): Cell =>
  value === undefined ? "never" : { text: one(value), value };

/** `29.4 % (measured 2026-11)`, `2 TB (stated, not measured)`. */
export const todayText = (resource: ResourcePlan): string =>
  `${useText(resource.use, resource.unit)} (${todaySource(resource)})`;

/** What today's use is taken from. */
export function todaySource({ today, unit }: ResourcePlan): string {
  const { measured, source } = today;
  if (measured === undefined || source === "stated") return "stated, not measured";
  if (source === "measured") return `measured ${measured.date}`;
  const level = `measured ${useText(measured.use, unit)} in ${measured.date}`;
  return source === "set by hand" ? `set by hand; ${level}` : `${level}, brought forward`;
}

export const datesTable = ({ resources }: PlanDocument): Table => ({
  id: "dates",
  title: "When each ceiling is reached, and by when to order",
  columns: [
    column("resource", "Resource"),
    column("ceiling", "Ceiling"),
    figure("expected_days", "Expected, days"),
    figure("p10_days", "P10"),
    figure("p50_days", "P50"),
    figure("p90_days", "P90"),
    figure("order_by_expected_days", "Order by, expected"),
    figure("order_by_safe_days", "Order by, safe"),
    figure("trigger_utilisation", "Order at"),
    column("late", ""),
  ],
  rows: resources.flatMap((resource) =>
    resource.ceilings.map((ceiling) => [
      resource.name,
      ceiling.name,
      days(ceiling.exhaustion.expected),
      days(ceiling.exhaustion.p10),
      days(ceiling.exhaustion.p50),
      days(ceiling.exhaustion.p90),
      dated(ceiling.orderBy.expected, ceiling.orderByDate.expected),
      dated(ceiling.orderBy.safe, ceiling.orderByDate.safe),
      number(ceiling.triggerUtilisation, percent),
      ceiling.late ? "LATE" : ceiling.lateIfSafe ? "late if safe" : "",
    ]),
  ),
});

/** Months that people read: the quarters. */
const isShown = (month: number): boolean => month % 3 === 0;

export const demandTable = ({ resources }: PlanDocument): Table => ({
  id: "demand",
  title: "Demand by month",
  columns: [
    column("resource", "Resource"),
    figure("month", "Month"),
    figure("p10", "P10"),
    figure("p50", "P50"),
    figure("p90", "P90"),
    column("unit", "Unit"),
  ],
  rows: resources.flatMap(({ name, unit, demand }) =>
    demand.byMonth.map(({ p10, p50, p90 }, month) => [
      name,
      number(month, whole),
      number(p10, (value) => useText(value, unit)),
      number(p50, (value) => useText(value, unit)),
      number(p90, (value) => useText(value, unit)),
      unit,
    ]),
  ),
});

export const backtestTable = ({ resources }: PlanDocument): Table => ({
  id: "backtest",
  title: "Histories, and each month of them forecast from those before it",
  columns: [
    column("resource", "Resource"),
    figure("months", "Months"),
    column("growth_from", "Growth from"),
    figure("monthly_growth", "Its growth a month"),
    figure("monthly_growth_low", "low"),
    figure("monthly_growth_high", "high"),
    figure("relative_error", "Error / as the month before"),
    figure("coverage_80", "In the 80 % interval"),
  ],
  rows: resources.flatMap(({ name, source, demand: { history } }) => {
    if (history === undefined) return [];
    const { backtest, monthlyGrowth, months } = history;
    return [
      [
        name,
        number(months, whole),
        source,
        number(monthlyGrowth?.point, (value) => percent(value)),
        number(monthlyGrowth?.low, (value) => percent(value)),
        number(monthlyGrowth?.high, (value) => percent(value)),
        number(backtest?.relativeError, (value) => decimal(value, 2)),
        number(backtest?.coverage, (value) => percent(value)),
      ],
    ];
  }),
});

export const capacityTable = ({ capacity }: PlanDocument): Table => ({
  id: "capacity",
  title: "What a pod carries within its objectives",
  columns: [
    column("workload", "Workload"),
    column("state", "State"),
    figure("replicas", "Pods measured"),
    figure("per_pod_per_second", "A pod, a minute"),
    figure("low", "low"),
    figure("high", "high"),
    column("limit", "What binds"),
    figure("cpu_cores_at_capacity", "CPU of a pod there"),
    figure("memory_bytes_at_capacity", "Memory"),
    column("runs", "Run, date, plan hash"),
  ],
  rows: (capacity?.workloads ?? []).map((workload) => {
    const { capacityAtObjectivePerPod: pod, atCapacity, atLeastPerSecond } = workload;
    return [
      workload.workload,
      stateWords[workload.state],
      number(workload.replicas, whole),
      pod === undefined
        ? number(atLeastPerSecond, (value) => `≥ ${perMinute(value)}`)
        : number(pod.point, perMinute),
      number(pod?.low, perMinute),
      number(pod?.high, perMinute),
      workload.bindingLimit?.kind ?? absent,
      number(atCapacity?.cpuCoresPerPod, millicores),
      number(atCapacity?.memoryBytesPerPod, formatBytes),
      runsCell(workload),
    ];
  }),
});

const stateWords: Readonly<Record<WorkloadCapacity["state"], string>> = {
  identified: "identified",
  "knee-not-reached": "knee not reached: a lower bound",
  "generator-saturated": "the generator gave out",
  erratic: "too erratic for a curve",
  "not-monotone": "fell and rose again",
};

function runsCell({ runs }: WorkloadCapacity): Cell {
  const links = runs.map(({ id, startedAt, planHash }) => ({
    text: `${id}, ${isoDate(startedAt)}, ${planHash.slice(0, 8)}`,
    link: `../${id}/report.html`,
  }));
  return { text: links.map(({ text }) => text).join("; "), links };
}

export const lawTable = ({ capacity }: PlanDocument): Table => ({
  id: "scalability",
  title: "Scalability law",
  columns: [
    column("workload", "Workload"),
    column("across", "Of"),
    figure("sigma", "σ contention"),
    figure("kappa", "κ coherency"),
    figure("lambda", "λ of one"),
    figure("peak", "Peak at N"),
    figure("max_throughput_per_second", "Most, requests/s"),
    figure("relative_spread", "Spread round it"),
  ],
  rows: (capacity?.workloads ?? []).flatMap(({ workload, law, acrossReplicas }) =>
    [
      { of: "requests at once", fitted: law },
      { of: "pods", fitted: acrossReplicas?.law },
    ].flatMap(({ of, fitted }) =>
      fitted === undefined
        ? []
        : [
            [
              workload,
              of,
              coefficient(fitted.sigma, 4),
              coefficient(fitted.kappa, 6),
              coefficient(fitted.lambda, 2),
              coefficient(fitted.peak, 1),
              coefficient(fitted.maxThroughput, 1),
              number(fitted.relativeSpread, percent),
            ],
          ],
    ),
  ),
});

function coefficient(value: Coefficient | undefined, decimals: number): Cell {
  if (value === undefined) return absent;
  const { point, low, high } = value;
  const end = (side: number | undefined): string =>
    side === undefined || !Number.isFinite(side) ? "?" : decimal(side, decimals);
  const range = low === undefined && high === undefined ? "" : ` (${end(low)}–${end(high)})`;
  return { text: `${point === undefined ? "" : decimal(point, decimals)}${range}`, value: point };
}

export const levelsTable = ({ capacity }: PlanDocument): Table => ({
  id: "levels",
  title: "Levels of the breakpoint runs",
  columns: [
    column("workload", "Workload"),
    column("run", "Run"),
    column("level", "Level"),
    column("state", "State"),
    figure("replicas", "Pods"),
    figure("offered_per_second", "Offered a minute"),
    figure("completed_per_second", "Completed"),
    figure("error_ratio", "Errors"),
    column("surface", "Surface"),
    figure("p50_ms", "p50 ms"),
    figure("p95_ms", "p95 ms"),
    figure("p99_ms", "p99 ms"),
    figure("cpu_cores_per_pod", "CPU of a pod"),
    figure("memory_bytes_per_pod", "Memory of a pod"),
  ],
  rows: (capacity?.workloads ?? []).flatMap(({ workload, levels }) =>
    levels.flatMap((level) =>
      level.latency.map((latency) => [
        workload,
        level.runId,
        level.phase,
        level.state,
        number(level.replicas, whole),
        number(level.offeredPerSecond, perMinute),
        number(level.completedPerSecond, perMinute),
        number(level.errorRatio, (value) => percent(value)),
        latency.surface,
        latencyCell(latency.p50Ms),
        latencyCell(latency.p95Ms),
        latencyCell(latency.p99Ms),
        number(level.cpuCoresPerPod, millicores),
        number(level.memoryBytesPerPod, formatBytes),
      ]),
    ),
  ),
});

const latencyCell = (ms: number | undefined): Cell =>
  ms === undefined ? absent : { text: Number.isFinite(ms) ? one(ms) : "never answered", value: ms };

export const replicasTable = ({ replicas }: PlanDocument): Table => ({
  id: "replicas",
  title: "Pods that the measured capacity asks for",
  columns: [
    column("workload", "Workload"),
    figure("peak_per_second", "Peak today, a minute"),
    figure("per_pod_per_second", "A pod for certain"),
    figure("today", "Pods today"),
    figure("needed", "Grown, with headroom"),
    figure("with_reserve", "One lost or rollout"),
    figure("across_replicas", "By the fit across pods"),
    figure("maximum", "Maximum"),
    figure("autoscaler_today", "Autoscaler runs today"),
    figure("maximum_at_factor", "Its maximum at × today"),
  ],
  rows: replicas.map((need) => [
    need.workload,
    number(need.peakPerSecond, perMinute),
    number(need.perPodPerSecond, perMinute),
    number(need.today, whole),
    number(need.needed, whole),
    number(need.withReserve, whole),
    number(need.neededAcrossReplicas, whole),
    number(need.maxReplicas, whole),
    number(need.autoscaler?.podsToday, whole),
    number(need.autoscaler?.maximumAtFactor, (value) => decimal(value, 2)),
  ]),
});

export const todayTable = ({ today }: PlanDocument): Table => ({
  id: "today",
  title: "Room today",
  columns: [
    column("subject", "What"),
    figure("now", "Now"),
    figure("with_reserve", "One lost or rollout"),
    figure("limit", "Limit"),
    column("limit_name", "which is"),
    figure("room_ratio", "Room"),
  ],
  rows: today.map(({ subject, unit, now, withReserve, limit, limitName, roomRatio }) => {
    const text = (value: number): string =>
      unit === "count" ? whole(value) : useText(value, unit);
    return [
      subject,
      number(now, text),
      number(withReserve, text),
      number(limit, text),
      limitName,
      number(roomRatio, (value) => percent(value)),
    ];
  }),
});

export const podsTable = ({ forecast }: PlanDocument, isWhole: boolean): Table => ({
  id: "pods",
  title: "Pods that the demand needs, whatever the maximum",
  columns: [
    column("workload", "Workload"),
    column("rule", "By"),
    figure("month", "Month"),
    figure("p10", "P10"),
    figure("p50", "P50"),
    figure("p90", "P90"),
    figure("with_reserve", "One lost or rollout"),
    figure("maximum", "Maximum"),
  ],
  rows: forecast.workloads.flatMap(({ workload, rule, needed, withReserve, maxReplicas }) =>
    needed.flatMap(({ p10, p50, p90 }, month) =>
      isWhole || (isShown(month) && rule !== "fixed")
        ? [
            [
              workload,
              rule,
              number(month, whole),
              number(p10, whole),
              number(p50, whole),
              number(p90, whole),
              number(withReserve[month], whole),
              number(maxReplicas, whole),
            ],
          ]
        : [],
    ),
  ),
});

export const nodesTable = ({ forecast }: PlanDocument, isWhole: boolean): Table => ({
  id: "nodes",
  title: "Nodes with one spare",
  columns: [
    column("pool", "Pool"),
    column("basis", "Basis"),
    figure("month", "Month"),
    figure("packed_p10", "Packed, P10"),
    figure("packed_p50", "P50"),
    figure("packed_p90", "P90"),
    figure("spread", "Spread, P50"),
    figure("maximum", "Maximum"),
  ],
  rows: forecast.pools.flatMap(({ pool, basis, packed, spread, maxNodes }) =>
    packed.flatMap(({ p10, p50, p90 }, month) =>
      isWhole || isShown(month)
        ? [
            [
              pool,
              basis,
              number(month, whole),
              number(p10, whole),
              number(p50, whole),
              number(p90, whole),
              number(spread[month], whole),
              maxNodes === undefined ? absent : number(maxNodes, whole),
            ],
          ]
        : [],
    ),
  ),
});

const yearDays = 365.25;

export const calendarTable = ({ calendar }: PlanDocument, isWhole: boolean): Table => ({
  id: "calendar",
  title: "Order calendar",
  columns: [
    column("resource", "Resource"),
    figure("purchase", "Purchase"),
    figure("order_by_expected_days", "Order by, expected"),
    figure("order_by_safe_days", "Order by, safe"),
    figure("needed_by_days", "Needed in days"),
    figure("capacity_factor", "Capacity then"),
    column("late", ""),
  ],
  rows: calendar
    .filter(({ orderBy }) => isWhole || (orderBy.expected ?? Infinity) <= yearDays)
    .map((purchase) => [
      purchase.resource,
      number(purchase.number, whole),
      dated(purchase.orderBy.expected, purchase.orderByDate.expected),
      dated(purchase.orderBy.safe, purchase.orderByDate.safe),
      days(purchase.neededBy.expected),
      number(purchase.capacityFactor, (value) => `×${decimal(value, 2)}`),
      purchase.late ? "LATE" : "",
    ]),
});

export const costTable = ({ costs }: PlanDocument, isWhole: boolean): Table => ({
  id: "cost",
  title: `Cost a month${costs === undefined ? "" : `, ${costs.currency}`}`,
  columns: [
    figure("month", "Month"),
    figure("p10", "P10"),
    figure("p50", "P50"),
    figure("p90", "P90"),
    figure("per_1000_requests", "Per 1,000 requests"),
  ],
  rows: (costs?.perMonth ?? []).flatMap(({ p10, p50, p90 }, month) =>
    isWhole || isShown(month)
      ? [
          [
            number(month, whole),
            number(p10, whole),
            number(p50, whole),
            number(p90, whole),
            number(costs?.per1000Requests[month], (value) => decimal(value, 5)),
          ],
        ]
      : [],
  ),
});

export const sensitivityTable = ({ sensitivities }: PlanDocument): Table => ({
  id: "sensitivity",
  title: "Which assumption moves the order date most",
  columns: [
    column("resource", "Resource, ceiling"),
    column("assumption", "Changed alone"),
    figure("order_by_less", "Order by, with less"),
    figure("order_by_expected", "as planned"),
    figure("order_by_more", "with more"),
    figure("swing_days", "Swing, days"),
  ],
  rows: sensitivities.map(({ resource, ceiling, assumption, orderBy, swingDays }) => [
    `${resource}, ${ceiling}`,
    assumption,
    number(orderBy.less, one),
    number(orderBy.expected, one),
    number(orderBy.more, one),
    number(swingDays, one),
  ]),
});

export const sizesTable = ({ sizes }: PlanDocument): Table => ({
  id: "sizes",
  title: "Sizes by regret",
  columns: [
    column("subject", "What"),
    figure("lasts_to_days", "Must last, days"),
    figure("need_p10", "Need P10"),
    figure("need_p50", "P50"),
    figure("need_p90", "P90"),
    figure("chosen", "Least regret"),
    figure("shortfall", "Too small on"),
  ],
  rows: sizes.map(({ subject, lastsToDays, unit, need, chosen, candidates }) => {
    const size = (value: number): string =>
      unit === "factor" ? `×${decimal(value, 2)}` : whole(value);
    return [
      subject,
      number(lastsToDays, whole),
      number(need.p10, size),
      number(need.p50, size),
      number(need.p90, size),
      number(chosen, size),
      number(candidates.find((each) => each.size === chosen)?.shortfall, (value) => percent(value)),
    ];
  }),
});

export const rightSizingTable = ({ rightSizing }: PlanDocument): Table => {
  return {
    id: "right-sizing",
    title: "Requests against measured use of a pod at its load",
    columns: [
      column("workload", "Workload"),
      figure("cpu_requested", "CPU requested"),
      figure("cpu_used", "used"),
      figure("cpu_advised", "advised"),
      figure("memory_requested", "Memory requested"),
      figure("memory_used", "used"),
      figure("memory_advised", "advised"),
    ],
    rows: (rightSizing?.workloads ?? []).map(({ workload, requested, used, advised }) => [
      workload,
      number(requested.cpuCores, millicores),
      number(used.cpuCores, millicores),
      number(advised.cpuCores, millicores),
      number(requested.memoryBytes, formatBytes),
      number(used.memoryBytes, formatBytes),
      number(advised.memoryBytes, formatBytes),
    ]),
  };
};

export const spikesTable = ({ spikes }: Pick<PlanDocument, "spikes">): Table => ({
  id: "campaigns",
  title: "Campaigns",
  columns: [
    column("date", "From"),
    figure("days", "Days"),
    figure("factor", "Traffic ×"),
    column("what", "What"),
    figure("p50", "P50"),
    figure("p90", "P90"),
    figure("limit", "Maximum"),
  ],
  rows: spikes.flatMap(({ date, days: length, factor, ceilings, workloads, pools }) => {
    const head = [date, number(length, one), number(factor, (value) => decimal(value, 2))];
    return [
      ...ceilings.map(({ name, probability }): readonly Cell[] => [
        ...head,
        `chance above ${name}`,
        number(probability, (value) => percent(value)),
        "",
        "",
      ]),
      ...workloads.map(({ workload, needed, maxReplicas }): readonly Cell[] => [
        ...head,
        `${workload} pods`,
        number(needed.p50, whole),
        number(needed.p90, whole),
        number(maxReplicas, whole),
      ]),
      ...pools.map(({ pool, basis, packed, maxNodes }): readonly Cell[] => [
        ...head,
        `${pool} nodes (${basis})`,
        number(packed.p50, whole),
        number(packed.p90, whole),
        number(maxNodes, whole),
      ]),
    ];
  }),
});

export const alertsTable = ({ alerts }: PlanDocument): Table =>
  tableOf({ id: "alerts", title: "Use at which to order: the rules of rules.yaml" }, alerts, [
    { id: "alert", title: "Alert", of: ({ name }) => name },
    { id: "ceiling", title: "Ceiling", of: ({ resource, ceiling }) => `${resource}, ${ceiling}` },
    {
      id: "threshold",
      title: "Threshold",
      numeric: true,
      of: ({ resource, threshold }) =>
        number(threshold, resource === "compute" ? percent : formatBytes),
    },
    {
      id: "trigger_utilisation",
      title: "Of the whole",
      numeric: true,
      of: ({ triggerUtilisation }) => number(triggerUtilisation, percent),
    },
    { id: "severity", title: "Severity", of: ({ severity }) => severity },
  ]);

export const previousTable = ({ previous }: PlanDocument): Table => ({
  id: "previous",
  title:
    previous === undefined ? "Last plan" : `The plan of ${previous.planDate} against what happened`,
  columns: [
    column("resource", "Resource"),
    figure("forecast_p10", "Forecast P10"),
    figure("forecast_p50", "P50"),
    figure("forecast_p90", "P90"),
    figure("actual", "It is"),
    figure("error_ratio", "Off by"),
    column("inside", "Inside?"),
    column("exhaustion_then", "First ceiling, then"),
    column("exhaustion_now", "now"),
  ],
  rows: (previous?.resources ?? []).map((each) => {
    const text = (value: number): string => useText(value, each.unit);
    return [
      each.resource,
      number(each.forecast.p10, text),
      number(each.forecast.p50, text),
      number(each.forecast.p90, text),
      number(each.actual, text),
      number(each.errorRatio, percent),
      each.isUnchanged ? "not measured since" : each.isInside ? "yes" : "no",
      each.ceiling === undefined ? absent : (each.exhaustionThen ?? "never"),
      each.ceiling === undefined ? absent : (each.exhaustionNow ?? "never"),
    ];
  }),
});

export const sourcesTable = ({ sources }: PlanDocument): Table => ({
  id: "sources",
  title: "What the numbers rest on",
  columns: [
    column("source", "Source"),
    column("what", "What"),
    column("date", "Date"),
    column("hash", "SHA-256"),
    column("gives", "Gives"),
  ],
  rows: sources.map(({ id, what, date, hash, link, gives }) => [
    link === undefined ? id : { text: id, links: [{ text: id, link }] },
    what,
    date ?? absent,
    hash,
    gives.join(", "),
  ]),
});

/** Scenarios side by side: a column each. */
export function whatIfTable(document: PlanDocument): Table {
  const plans = [document, ...document.whatIfs];
  const ofAll = (name: string, cell: (plan: (typeof plans)[number]) => Cell): readonly Cell[] => [
    name,
    ...plans.map(cell),
  ];
  const horizon = Math.min(12, document.months);
  return {
    id: "what-if",
    title: "What if",
    columns: [
      column("what", "What"),
      figure("as_planned", "As planned"),
      ...document.whatIfs.map(({ name }) => figure(name, name)),
    ],
    rows: [
      ...document.resources.flatMap((resource) =>
        resource.ceilings.flatMap((ceiling) => {
          const of = (plan: (typeof plans)[number]) =>
            plan.resources
              .find(({ name }) => name === resource.name)
              ?.ceilings.find(({ id }) => id === ceiling.id);
          return [
            ofAll(`${resource.name}, ${ceiling.name}: exhausted P50`, (plan) =>
              dated(of(plan)?.exhaustion.p50, of(plan)?.exhaustionDate.p50),
            ),
            ofAll(`${resource.name}, ${ceiling.name}: order by, expected`, (plan) => {
              const found = of(plan);
              const cell = dated(found?.orderBy.expected, found?.orderByDate.expected);
              return found?.late === true && typeof cell !== "string"
                ? { ...cell, text: `${cell.text} LATE` }
                : cell;
            }),
          ];
        }),
      ),
      ...document.forecast.workloads
        .filter(({ rule }) => rule !== "fixed")
        .map(({ workload }) =>
          ofAll(`${workload} pods in month ${horizon}, P50`, (plan) =>
            number(
              plan.forecast.workloads.find((each) => each.workload === workload)?.needed[horizon]
                ?.p50,
              whole,
            ),
          ),
        ),
      ...document.forecast.pools
        .filter(({ basis }) => basis !== "requests")
        .map(({ pool, basis }) =>
          ofAll(`${pool} nodes (${basis}) in month ${horizon}, P50`, (plan) =>
            number(
              plan.forecast.pools.find((each) => each.pool === pool && each.basis === basis)
                ?.packed[horizon]?.p50,
              whole,
            ),
          ),
        ),
      ...(document.costs === undefined
        ? []
        : [
            ofAll(`cost in month ${horizon}, P50`, (plan) =>
              number(plan.costs?.perMonth[horizon]?.p50, whole),
            ),
          ]),
      ofAll("contradictions", (plan) => number(plan.contradictions.length, whole)),
    ],
  };
}

/** The pictures of a plan. Each says in words what it shows; the tables beside it have the numbers. */
import { decimal, percent } from "../../src/domain/number-text.ts";
import type { PlanDocument, ResourcePlan } from "../../src/domain/capacity-plan.ts";
import type { CapacityLevel, WorkloadCapacity } from "../../src/domain/capacity.ts";
import { useText } from "../../src/domain/quantity-text.ts";
import { key, type Chart } from "../kit/chart.ts";
import { linearTicks, type Plot } from "../kit/plot.ts";
import { todayText, whole } from "./formats.ts";
import { ordersOfYear } from "./tables.ts";

const perMinute = (perSecond: number): number => perSecond * 60;

/** Levels of the runs that the capacity stands on: those with the fewest pods. */
const ownLevels = ({ levels, replicas }: WorkloadCapacity): readonly CapacityLevel[] =>
  levels.filter((level) => replicas === undefined || level.replicas === replicas);

/** How high above its limit a response time is still drawn. */
const mostOfLimit = 2.5;

/** Response times over load, with the limit and the interval of the capacity; one for each surface. */
export function loadLatencyCharts(workload: WorkloadCapacity): readonly Chart[] {
  const levels = ownLevels(workload);
  const capacity = workload.capacityAtObjective;
  return workload.surfaces.flatMap((surface) => {
    const seen = levels.flatMap(({ latency, offeredPerSecond, state }) => {
      const found = latency.find((one) => one.surface === surface);
      return found?.p95Ms === undefined ? [] : [{ ...found, offeredPerSecond, state }];
    });
    const [first] = seen;
    if (first === undefined) return [];
    const toMs = first.limitMs * mostOfLimit;
    const most = Math.max(...seen.map((one) => one.offeredPerSecond), capacity?.point ?? 0);
    const to = perMinute(most) * 1.06;
    const line = (of: "p50Ms" | "p95Ms") =>
      seen
        .filter((one) => one.state !== "generator-saturated" && Number.isFinite(one[of]))
        .map((one) => [perMinute(one.offeredPerSecond), one[of] ?? 0] as const)
        .toSorted((a, b) => a[0] - b[0]);
    const title = `${workload.workload}: response time of ${surface} over load`;
    const bounds =
      capacity === undefined ? undefined : finiteSpan(capacity.low, capacity.high, most);
    const plot: Plot = {
      title,
      description: seen
        .map(
          (one) =>
            `${whole(perMinute(one.offeredPerSecond))} requests/min: p95 ${Number.isFinite(one.p95Ms) ? `${whole(one.p95Ms ?? 0)} ms` : "never answered"}`,
        )
        .join("; "),
      plotHeight: 200,
      x: { from: 0, to, ticks: linearTicks(0, to, 5, whole), label: "requests/min offered" },
      y: { from: 0, to: toMs, ticks: linearTicks(0, toMs, 4, (ms) => `${whole(ms)} ms`) },
      lines: [
        { look: "main", points: line("p95Ms") },
        { look: "other1 d1", points: line("p50Ms") },
      ],
      dots: seen.map((one) => ({
        look: one.state === "generator-saturated" ? "left-out" : one.state,
        x: perMinute(one.offeredPerSecond),
        y: one.p95Ms ?? 0,
        words: `${whole(perMinute(one.offeredPerSecond))} requests/min, ${one.state}: p50 ${decimal(one.p50Ms ?? 0)} ms, p95 ${Number.isFinite(one.p95Ms) ? `${decimal(one.p95Ms ?? 0)} ms` : "never answered"}`,
      })),
      spans:
        bounds === undefined
          ? []
          : [{ look: "interval", from: perMinute(bounds[0]), to: perMinute(bounds[1]) }],
      uprights:
        capacity === undefined
          ? []
          : [
              {
                look: "knee",
                x: perMinute(capacity.point),
                label: `capacity ${whole(perMinute(capacity.point))} requests/min`,
              },
            ],
      levels: [{ look: "ceiling", y: first.limitMs, label: `limit ${whole(first.limitMs)} ms` }],
    };
    return [
      {
        title,
        legend: [
          key("main", "line", "p95"),
          key("other1 d1", "line", "p50"),
          key("saturated", "dot", "saturated level"),
          ...(capacity === undefined
            ? []
            : [key("interval", "ground", "interval of the capacity")]),
        ],
        plots: [plot],
        note: loadNote(workload, seen.length),
      },
    ];
  });
}

function loadNote({ bindingLimit, replicas, state }: WorkloadCapacity, levels: number): string {
  const pods =
    replicas === undefined
      ? "an unknown number of pods"
      : `${replicas} ${replicas === 1 ? "pod" : "pods"}`;
  const bound = bindingLimit === undefined ? "" : ` ${bindingLimit.sentence.replace(/\.$/, "")}.`;
  const open = state === "identified" ? "" : " The capacity was not found: see the state above.";
  return `${levels} levels at ${pods}.${bound}${open} An arrow is a response time beyond the picture.`;
}

/** An open end is drawn to the edge. */
const finiteSpan = (low: number, high: number, most: number): readonly [number, number] => [
  Number.isFinite(low) ? Math.max(0, low) : 0,
  Number.isFinite(high) ? high : most * 1.06,
];

/** Throughput over requests at once with its law, and how far each level lies from it. */
export function throughputChart(workload: WorkloadCapacity): Chart | undefined {
  const { law } = workload;
  const [sigma, kappa, lambda] = [law?.sigma.point, law?.kappa.point, law?.lambda.point];
  const levels = ownLevels(workload).filter(({ concurrency }) => concurrency > 0);
  if (levels.length < 2) return undefined;
  const most = Math.max(...levels.map(({ concurrency }) => concurrency));
  const at =
    sigma === undefined || kappa === undefined || lambda === undefined
      ? undefined
      : (n: number): number =>
          perMinute((lambda * n) / (1 + sigma * (n - 1) + kappa * n * (n - 1)));
  const curve =
    at === undefined
      ? []
      : Array.from({ length: 81 }, (_, index) => {
          const n = (most * 1.06 * index) / 80;
          return [n, Math.max(0, at(n))] as const;
        }).slice(1);
  const height = Math.max(
    ...levels.map(({ completedPerSecond }) => perMinute(completedPerSecond)),
    ...curve.map(([, y]) => y),
  );
  const x: Plot["x"] = {
    from: 0,
    to: most * 1.06,
    ticks: linearTicks(0, most * 1.06, 5, (n) => decimal(n)),
    label: "requests in the system",
  };
  const peak = law?.peak;
  const title = `${workload.workload}: throughput (requests/min) and its scalability law`;
  const upper: Plot = {
    title,
    description: levels
      .map(
        ({ concurrency, completedPerSecond }) =>
          `N ${decimal(concurrency)}: ${whole(perMinute(completedPerSecond))} requests/min`,
      )
      .join("; "),
    plotHeight: 200,
    x,
    y: { from: 0, to: height * 1.08, ticks: linearTicks(0, height * 1.08, 4, whole) },
    lines: [{ look: "main", points: curve }],
    dots: levels.map((level) => levelDot(level, perMinute(level.completedPerSecond))),
    spans:
      peak?.low === undefined || peak.high === undefined || peak.low > most * 1.06
        ? []
        : [{ look: "interval", from: peak.low, to: Math.min(peak.high, most * 1.06) }],
    uprights:
      peak?.point === undefined || peak.point > most * 1.06
        ? []
        : [{ look: "knee", x: peak.point, label: `knee at ${decimal(peak.point)}` }],
  };
  const legend = [key("level", "dot", "levels"), key("saturated", "dot", "saturated")];
  if (at === undefined)
    return {
      title,
      legend,
      plots: [upper],
      note: "No law could be fitted to these levels: what stopped it stands among what was not measured.",
    };
  return {
    title,
    legend: [...legend, key("main", "line", "fitted law")],
    plots: [upper, residualPlot(workload.workload, levels, { at, x })],
    note: `σ ${decimal(sigma ?? 0, 4)}, κ ${decimal(kappa ?? 0, 6)}, λ ${decimal(lambda ?? 0, 2)}/s; intervals in the table. Below: each level, percent off the law. A pattern there, rather than a scatter, says that the law does not hold.`,
  };
}

function residualPlot(
  workload: string,
  levels: readonly CapacityLevel[],
  { at, x }: { readonly at: (n: number) => number; readonly x: Plot["x"] },
): Plot {
  const residuals = levels.map((level) => ({
    level,
    share: perMinute(level.completedPerSecond) / at(level.concurrency) - 1,
  }));
  const reach = Math.max(0.05, ...residuals.map(({ share }) => Math.abs(share))) * 1.15;
  return {
    title: `${workload}: levels against the law`,
    description: residuals
      .map(({ level, share }) => `N ${decimal(level.concurrency)}: ${percent(share)}`)
      .join("; "),
    plotHeight: 80,
    x,
    y: {
      from: -reach,
      to: reach,
      ticks: linearTicks(-reach, reach, 3, (share) => percent(share)),
    },
    levels: [{ look: "zero", y: 0, label: "" }],
    dots: residuals.map(({ level, share }) => levelDot(level, share)),
  };
}

const levelDot = (level: CapacityLevel, y: number) => ({
  look: level.state === "generator-saturated" ? "left-out" : level.state,
  x: level.concurrency,
  y,
  words: `${level.phase}, ${level.state}: N ${decimal(level.concurrency)}, ${whole(perMinute(level.completedPerSecond))} requests/min`,
});

const daysPerMonth = 30.4375;

/** Demand from its history to the ceilings: the fan, the lead time and the order date. */
export function fanChart(resource: ResourcePlan, document: PlanDocument): Chart | undefined {
  const { name, unit, use, demand, ceilings } = resource;
  const last = ceilings.at(-1);
  const ahead = ceilings.filter(({ exhaustion }) => (exhaustion.p50 ?? 0) > 0);
  const [first] = ahead;
  const from = Math.min(
    0,
    ...(demand.history?.points.map(({ day }) => day / daysPerMonth) ?? []),
    ...ahead.slice(0, 1).map(({ orderBy }) => (orderBy.expected ?? 0) / daysPerMonth),
  );
  const horizon = demand.byMonth.length - 1;
  const furthest = Math.max(
    0,
    ...ahead.map(({ exhaustion }) => (exhaustion.p50 ?? 0) / daysPerMonth),
  );
  const to =
    last === undefined
      ? Math.min(12, horizon)
      : ahead.length === 0
        ? horizon
        : Math.min(horizon, Math.max(4, Math.ceil(furthest * 1.5)));
  const fan = demand.byMonth.slice(0, to + 1);
  const top =
    last === undefined
      ? Math.max(...fan.map(({ p90 }) => p90))
      : Math.max(last.value * 1.25, use * 1.25);
  const orderDays = first?.orderBy.expected;
  const exhausted = first?.exhaustion.expected;
  const isLate = first?.late === true;
  const campaigns = campaignsOf(resource, document).filter((one) => one.from <= to);
  const title = `${name}: from today's ${todayText(resource)} on`;
  const plot: Plot = {
    title,
    description: fan
      .map(
        ({ p10, p50, p90 }, month) =>
          `month ${month}: P10 ${useText(p10, unit)}, P50 ${useText(p50, unit)}, P90 ${useText(p90, unit)}`,
      )
      .join("; "),
    plotHeight: 220,
    x: {
      from,
      to,
      ticks: linearTicks(from, to, 6, (month) => decimal(month)),
      label: `months from ${document.planDate}`,
    },
    y: {
      from: 0,
      to: top,
      ticks: linearTicks(0, top, 4, (value) => useText(value, unit).replace(" a month", "")),
    },
    bands: [{ look: "fan", points: fan.map(({ p10, p90 }, month) => [month, p10, p90] as const) }],
    lines: [{ look: "main", points: fan.map(({ p50 }, month) => [month, p50] as const) }],
    dots: (demand.history?.points ?? []).map((point) => ({
      look: "history",
      x: point.day / daysPerMonth,
      y: point.use,
      words: useText(point.use, unit),
    })),
    spans: [
      ...campaigns.map(({ from: start, to: end }) => ({
        look: "campaign",
        from: start,
        to: Math.min(to, end),
      })),
      ...(orderDays === undefined || exhausted === undefined
        ? []
        : [
            {
              look: isLate ? "lead-time late" : "lead-time",
              from: orderDays / daysPerMonth,
              to: Math.min(to, exhausted / daysPerMonth),
            },
          ]),
    ],
    uprights: [
      { look: "today", x: 0, label: `plan ${document.planDate}` },
      ...campaigns.map(({ from: start, factor }) => ({
        look: "campaign",
        x: start,
        label: `campaign ×${decimal(factor, 2)}`,
      })),
      ...(first === undefined || orderDays === undefined || orderDays / daysPerMonth > to
        ? []
        : [
            {
              look: isLate ? "late" : "order",
              x: orderDays / daysPerMonth,
              label: `${isLate ? "LATE: order by" : "order by"} ${first.orderByDate.expected ?? "?"}`,
            },
          ]),
      ...(first?.exhaustion.p50 === undefined || first.exhaustion.p50 / daysPerMonth > to
        ? []
        : [
            {
              look: "end",
              x: first.exhaustion.p50 / daysPerMonth,
              label: `P50 ${first.exhaustionDate.p50 ?? "?"}`,
            },
          ]),
    ],
    levels: ceilings.map((ceiling) => ({
      look: "ceiling",
      y: ceiling.value,
      label: `${ceiling.name}, ${useText(ceiling.value, unit)}`,
    })),
  };
  return {
    title,
    legend: [
      key("main", "line", "P50"),
      key("fan", "ground", "P10 to P90"),
      ...(orderDays === undefined || exhausted === undefined
        ? []
        : [key(isLate ? "lead-time late" : "lead-time", "ground", "lead time")]),
      ...(campaigns.length === 0 ? [] : [key("campaign", "ground", "campaign, not in the fan")]),
      ...(demand.history === undefined ? [] : [key("history", "dot", "history")]),
    ],
    plots: [plot],
    note: fanNote(resource, first),
  };
}

/** A campaign multiplies traffic; what is stored stays. */
const campaignsOf = ({ name }: ResourcePlan, { spikes, planDate }: PlanDocument) =>
  name !== "compute" && name !== "network"
    ? []
    : spikes.map(({ date, days, factor }) => {
        const from = (Date.parse(date) - Date.parse(planDate)) / 86_400_000;
        return { factor, from: from / daysPerMonth, to: (from + days) / daysPerMonth };
      });

function fanNote(
  { ceilings, leadDays }: ResourcePlan,
  first: ResourcePlan["ceilings"][number] | undefined,
): string {
  if (ceilings.length === 0) return "It has no ceiling: more of it only costs.";
  const reached = ceilings.filter(({ exhaustion }) => exhaustion.p50 === 0).map(({ name }) => name);
  const already = reached.length === 0 ? "" : `Reached already: ${reached.join(", ")}. `;
  if (first === undefined)
    return `${already}${reached.length === 0 ? "No ceiling" : "No other ceiling"} is reached at the expected growth.`;
  const { exhaustionDate, orderByDate, name } = first;
  return `${already}${name}: P10 ${exhaustionDate.p10 ?? "never"}, P50 ${exhaustionDate.p50 ?? "never"}, P90 ${exhaustionDate.p90 ?? "never"}; lead time ${decimal(leadDays)} days; order by ${orderByDate.expected ?? "never"}, ${orderByDate.safe ?? "never"} to be safe.`;
}

const looks = ["main", "other1 d1", "other2 d2", "other0 d3"] as const;

/** A pool that never changes needs no picture. */
const isConstant = ({ packed, spread }: PlanDocument["forecast"]["pools"][number]): boolean =>
  new Set(packed.map(({ p50 }) => p50)).size <= 1 && new Set(spread).size <= 1;

/** Nodes of a pool by month: each basis packed and spread. */
export function nodeCharts({ forecast }: PlanDocument): readonly Chart[] {
  const pools = [...new Set(forecast.pools.map(({ pool }) => pool))];
  return pools.flatMap((pool) => {
    const bases = forecast.pools.filter((one) => one.pool === pool);
    if (bases.length < 2 || bases.every(isConstant)) return [];
    const last = (bases[0]?.packed.length ?? 1) - 1;
    const maxNodes = bases[0]?.maxNodes;
    const finite = bases.flatMap(({ packed, spread }) =>
      [...packed.map(({ p50 }) => p50), ...spread].filter((nodes) => Number.isFinite(nodes)),
    );
    const top = Math.max(maxNodes ?? 0, ...finite) * 1.1;
    const title = `${pool} nodes by month`;
    const lines = bases.flatMap(({ basis, packed, spread }, index) => [
      {
        label: `${basis}, packed`,
        look: looks[index * 2] ?? "other0 d3",
        points: packed.map(({ p50 }, month) => [month, p50] as const),
      },
      {
        label: `${basis}, spread`,
        look: looks[index * 2 + 1] ?? "other0 d3",
        points: spread.map((nodes, month) => [month, nodes] as const),
      },
    ]);
    return [
      {
        title,
        legend: [
          ...lines.map(({ label, look }) => key(look, "step", label)),
          key("fan", "ground", `${bases[0]?.basis ?? ""} packed, P10 to P90`),
        ],
        plots: [
          {
            title,
            description: lines
              .map(
                ({ label, points }) =>
                  `${label}: ${points
                    .filter(([month]) => month % 3 === 0)
                    .map(
                      ([month, nodes]) =>
                        `month ${month} ${Number.isFinite(nodes) ? whole(nodes) : "none is enough"}`,
                    )
                    .join(", ")}`,
              )
              .join("; "),
            plotHeight: 180,
            x: { from: 0, to: last, ticks: linearTicks(0, last, 8, whole), label: "months" },
            y: { from: 0, to: top, ticks: linearTicks(0, top, 4, whole) },
            bands: bases.slice(0, 1).map(({ packed }) => ({
              look: "fan",
              points: packed
                .map(({ p10, p90 }, month) => [month, p10, p90] as const)
                .filter(([, low, high]) => Number.isFinite(low) && Number.isFinite(high)),
            })),
            lines: lines.map(({ look, points }) => ({
              look,
              shape: "step",
              points: points.filter(([, nodes]) => Number.isFinite(nodes)),
            })),
            levels:
              maxNodes === undefined
                ? []
                : [{ look: "ceiling", y: maxNodes, label: `maximum ${maxNodes}` }],
          },
        ],
      },
    ];
  });
}

const mostOrders = 16;

/** From the day to order to the day of need, one row a purchase. */
export function calendarChart(document: PlanDocument): Chart | undefined {
  const { planDate } = document;
  const rows = ordersOfYear(document).slice(0, mostOrders);
  if (rows.length === 0) return undefined;
  const values = rows.flatMap(({ orderBy, neededBy }) => [
    orderBy.expected ?? 0,
    orderBy.safe ?? 0,
    neededBy.expected ?? 0,
  ]);
  const [from, to] = [
    Math.min(0, ...values) / daysPerMonth - 0.2,
    Math.max(1, ...values) / daysPerMonth + 0.2,
  ];
  const heightOf = (index: number): number => rows.length - index - 0.5;
  const title = "Orders of the next twelve months";
  return {
    title,
    legend: [
      key("lead-time", "ground", "from order by (expected) to needed"),
      key("lead-time late", "ground", "the order is late"),
      key("safe", "dot", "order by, safe"),
      key("needed", "dot", "needed"),
    ],
    plots: [
      {
        title,
        description: rows
          .map(
            ({ resource, number, orderByDate, late }) =>
              `${resource} ${number}: order by ${orderByDate.expected ?? "?"}${late ? ", LATE" : ""}`,
          )
          .join("; "),
        plotHeight: rows.length * 22,
        x: {
          from,
          to,
          ticks: linearTicks(from, to, 6, (month) => decimal(month)),
          label: `months from ${planDate}`,
        },
        y: {
          from: 0,
          to: rows.length,
          ticks: rows.map(({ resource, number }, index) => ({
            at: heightOf(index),
            label: `${resource} ${number}`,
          })),
        },
        lines: rows.map(({ orderBy, neededBy, late }, index) => ({
          look: late ? "lead-time late" : "lead-time",
          points: [
            [(orderBy.expected ?? 0) / daysPerMonth, heightOf(index)],
            [(neededBy.expected ?? 0) / daysPerMonth, heightOf(index)],
          ] as const,
        })),
        dots: rows.flatMap(({ resource, number, orderBy, orderByDate, neededBy }, index) => [
          {
            look: "safe",
            x: (orderBy.safe ?? 0) / daysPerMonth,
            y: heightOf(index),
            words: `${resource} ${number}: order by ${orderByDate.safe ?? "?"} to be safe`,
          },
          {
            look: "needed",
            x: (neededBy.expected ?? 0) / daysPerMonth,
            y: heightOf(index),
            words: `${resource} ${number}: needed in ${decimal(neededBy.expected ?? 0)} days`,
          },
        ]),
        uprights: [{ look: "today", x: 0, label: `plan ${planDate}` }],
      },
    ],
  };
}

export function costChart({ costs }: PlanDocument): Chart | undefined {
  if (costs === undefined) return undefined;
  const { perMonth, currency } = costs;
  const last = perMonth.length - 1;
  const finite = perMonth.filter(({ p90 }) => Number.isFinite(p90));
  if (finite.length === 0) return undefined;
  const top = Math.max(...finite.map(({ p90 }) => p90)) * 1.06;
  const title = `Cost a month, ${currency}`;
  return {
    title,
    legend: [
      key("main", "line", "P50"),
      key("other1 d1", "line", "P90"),
      key("fan", "ground", "P10 to P90"),
    ],
    plots: [
      {
        title,
        description: finite
          .map(({ p50, p90 }, month) => `month ${month}: P50 ${whole(p50)}, P90 ${whole(p90)}`)
          .join("; "),
        plotHeight: 180,
        x: { from: 0, to: last, ticks: linearTicks(0, last, 8, whole), label: "months" },
        y: { from: 0, to: top, ticks: linearTicks(0, top, 4, whole) },
        bands: [
          { look: "fan", points: finite.map(({ p10, p90 }, month) => [month, p10, p90] as const) },
        ],
        lines: [
          { look: "main", points: finite.map(({ p50 }, month) => [month, p50] as const) },
          { look: "other1 d1", points: finite.map(({ p90 }, month) => [month, p90] as const) },
        ],
      },
    ],
  };
}

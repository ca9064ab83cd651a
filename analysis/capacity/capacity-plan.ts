/** The quarterly plan: what runs out first, when, what to order by which day, and what it costs. Start reading here. */
import { decimal, formatBytes, percent } from "../../src/domain/number-text.ts";
import { dateAfter, isoDate } from "../../src/domain/time-text.ts";
import { plannedResources } from "../../src/domain/capacity-plan.ts";
import type {
  CapacityPlan,
  CeilingDates,
  Costs,
  SizeChoice,
  SpikePlan,
} from "../../src/domain/capacity-plan.ts";
import { believe, type Beliefs } from "./believed-figures.ts";
import { findContradictions } from "./contradictions.ts";
import { sufficientHistoryMonths } from "./demand-history.ts";
import { budgetChecks, costsOf } from "./costs.ts";
import { ceilingsOf } from "./figures.ts";
import { daysPerMonth } from "./growth.ts";
import { historyContradictions } from "./history-contradictions.ts";
import { measuredPods, replicaNeeds } from "./measured-capacity.ts";
import { growthText, useText } from "../../src/domain/quantity-text.ts";
import type { PlanInputs, SimulationChoice } from "./plan-inputs.ts";
import { forecastReplicas } from "./replica-forecast.ts";
import type { ForecastWithPaths } from "./replica-forecast.ts";
import { leastMonths, resourceDates, spikesOf } from "./resource-dates.ts";
import type { ResourceDates } from "./resource-dates.ts";
import { rightSizing } from "./right-sizing.ts";
import { roomToday } from "./room-today.ts";
import { sensitivities } from "./sensitivity.ts";
import { quantilesOf } from "./simulate-demand.ts";
import { chooseSize, regretWeights } from "./size-by-regret.ts";

/** Until the next plan: a quarter. What is ordered then arrives a lead time later. */
const quarterDays = 3 * daysPerMonth;

export function makeCapacityPlan(given: PlanInputs, choice: SimulationChoice): CapacityPlan {
  const { inputs, beliefs } = believe(withMeasuredUse(given), choice);
  const months = simulatedMonths(inputs, choice);
  const dates = plannedResources.map((name) => {
    const days = [lastsTo(inputs, name), ...campaignDays(inputs, choice)];
    return resourceDates(inputs, name, beliefs[name], choice, { months, days });
  });
  const compute = dates.find(({ name }) => name === "compute");
  const factors = compute?.factors ?? [];
  const withPaths = forecastReplicas(inputs, factors.slice(0, choice.months + 1));
  const { nodePaths: _nodePaths, ...forecast } = withPaths;
  const costs = costsOf(inputs, withPaths, dates);
  const resources = dates.map(
    ({ factors: _factors, purchases: _purchases, onDays: _onDays, ...shown }) => shown,
  );
  const growth = quantilesOf(compute?.onDays[0] ?? new Float64Array([1])).p50;
  const until = `in the ${decimal(lastsTo(inputs, "compute"), 0)} days until what the next plan orders arrives`;
  const replicas = replicaNeeds(inputs, growth, until);
  const month = horizonMonth(inputs);
  const atHorizon = forecastReplicas(inputs, factors.slice(month, month + 1));
  const sized = rightSizing(inputs, atHorizon, month);
  return {
    schemaVersion: 1,
    planDate: isoDate(choice.planDateMs),
    seed: choice.seed,
    paths: choice.paths,
    months: choice.months,
    summary: summaryOf(dates),
    resources,
    contradictions: [
      ...historyContradictions(given, beliefs),
      ...findContradictions(inputs.figures, inputs.assumptions.form, (name, { id }) => {
        const ceilings = dates.find((one) => one.name === name)?.ceilings;
        return ceilings?.find((one) => one.id === id)?.exhaustion.expected ?? Infinity;
      }),
    ],
    calendar: dates
      .flatMap(({ purchases }) => purchases)
      .toSorted((a, b) => (a.orderBy.expected ?? Infinity) - (b.orderBy.expected ?? Infinity)),
    budget: budgetChecks(inputs, dates),
    forecast,
    costs,
    sensitivities: sensitivities(inputs, resources),
    capacity: inputs.capacity,
    replicas,
    today: roomToday(resources, forecast, replicas),
    spikes: spikePlans(inputs, choice, compute),
    sizes: sizesOf(inputs, dates, atHorizon),
    rightSizing: sized,
    assumptions: assumptionsOf(inputs, beliefs, choice),
    unknowns: unknownsOf(inputs, beliefs, costs),
  };
}

/** What is ordered now must last until what the next plan orders arrives. */
const lastsTo = ({ figures, assumptions }: PlanInputs, name: (typeof plannedResources)[number]) =>
  Math.round(quarterDays + assumptions.reviewDays + figures.resources[name].leadDays);

const horizonMonth = (inputs: PlanInputs): number =>
  Math.ceil(lastsTo(inputs, "compute") / daysPerMonth);

/** Months to simulate: those shown, a year of orders, until what is ordered now must last, until campaigns end. */
function simulatedMonths(inputs: PlanInputs, choice: SimulationChoice): number {
  const days = [
    ...plannedResources.map((name) => lastsTo(inputs, name)),
    ...campaignDays(inputs, choice),
  ];
  return Math.max(choice.months, leastMonths, Math.ceil(Math.max(...days) / daysPerMonth));
}

/** The first and the last day of each campaign. */
const campaignDays = (inputs: PlanInputs, choice: SimulationChoice): readonly number[] =>
  spikesOf(inputs, choice).flatMap(({ fromDay, toDay }) => [fromDay + 1, toDay]);

/** A pod at its planned load uses its share of what it used at capacity; what was set by hand stays. */
function withMeasuredUse(inputs: PlanInputs): PlanInputs {
  const measured = (inputs.capacity?.workloads ?? []).flatMap(({ workload, atCapacity }) => {
    if (measuredPods(inputs, workload) === undefined) return [];
    const { cpuCoresPerPod: cpu, memoryBytesPerPod: memoryBytes } = atCapacity ?? {};
    const use = {
      cpuCores: cpu === undefined ? undefined : cpu / (1 + inputs.assumptions.headroomRatio),
      memoryBytes,
      ...inputs.measuredUse[workload],
    };
    return [[workload, use] as const];
  });
  return { ...inputs, measuredUse: { ...inputs.measuredUse, ...Object.fromEntries(measured) } };
}

/** A campaign is planned for the higher of its first and its last day, path by path. */
function spikePlans(
  inputs: PlanInputs,
  choice: SimulationChoice,
  compute: ResourceDates | undefined,
): readonly SpikePlan[] {
  const { leadDays, use } = inputs.figures.resources.compute;
  return spikesOf(inputs, choice).map(({ fromDay, toDay, factor }, index) => {
    const [first = new Float64Array([1]), last = first] =
      compute?.onDays.slice(2 * index + 1) ?? [];
    const demand = first.map((one, path) => Math.max(one, last[path] ?? one) * factor);
    const forecast = forecastReplicas(inputs, [demand]);
    const orderBy = fromDay - leadDays - inputs.assumptions.reviewDays;
    return {
      date: dateAfter(choice.planDateMs, fromDay),
      factor,
      days: toDay - fromDay,
      ceilings: ceilingsOf("compute", inputs.figures).map(({ name, value }) => ({
        name,
        probability:
          demand.reduce((count, one) => count + Number(one * use >= value), 0) / demand.length,
      })),
      workloads: forecast.workloads
        .filter(({ rule }) => rule !== "fixed")
        .map(({ workload, maxReplicas, needed }) => ({
          workload,
          maxReplicas,
          needed: needed[0] ?? { p10: 0, p50: 0, p90: 0 },
        })),
      pools: forecast.pools.map(({ pool, basis, packed, maxNodes }) => ({
        pool,
        basis,
        packed: packed[0] ?? { p10: 0, p50: 0, p90: 0 },
        maxNodes,
      })),
      orderBy,
      orderByDate: dateAfter(choice.planDateMs, orderBy),
      late: orderBy < 0,
    };
  });
}

/** Purchases that are offered as sizes: more than two years of them are no choice. */
const mostSteps = 24;

function sizesOf(
  inputs: PlanInputs,
  dates: readonly ResourceDates[],
  atHorizon: ForecastWithPaths,
): readonly SizeChoice[] {
  const bought = (["compute", "database"] as const).flatMap((name) => {
    const { use, budgetImpactRatio: step } = inputs.figures.resources[name];
    const [ceiling] = ceilingsOf(name, inputs.figures);
    const factors = dates.find((one) => one.name === name)?.onDays[0];
    if (ceiling === undefined || factors === undefined || !(step > 0)) return [];
    const need = factors.map((factor) => Math.max(1, (factor * use) / ceiling.value));
    const sizes = Array.from({ length: mostSteps + 1 }, (_, count) => (1 + step) ** count);
    const subject = name === "compute" ? "compute capacity" : "the database's disk";
    return (
      chooseSize({ subject, lastsToDays: lastsTo(inputs, name), unit: "factor", need, sizes }) ?? []
    );
  });
  const nodes = atHorizon.pools.flatMap(({ pool, basis }) => {
    const need = atHorizon.nodePaths.get(`${pool}/${basis}`)?.[0];
    if (need === undefined) return [];
    const [least, most] = spanOf(need);
    if (!(most > least) || !Number.isFinite(most)) return [];
    const sizes = Array.from({ length: most - least + 1 }, (_, index) => least + index);
    return (
      chooseSize({
        subject: `${pool} nodes (${basis})`,
        lastsToDays: horizonMonth(inputs) * daysPerMonth,
        unit: "nodes",
        need,
        sizes: sizes.slice(0, mostNodeSizes),
      }) ?? []
    );
  });
  return [...bought, ...nodes];
}

const mostNodeSizes = 200;

/** Least and most: a spread of ten thousand values is no argument list. */
function spanOf(values: Float64Array): readonly [number, number] {
  return [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
}

function summaryOf(dates: readonly ResourceDates[]): string {
  const all = dates.flatMap(({ name, ceilings }) => ceilings.map((ceiling) => ({ name, ceiling })));
  const soonest = (of: (ceiling: CeilingDates) => number | undefined) =>
    all
      .filter(({ ceiling }) => of(ceiling) !== undefined)
      .toSorted((a, b) => (of(a.ceiling) ?? Infinity) - (of(b.ceiling) ?? Infinity))[0];
  if (all.length === 0) return "Nothing that grows has a ceiling.";
  const late = new Set(all.filter((one) => one.ceiling.late).map((one) => one.name));
  const orders = late.size === 0 ? "" : ` The order date is past for ${[...late].join(" and ")}.`;
  const first = soonest(({ exhaustion }) => exhaustion.p50);
  if (first === undefined) {
    const early = soonest(({ exhaustion }) => exhaustion.p10);
    const fast =
      early === undefined
        ? ""
        : ` Only at the fastest growth in ten is ${early.name} full: ${early.ceiling.name} on ${early.ceiling.exhaustionDate.p10 ?? "?"}.`;
    return `Nothing runs out at the expected growth.${fast}`;
  }
  const { exhaustion, exhaustionDate, name: ceiling } = first.ceiling;
  const when =
    exhaustion.p50 === 0
      ? "has been reached already"
      : `is reached in ${decimal(exhaustion.p50 ?? 0, 0)} days (${exhaustionDate.p50 ?? "?"}; P10 ${exhaustionDate.p10 ?? "?"})`;
  return `${first.name} runs out first: ${ceiling} ${when}.${orders}`;
}

function assumptionsOf(
  inputs: PlanInputs,
  beliefs: Beliefs,
  choice: SimulationChoice,
): readonly string[] {
  const { assumptions, figures } = inputs;
  const { daemonsets } = assumptions;
  const stated = plannedResources.filter((name) => beliefs[name].source === "stated");
  const notMeasured = plannedResources.filter((name) => beliefs[name].today.source === "stated");
  return [
    ...(notMeasured.length === 0
      ? []
      : [
          `Today's use is stated, not measured, for ${notMeasured.map((name) => `${name} (${useText(beliefs[name].today.use, figures.resources[name].unit)})`).join(", ")}.`,
        ]),
    ...(stated.length === 0
      ? []
      : [
          `Growth is stated, not measured, for ${stated.map((name) => `${name} (${growthText(beliefs[name].growth)})`).join(", ")}.`,
          assumptions.form === "compounding"
            ? 'A stated growth compounds ("20 % a month" multiplies by 1.2 each month); the linear reading is under sensitivity.'
            : "A stated growth is linear: the same amount each period, a share of today's use.",
          `How sure the stated rates are is not stated: their standard error is taken as ${percent(assumptions.growthErrorRatio)} of them, a single month as ±${percent(assumptions.monthlyVolatility)} round the trend.`,
        ]),
    ...(stated.length === plannedResources.length
      ? []
      : [
          `A measured growth (${plannedResources.filter((name) => !stated.includes(name)).join(", ")}) comes from a model of the history's months: level, growth, yearly season and noise, averaged over how likely each is. It is used alone from ${sufficientHistoryMonths} months on, and joined with the stated rate below.`,
        ]),
    `P10, P50 and P90 are of ${decimal(choice.paths, 0)} simulated paths, seed ${choice.seed}.`,
    `Order by: "expected" is the expected date (the stated rate in closed form, or P50 where growth is measured) less the lead time; "safe" is P10 less lead time less ${decimal(assumptions.reviewDays)} days of review.`,
    `Requests grow as compute does, from ${decimal(figures.throughput.todayPerMinute, 0)} requests/min, all counted on the ${figures.throughput.workload} at its stated rate per pod; the other workloads that scale start at their minimum and grow in step.`,
    `Peaks are ${decimal(assumptions.peakToMean, 2)} times the stated demand.`,
    ...(inputs.capacity === undefined
      ? []
      : [
          `Where a breakpoint run measured a workload, its pods follow from the low end of the measured capacity with ${percent(assumptions.headroomRatio)} headroom, and its share of the requests is that of the run's mix${sharesText(inputs)}.`,
        ]),
    ...assumptions.spikes.map(
      ({ atMs, factor, days }) =>
        `A campaign of ${decimal(days)} days from ${dateAfter(atMs, 0)} multiplies traffic (compute and network) by ${decimal(factor, 2)}; months, nodes and cost are shown without it, dates with it.`,
    ),
    `Sizes by regret: a unit too much weighs ${regretWeights.over}, a unit too little ${regretWeights.under}, distances to the power ${regretWeights.exponent}; a size must last until what the next plan, a quarter later, orders has arrived.`,
    `Nodes: ${assumptions.reservation === "none" ? "no reservation for the system" : `reservation by the ${assumptions.reservation.toUpperCase()} formulas`}; daemonsets request ${decimal(daemonsets.cpuCores, 2)} cores and ${formatBytes(daemonsets.memoryBytes)} a node; one spare node; pods with fixed replicas are kept on separate nodes.`,
    `Beyond ${simulatedMonths(inputs, choice)} months the same drift goes on.`,
  ];
}

function unknownsOf(
  inputs: PlanInputs,
  beliefs: Beliefs,
  costs: Costs | undefined,
): readonly string[] {
  const { figures, measuredUse } = inputs;
  const unmeasured = Object.keys(figures.workloads).filter((name) => {
    const use = measuredUse[name];
    return use?.cpuCores === undefined || use.memoryBytes === undefined;
  });
  return [
    ...historyUnknowns(inputs, beliefs),
    ...capacityUnknowns(inputs),
    ...(unmeasured.length === 0
      ? []
      : [
          `CPU and memory of a pod under load are not measured (${unmeasured.join(", ")}): beside requests, nodes are shown for the limits, the most they may use.`,
        ]),
    "Today's number of nodes, and what storage is provisioned, are not stated.",
    `What a database replica carries is not measured: when ${figures.limits.databaseReplicas} replicas are too few cannot be said. Connection limits are not stated.`,
    "Peaks within a month are not measured: the peak over the mean is the assumption below.",
    ...(costs === undefined
      ? ["No prices were given: the cost is unknown."]
      : costs.unpriced.length === 0
        ? []
        : [`No price was given for ${costs.unpriced.join(", ")}: not in the cost.`]),
  ];
}

/** What histories leave open: a figure that was to be measured, and is the stated one after all, is named. */
function historyUnknowns(inputs: PlanInputs, beliefs: Beliefs): readonly string[] {
  const { histories, missingHistories = {} } = inputs;
  const isAsked = plannedResources.some(
    (name) => histories[name] !== undefined || missingHistories[name] !== undefined,
  );
  if (!isAsked)
    return [
      "No history of use was given: today's use and growth are stated, not measured, and the forecast has no backtest.",
    ];
  return plannedResources.flatMap((name) => {
    const history = histories[name];
    const { source, growth, today } = beliefs[name];
    const { unit } = inputs.figures.resources[name];
    const use = `today's use is the stated ${useText(today.use, unit)}`;
    const rate = `growth is the stated ${growthText(growth)}`;
    if (history === undefined)
      return [
        `${name}: ${missingHistories[name] ?? "no history was given"}; ${use}, and ${rate}: neither is measured.`,
      ];
    const why = history.outcome === "refused" ? [history.reason] : [];
    const replaced = [
      ...(today.source === "stated" ? [use] : []),
      ...(source === "stated" && history.outcome === "refused" ? [`${rate}, not measured`] : []),
    ];
    return [
      ...(replaced.length === 0 ? [] : [`${name}: ${[...why, ...replaced].join("; ")}.`]),
      ...history.notes.map((note) => `${name}: ${note}.`),
    ];
  });
}

const sharesText = ({ demandShares }: PlanInputs): string =>
  demandShares === undefined
    ? ""
    : ` (${Object.entries(demandShares)
        .map(([name, share]) => `${name} ${percent(share)}`)
        .join(", ")})`;

/** What breakpoint runs left open, or that there was none. */
function capacityUnknowns(inputs: PlanInputs): readonly string[] {
  const { capacity, figures } = inputs;
  if (capacity === undefined)
    return [
      "No breakpoint run was given: what one pod carries within its objectives is the specification's figure, not measured.",
    ];
  const scaled = Object.entries(figures.workloads).filter(
    ([, { minReplicas, maxReplicas }]) => maxReplicas > minReplicas,
  );
  return [
    ...capacity.refusedRuns.map(({ reason }) => `A run could not be used: ${reason}.`),
    ...capacity.workloads.flatMap(({ workload, refusals }) =>
      refusals.map(({ message }) =>
        message.includes(workload) ? message : `${workload}: ${message}`,
      ),
    ),
    ...scaled.flatMap(([name]) =>
      measuredPods(inputs, name) === undefined
        ? [`${name}: no run measured what a pod carries; the specification's figures are used.`]
        : [],
    ),
    ...capacity.workloads.flatMap(({ workload }) =>
      Object.hasOwn(figures.workloads, workload)
        ? []
        : [`${workload} was measured, but is no workload of the specification: it is not planned.`],
    ),
  ];
}

/** The quarterly plan: what runs out first, when, what to order by which day, and what it costs. Start reading here. */
import { budgetChecks, costsOf } from "./costs.ts";
import type { BudgetCheck, Costs } from "./costs.ts";
import { findContradictions } from "./contradictions.ts";
import type { Contradiction } from "./contradictions.ts";
import { plannedResources } from "./figures.ts";
import { bytesText, decimal, percent } from "./phrases.ts";
import type { PlanInputs, SimulationChoice } from "./plan-inputs.ts";
import { forecastReplicas } from "./replica-forecast.ts";
import type { Forecast } from "./replica-forecast.ts";
import { resourceDates } from "./resource-dates.ts";
import type { CeilingDates, Purchase, ResourceDates } from "./resource-dates.ts";
import { sensitivities } from "./sensitivity.ts";
import type { Sensitivity } from "./sensitivity.ts";

export interface CapacityPlan {
  readonly schemaVersion: 1;
  /** ISO date. */
  readonly planDate: string;
  readonly seed: number;
  readonly paths: number;
  readonly months: number;
  /** One sentence: what runs out first. */
  readonly summary: string;
  readonly resources: readonly Omit<ResourceDates, "factors" | "purchases">[];
  readonly contradictions: readonly Contradiction[];
  /** In the order of their order dates. */
  readonly calendar: readonly Purchase[];
  readonly budget: readonly BudgetCheck[];
  readonly forecast: Omit<Forecast, "nodePaths">;
  readonly costs: Costs | undefined;
  readonly sensitivities: readonly Sensitivity[];
  readonly assumptions: readonly string[];
  readonly unknowns: readonly string[];
}

export function makeCapacityPlan(inputs: PlanInputs, choice: SimulationChoice): CapacityPlan {
  const dates = plannedResources.map((name) => resourceDates(inputs, name, choice));
  const compute = dates.find(({ name }) => name === "compute");
  const { nodePaths, ...forecast } = forecastReplicas(inputs, compute?.factors ?? []);
  const costs = costsOf(inputs, { ...forecast, nodePaths }, dates);
  return {
    schemaVersion: 1,
    planDate: new Date(choice.planDateMs).toISOString().slice(0, 10),
    seed: choice.seed,
    paths: choice.paths,
    months: choice.months,
    summary: summaryOf(dates),
    resources: dates.map(({ factors: _factors, purchases: _purchases, ...shown }) => shown),
    contradictions: findContradictions(inputs.figures, inputs.assumptions.form),
    calendar: dates
      .flatMap(({ purchases }) => purchases)
      .toSorted((a, b) => (a.orderBy.stated ?? Infinity) - (b.orderBy.stated ?? Infinity)),
    budget: budgetChecks(inputs, dates),
    forecast,
    costs,
    sensitivities: sensitivities(inputs),
    assumptions: assumptionsOf(inputs, choice),
    unknowns: unknownsOf(inputs, costs),
  };
}

function summaryOf(dates: readonly ResourceDates[]): string {
  const all = dates.flatMap(({ name, ceilings }) => ceilings.map((ceiling) => ({ name, ceiling })));
  const by = (of: (ceiling: CeilingDates) => number | undefined) =>
    all.toSorted((a, b) => (of(a.ceiling) ?? Infinity) - (of(b.ceiling) ?? Infinity))[0];
  const first = by(({ exhaustion }) => exhaustion.p50);
  if (first === undefined) return "Nothing that grows has a ceiling.";
  const { exhaustion, exhaustionDate, name } = first.ceiling;
  const isFull = exhaustion.p50 === 0;
  const when = isFull
    ? "has been reached already"
    : `is reached in ${decimal(exhaustion.p50 ?? 0, 0)} days (${exhaustionDate.p50 ?? "?"}; P10 ${exhaustionDate.p10 ?? "?"})`;
  const late = new Set(all.filter(({ ceiling }) => ceiling.late).map((one) => one.name));
  const orders = late.size === 0 ? "" : ` The order date is past for ${[...late].join(" and ")}.`;
  return `${first.name} runs out first: ${name} ${when}.${orders}`;
}

function assumptionsOf(inputs: PlanInputs, choice: SimulationChoice): readonly string[] {
  const { assumptions, figures } = inputs;
  const { daemonsets } = assumptions;
  return [
    assumptions.form === "compounding"
      ? 'Growth compounds ("20 % a month" multiplies by 1.2 each month); the linear reading is under sensitivity.'
      : "Growth is linear: the same amount each period, a share of today's use.",
    `Nobody states how sure the rates are: their standard error is taken as ${percent(assumptions.growthErrorRatio)} of them, a single month as ±${percent(assumptions.monthlyVolatility)} round the trend. P10, P50 and P90 rest on this (${decimal(choice.paths, 0)} simulated paths, seed ${choice.seed}).`,
    `Order by: "stated" is the stated rate less the lead time; "safe" is P10 less lead time less ${decimal(assumptions.reviewDays)} days of review.`,
    `Requests grow as compute does, from ${decimal(figures.throughput.todayPerMinute, 0)} requests/min, all counted on the ${figures.throughput.workload} at its stated rate per pod; the other workloads that scale start at their minimum and grow in step.`,
    `Peaks are ${decimal(assumptions.peakToMean, 2)} times the stated demand.`,
    `Nodes: ${assumptions.reservation === "none" ? "no reservation for the system" : `reservation by the ${assumptions.reservation.toUpperCase()} formulas`}; daemonsets request ${decimal(daemonsets.cpuCores, 2)} cores and ${bytesText(daemonsets.memoryBytes)} a node; one spare node; pods with fixed replicas are kept on separate nodes.`,
    `Beyond ${choice.months} months the same drift goes on.`,
  ];
}

function unknownsOf(inputs: PlanInputs, costs: Costs | undefined): readonly string[] {
  const { figures, measuredUse, histories } = inputs;
  const unmeasured = Object.keys(figures.workloads).filter((name) => {
    const use = measuredUse[name];
    return use?.cpuCores === undefined || use.memoryBytes === undefined;
  });
  return [
    "No breakpoint run was given: what one pod carries within its objectives is the specification's figure, not measured.",
    ...(unmeasured.length === 0
      ? []
      : [
          `CPU and memory of a pod under load are not measured (${unmeasured.join(", ")}): beside requests, nodes are shown for the limits, the most they may use.`,
        ]),
    ...plannedResources.flatMap((name) => {
      const history = histories[name];
      if (history === undefined) return [];
      return history.outcome === "refused"
        ? [`${name}: ${history.reason}; the stated rate is used alone.`]
        : history.notes.map((note) => `${name}: ${note}.`);
    }),
    ...(plannedResources.some((name) => histories[name] !== undefined)
      ? []
      : ["No history of use was given: growth is as stated, and has no backtest."]),
    "Today's number of nodes, and what storage is provisioned, are not stated.",
    `What a database replica carries is not measured: when ${figures.limits.databaseReplicas} replicas are too few cannot be said. Connection limits are not stated.`,
    "Seasonality is not stated: the peak over the mean is the assumption above.",
    ...(costs === undefined
      ? ["No prices were given: the cost is unknown."]
      : costs.unpriced.length === 0
        ? []
        : [`No price was given for ${costs.unpriced.join(", ")}: not in the cost.`]),
  ];
}

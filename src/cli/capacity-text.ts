/** The capacity plan as text for people: Markdown that reads well on a terminal too. */
import type { CapacityPlan } from "../../analysis/capacity/capacity-plan.ts";
import { decimal, percent, periodText, useText } from "../../analysis/capacity/phrases.ts";
import type { CeilingDates } from "../../analysis/capacity/resource-dates.ts";

export interface WhatIf {
  readonly name: string;
  readonly changes: readonly string[];
  readonly plan: CapacityPlan;
}

export function capacityText(plan: CapacityPlan, whatIfs: readonly WhatIf[]): string {
  return [
    `# Capacity plan of ${plan.planDate}`,
    "",
    plan.summary,
    "",
    "On the specification alone: no run was given. What is not known is listed at the end.",
    ...section("What runs out", datesTable(plan)),
    ...section("Where the specification contradicts itself", contradictionLines(plan)),
    ...section("Order calendar, the next 12 months", calendarTable(plan)),
    ...section(
      "Budget",
      plan.budget.map(({ sentence }) => `- ${sentence}`),
    ),
    ...section("Pods and nodes", nodeTables(plan)),
    ...section("Cost", costTable(plan)),
    ...section("Which assumption moves the order date most", sensitivityTable(plan)),
    ...(whatIfs.length === 0 ? [] : section("What if", whatIfTable(plan, whatIfs))),
    ...section(
      "Assumptions",
      plan.assumptions.map((line) => `- ${line}`),
    ),
    ...section(
      "Not known",
      plan.unknowns.map((line) => `- ${line}`),
    ),
    "",
  ].join("\n");
}

const section = (title: string, lines: readonly string[]): readonly string[] => [
  "",
  `## ${title}`,
  "",
  ...lines,
];

/** A Markdown table whose columns are as wide as their widest cell. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  return [
    line(head),
    `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`,
    ...rows.map(line),
  ];
}

const days = (value: number | undefined): string =>
  value === undefined ? "never" : decimal(value);

const dayAndDate = (value: number | undefined, date: string | undefined): string =>
  value === undefined ? "never" : `${decimal(value)} d (${date ?? "far"})`;

function datesTable({ resources }: CapacityPlan): readonly string[] {
  const rows = resources.flatMap((resource) =>
    resource.ceilings.map((ceiling) => [
      resource.name,
      ceiling.name,
      days(ceiling.exhaustion.stated),
      `${days(ceiling.exhaustion.p10)} / ${days(ceiling.exhaustion.p50)} / ${days(ceiling.exhaustion.p90)}`,
      dayAndDate(ceiling.orderBy.stated, ceiling.orderByDate.stated),
      dayAndDate(ceiling.orderBy.safe, ceiling.orderByDate.safe),
      percent(ceiling.triggerUtilisation),
      lateWord(ceiling),
    ]),
  );
  const growths = resources.map(
    ({ name, use, unit, growth, leadDays, source, ceilings }) =>
      `- ${name}: ${useText(use, unit)}, +${percent(growth.ratio)} a ${periodText(growth.periodDays)} (${growth.form}, ${source}), lead time ${decimal(leadDays)} days${ceilings.length === 0 ? "; no ceiling, only cost" : ""}`,
  );
  return [
    ...growths,
    "",
    ...table(
      [
        "resource",
        "ceiling",
        "stated days",
        "days P10/P50/P90",
        "order by, stated",
        "order by, safe",
        "order at",
        "",
      ],
      rows,
    ),
  ];
}

const lateWord = ({ late, lateIfSafe }: CeilingDates): string =>
  late ? "LATE" : lateIfSafe ? "late if safe" : "";

const contradictionLines = ({ contradictions }: CapacityPlan): readonly string[] =>
  contradictions.length === 0
    ? ["None found."]
    : contradictions.flatMap(({ id, sentence, options }, index) => [
        `${index + 1}. ${sentence} [${id}]`,
        ...options.map((option) => `   - ${option}`),
      ]);

function calendarTable({ calendar, months }: CapacityPlan): readonly string[] {
  const shown = calendar.filter(({ neededBy }) => (neededBy.stated ?? Infinity) <= 365.25);
  const rows = shown.map((purchase) => [
    dayAndDate(purchase.orderBy.stated, purchase.orderByDate.stated),
    dayAndDate(purchase.orderBy.safe, purchase.orderByDate.safe),
    purchase.resource,
    `${purchase.number}`,
    days(purchase.neededBy.stated),
    `×${decimal(purchase.capacityFactor, 2)}`,
    purchase.late ? "LATE" : "",
  ]);
  if (rows.length === 0) return ["Nothing to order."];
  return [
    ...table(
      [
        "order by, stated",
        "order by, safe",
        "resource",
        "purchase",
        "needed in days",
        "capacity then",
        "",
      ],
      rows,
    ),
    "",
    `${calendar.length} purchases within ${months} months; --json has them all.`,
  ];
}

/** Months that are shown: the quarters. */
const shownMonths = (months: number): readonly number[] =>
  Array.from({ length: Math.floor(months / 3) + 1 }, (_, index) => index * 3);

const whole = (value: number): string => (Number.isFinite(value) ? decimal(value, 0) : "none fits");

const from = (month: number | undefined): string => (month === undefined ? "" : `m${month}`);

function nodeTables({ forecast, months }: CapacityPlan): readonly string[] {
  const shown = shownMonths(months);
  const head = shown.map((month) => `m${month}`);
  const at = <Value>(values: readonly Value[], text: (value: Value) => string): string[] =>
    shown.map((month) => {
      const value = values[month];
      return value === undefined ? "" : text(value);
    });
  return [
    "Pods that the demand needs (P50 / P90), whatever the maximum:",
    "",
    ...table(
      ["workload", "max", ...head, "above from"],
      forecast.workloads.map((one) => [
        one.workload,
        `${one.maxReplicas}`,
        ...at(one.needed, ({ p50, p90 }) => `${whole(p50)} / ${whole(p90)}`),
        from(one.aboveMaximumFrom),
      ]),
    ),
    "",
    `All pods that scale against the limit of ${forecast.pods.limit}: ${at(forecast.pods.median, whole).join(", ")}${forecast.pods.aboveFrom === undefined ? "." : `; above it from month ${forecast.pods.aboveFrom}.`}`,
    "",
    "Nodes with one spare: packed P50 / P90, then spread as the scheduler does:",
    "",
    ...table(
      ["pool", "basis", "max", ...head, "above from"],
      forecast.pools.map((pool) => [
        pool.pool,
        pool.basis,
        pool.maxNodes === undefined ? "-" : `${pool.maxNodes}`,
        ...shown.map((month) => {
          const packed = pool.packed[month];
          return packed === undefined
            ? ""
            : `${whole(packed.p50)} / ${whole(packed.p90)}, ${whole(pool.spread[month] ?? 0)}`;
        }),
        from(pool.aboveMaximumFrom),
      ]),
    ),
  ];
}

function costTable({ costs, months }: CapacityPlan): readonly string[] {
  if (costs === undefined) return ["Unknown: no prices were given (--prices FILE)."];
  const shown = shownMonths(months);
  return [
    ...table(
      [`${costs.currency} a month`, ...shown.map((month) => `m${month}`)],
      [
        ["P50", ...shown.map((month) => decimal(costs.perMonth[month]?.p50 ?? 0, 0))],
        ["P90", ...shown.map((month) => decimal(costs.perMonth[month]?.p90 ?? 0, 0))],
        [
          "per 1,000 requests",
          ...shown.map((month) => decimal(costs.per1000Requests[month] ?? 0, 5)),
        ],
      ],
    ),
    "",
    `In it: ${costs.parts.join(", ")}.${costs.unpriced.length === 0 ? "" : ` Without a price: ${costs.unpriced.join(", ")}.`}`,
  ];
}

const sensitivityTable = ({ sensitivities }: CapacityPlan): readonly string[] =>
  table(
    ["resource", "assumption", "order by with less", "stated", "with more", "swing"],
    sensitivities
      .slice(0, 8)
      .map(({ resource, ceiling, assumption, orderBy, swingDays }) => [
        `${resource}, ${ceiling}`,
        assumption,
        days(orderBy.less),
        days(orderBy.stated),
        days(orderBy.more),
        `${decimal(swingDays)} d`,
      ]),
  );

function whatIfTable(plan: CapacityPlan, whatIfs: readonly WhatIf[]): readonly string[] {
  const plans = [plan, ...whatIfs.map((one) => one.plan)];
  const rows = plan.resources.flatMap((resource) =>
    resource.ceilings.map((ceiling) => [
      `${resource.name}, ${ceiling.name}`,
      ...plans.map((one) => {
        const other = one.resources
          .find(({ name }) => name === resource.name)
          ?.ceilings.find(({ id }) => id === ceiling.id);
        return other === undefined
          ? "-"
          : `${days(other.exhaustion.p50)} d, order ${days(other.orderBy.stated)}${other.late ? " LATE" : ""}`;
      }),
    ]),
  );
  return [
    ...whatIfs.map(({ name, changes }) => `- ${name}: ${changes.join(", ")}`),
    "",
    ...table(
      ["exhausted P50, order by stated", "as planned", ...whatIfs.map(({ name }) => name)],
      [
        ...rows,
        ["contradictions", ...plans.map(({ contradictions }) => `${contradictions.length}`)],
      ],
    ),
  ];
}

/**
 * Where the platform's figures contradict each other, found by rules: a figure that changes changes the finding, or
 * removes it. The numbers are those of the specification's own list of contradictions.
 */
import { decimal, formatBytes, percent } from "../../src/domain/number-text.ts";
import { rateText, requestRatePerPod } from "../autoscaling/policy-mapping.ts";
import type { PolicyRow } from "../autoscaling/policy-mapping.ts";
import { plannedResources } from "../../src/domain/capacity-plan.ts";
import { compareDeployment } from "../deployment/index.ts";
import { ceilingsOf, databaseDisk } from "./figures.ts";
import type { Ceiling, PlatformFigures } from "./figures.ts";
import { daysPerMonth, daysToReach, orderByDays } from "./growth.ts";
import { surfaces } from "../../src/domain/surface.ts";
import type { Contradiction, GrowthForm, PlannedResource } from "../../src/domain/capacity-plan.ts";
import type { Growth } from "./growth.ts";
import { growthText, periodText, useText } from "../../src/domain/quantity-text.ts";

/** Days until a resource reaches a ceiling; Infinity: never. */
export type DaysToCeiling = (resource: PlannedResource, ceiling: Ceiling) => number;

type Rule = (
  figures: PlatformFigures,
  form: GrowthForm,
  daysTo: DaysToCeiling,
) => readonly Contradiction[];

/**
 * @param form how growth is read where dates matter
 * @param daysTo the dates that the plan goes by; absent: in closed form from the figures
 */
export const findContradictions = (
  figures: PlatformFigures,
  form: GrowthForm = "compounding",
  daysTo: DaysToCeiling = (resource, { value }) =>
    daysToReach(figures.resources[resource].use, value, growthIn(figures, resource, form)),
): readonly Contradiction[] => rules.flatMap((rule) => rule(figures, form, daysTo));

const growthIn = (
  { resources }: PlatformFigures,
  resource: PlannedResource,
  form: GrowthForm,
): Growth => {
  const { growthRatio, periodDays, growthForm } = resources[resource];
  return { form: growthForm ?? form, ratio: growthRatio, periodDays };
};

const months = (days: number): string => `${decimal(days / daysPerMonth)} months`;
const whole = (value: number): string => decimal(value, 0);

/** Demand at the target needs more pods than its workload may have. */
const demandAboveMaximum: Rule = ({ throughput, policies, workloads }) => {
  const workload = workloads[throughput.workload];
  const perPod = requestRatePerPod(policies);
  if (workload === undefined || perPod === undefined) return [];
  const needed = Math.ceil(throughput.targetPerMinute / perPod);
  const today = Math.ceil(throughput.todayPerMinute / perPod);
  const { maxReplicas } = workload;
  if (needed <= maxReplicas) return [];
  const now =
    today >= maxReplicas
      ? ` Today's ${whole(throughput.todayPerMinute)} already need ${today}: it stands at its maximum now, by its own target.`
      : ` Today's ${whole(throughput.todayPerMinute)} need ${today}.`;
  return [
    {
      id: "demand-above-maximum",
      sentence: `${whole(throughput.targetPerMinute)} requests/min at ${whole(perPod)} requests/min/pod need ${needed} ${throughput.workload} pods; the workload allows ${maxReplicas}.${now}`,
      numbers: {
        targetPerMinute: throughput.targetPerMinute,
        perPodPerMinute: perPod,
        needed,
        todayNeeded: today,
        maxReplicas,
      },
      options: [
        `raise the maximum of ${throughput.workload} to ${needed + 1} (${needed} and one spare)`,
        `show by a breakpoint run that one pod carries ${whole(Math.ceil(throughput.targetPerMinute / maxReplicas))} requests/min, and set the target there`,
        `lower the throughput target to ${whole(maxReplicas * perPod)} requests/min`,
      ],
    },
  ];
};

/** A policy's maximum that no workload may have; maxima that add up to more than the platform allows. */
const maximaUnreachable: Rule = ({ policies, workloads, limits }) => {
  const scaled = Object.entries(workloads).filter(([, w]) => w.maxReplicas > w.minReplicas);
  const largest = Math.max(0, ...scaled.map(([, { maxReplicas }]) => maxReplicas));
  const sum = scaled.reduce((total, [, { maxReplicas }]) => total + maxReplicas, 0);
  const beyond = Object.entries(policies).filter(([, { maxReplicas }]) => maxReplicas > largest);
  const sentences = [
    ...beyond.map(
      ([metric, { maxReplicas }]) =>
        `The ${words(metric)} autoscaler allows ${maxReplicas} pods; no workload may have more than ${largest}.`,
    ),
    ...(sum > limits.pods
      ? [
          `The platform allows ${limits.pods} pods for all; the maxima of ${scaled.map(([name, { maxReplicas }]) => `${name} ${maxReplicas}`).join(", ")} add up to ${sum}.`,
        ]
      : []),
  ];
  if (sentences.length === 0) return [];
  return [
    {
      id: "maxima-unreachable",
      sentence: sentences.join(" "),
      numbers: {
        largestWorkloadMaximum: largest,
        sumOfMaxima: sum,
        podLimit: limits.pods,
        ...Object.fromEntries(beyond.map(([metric, row]) => [metric, row.maxReplicas])),
      },
      options: [
        ...beyond.map(([metric]) => `lower the ${words(metric)} maximum to ${largest}`),
        ...(sum > limits.pods
          ? [
              `raise the platform limit to at least ${sum}`,
              `lower the maxima by ${sum - limits.pods}, and say which workload loses first`,
            ]
          : []),
      ],
    },
  ];
};

/** A resource reaches a ceiling sooner than an order can arrive. What is full already is the next rule's. */
const orderDatePassed: Rule = (figures, form, daysTo) =>
  plannedResources.flatMap((resource) => {
    const { use, unit, growthRatio, leadDays } = figures.resources[resource];
    const growth = growthIn(figures, resource, form);
    const reached = ceilingsOf(resource, figures)
      .filter(({ value }) => value > use)
      .map((ceiling) => ({ ceiling, days: daysTo(resource, ceiling) }));
    const late = reached.find(({ days }) => orderByDays(days, leadDays) < 0);
    if (late === undefined) return [];
    const full = reached.find(
      ({ ceiling }) => ceiling !== late.ceiling && ceiling.whole === late.ceiling.whole,
    );
    const then =
      full === undefined ? "" : ` It passes ${full.ceiling.name} after ${months(full.days)}.`;
    const margin = -orderByDays(late.days, leadDays);
    return [
      {
        id: "order-date-passed",
        subject: resource,
        sentence: `${resource} at ${useText(use, unit)}, ${growthText(growth)} (${growth.form}), passes ${late.ceiling.name} after ${months(late.days)}: less than its lead time of ${months(leadDays)}, so the order date was ${decimal(margin)} days ago.${then}`,
        numbers: { use, growthRatio, days: late.days, leadDays, orderByDays: -margin },
        options: [
          `order today, and carry ${decimal(margin)} days above ${late.ceiling.name}`,
          `shorten the lead time to ${decimal(late.days)} days`,
          `hold growth below ${percent(slowestLate(use, late.ceiling.value, leadDays, growth))} a ${periodText(growth.periodDays)} until the order is there`,
        ],
      },
    ];
  });

/** The growth per period at which the ceiling is reached as the order arrives. */
function slowestLate(use: number, ceiling: number, leadDays: number, growth: Growth): number {
  const periodsOfLead = leadDays / growth.periodDays;
  return growth.form === "compounding"
    ? (ceiling / use) ** (1 / periodsOfLead) - 1
    : (ceiling / use - 1) / periodsOfLead;
}

/** The database fills the disk of the node it runs on. */
const databaseFillsDisk: Rule = (figures) => {
  const disk = databaseDisk(figures);
  const { use, growthRatio, periodDays } = figures.resources.database;
  if (disk === undefined || use < disk * figures.utilisationCeilingRatio) return [];
  const room = Math.max(0, disk - use);
  const left = room === 0 ? "no room for growth on that disk" : `${formatBytes(room)} left`;
  const yearly = use * (1 + growthRatio) ** (365.25 / periodDays);
  return [
    {
      id: "database-fills-disk",
      subject: "database",
      sentence: `The database holds ${formatBytes(use)} and a ${figures.workloads["database"]?.pool ?? "data"} node has a ${formatBytes(disk)} disk (${percent(use / disk)} full, alert at ${percent(figures.utilisationCeilingRatio)}): ${left}, and it grows by ${percent(growthRatio)} a ${periodText(periodDays)}.`,
      numbers: { use, disk, growthRatio },
      options: [
        `give the nodes disks of at least ${formatBytes(yearly / figures.utilisationCeilingRatio)}: a year's growth below the alert`,
        "move the data to network volumes, which do not end with the node's disk",
        "shard the database over several nodes, or archive old data",
      ],
    },
  ];
};

const horizonDays = 24 * daysPerMonth;

/** Growth reaches a limit that the platform declares for itself within two years. */
const storageReachesLimit: Rule = (figures, planForm, daysTo) => {
  const { use, growthRatio, periodDays, growthForm } = figures.resources.storage;
  const { form } = growthIn(figures, "storage", planForm);
  const { storageBytes } = figures.limits;
  const limit = ceilingsOf("storage", figures).find(({ value }) => value === storageBytes);
  const days = limit === undefined ? Infinity : daysTo("storage", limit);
  if (days > horizonDays) return [];
  const periods = days / periodDays;
  const rounded = Math.ceil(periods - 0.05);
  const grown =
    form === "compounding" ? use * (1 + growthRatio) ** rounded : use * (1 + growthRatio * rounded);
  const formula =
    form === "compounding"
      ? `${formatBytes(use)} × ${decimal(1 + growthRatio, 2)}^${rounded}`
      : `${formatBytes(use)} × (1 + ${rounded} × ${decimal(growthRatio, 2)})`;
  // A measured growth is no power of a stated rate.
  const worked = growthForm === undefined ? ` (${formula} = ${formatBytes(grown)})` : "";
  const reaches =
    days === 0
      ? `Storage holds ${formatBytes(use)}: its ${formatBytes(storageBytes)} limit is reached already`
      : `Storage reaches its ${formatBytes(storageBytes)} limit after ${decimal(periods)} ${periodText(periodDays)}s${worked}`;
  return [
    {
      id: "storage-reaches-limit",
      subject: "storage",
      sentence: `${reaches}; no order can raise a limit of the platform.`,
      numbers: { use, limit: storageBytes, growthRatio, periods, days },
      options: [
        days === 0
          ? "have the limit raised today"
          : `have the limit raised within ${decimal(days, 0)} days`,
        "keep less: retention, compression, a cheaper tier outside the limit",
        ...(days === 0
          ? []
          : [
              `hold growth at ${percent((storageBytes / use) ** (periodDays / horizonDays) - 1)} a ${periodText(periodDays)}: it then lasts two years`,
            ]),
      ],
    },
  ];
};

/** The autoscaler's minimum is not the workloads'. */
const minimumUnlikeWorkload: Rule = ({ policies, workloads }) => {
  const minima = [...new Set(Object.values(policies).map(({ minReplicas }) => minReplicas))];
  const unlike = Object.entries(workloads).filter(
    ([, { minReplicas, maxReplicas }]) =>
      maxReplicas > minReplicas && !minima.includes(minReplicas),
  );
  if (minima.length === 0 || unlike.length === 0) return [];
  const stated = unlike.map(([name, { minReplicas }]) =>
    minReplicas > Math.max(...minima)
      ? `${name} needs at least ${minReplicas}`
      : `${name} runs from ${minReplicas}`,
  );
  return [
    {
      id: "minimum-unlike-workload",
      sentence: `The autoscaler's minimum is ${minima.join(" or ")} for everything; ${stated.join(", ")}.`,
      numbers: Object.fromEntries([
        ["autoscalerMinimum", Math.min(...minima)],
        ...unlike.map(([name, { minReplicas }]) => [name, minReplicas] as const),
      ]),
      options: [
        "take each minimum from its workload (what the plan and the generated manifests do)",
        `run every workload from ${Math.max(...minima, ...unlike.map(([, w]) => w.minReplicas))}`,
      ],
    },
  ];
};

/** One HorizontalPodAutoscaler has one minimum, one maximum, one behaviour; the table has one per metric. */
const behaviourPerMetric: Rule = ({ policies }) => {
  const rows = Object.values(policies);
  const parts = (
    [
      ["minimum", ({ minReplicas }) => String(minReplicas)],
      ["maximum", ({ maxReplicas }) => String(maxReplicas)],
      ["scale up", ({ up }) => rateText(up)],
      ["scale down", ({ down }) => rateText(down)],
    ] satisfies readonly (readonly [string, (row: PolicyRow) => string])[]
  )
    .map(([word, of]) => ({ word, values: [...new Set(rows.map((row) => of(row)))] }))
    .filter(({ values }) => values.length > 1);
  if (parts.length === 0) return [];
  return [
    {
      id: "behaviour-per-metric",
      sentence: `One HorizontalPodAutoscaler has one minimum, one maximum and one behaviour for all its metrics; the table gives ${rows.length} metrics their own: ${parts.map(({ word, values }) => `${word} ${values.join(" / ")}`).join("; ")}.`,
      numbers: {
        metrics: rows.length,
        ...Object.fromEntries(parts.map(({ word, values }) => [word, values.length])),
      },
      options: [
        "one object per workload: its own limits, the fastest scale-up, the slowest scale-down",
        "give all metrics the same limits and policies in the table",
      ],
    },
  ];
};

/** A target without a percentile, a "current" value without a date. */
const targetsUnclear: Rule = ({ latencyTargets, lastKnown }) => {
  const noPercentile = latencyTargets.filter(({ percentile }) => percentile === undefined);
  const noDate = lastKnown.filter(({ measuredOn }) => measuredOn === undefined);
  const sentences = [
    ...noPercentile.map(
      ({ name, limitMs }) =>
        `The target of the ${name}, ${decimal(limitMs / 1000)} s, names no percentile.`,
    ),
    ...(noDate.length === 0
      ? []
      : [
          `${noDate.length} "current" values have no date: ${noDate.map(({ name, value, unit }) => `${name} ${unit === "ratio" ? percent(value) : `${decimal(value)} ${unit}`}`).join(", ")}.`,
        ]),
  ];
  if (sentences.length === 0) return [];
  return [
    {
      id: "targets-unclear",
      sentence: sentences.join(" "),
      numbers: { withoutPercentile: noPercentile.length, withoutDate: noDate.length },
      options: [
        ...noPercentile.map(({ name }) => `state the percentile of the ${name} (p95 is used here)`),
        ...(noDate.length === 0
          ? []
          : ["measure the current values in a nightly run, and write its date beside them"]),
      ],
    },
  ];
};

/** The workloads that are deployed are not those of the specification. */
const deployedUnlikeSpecified: Rule = ({ deployed, workloads, policies, throughput }) => {
  if (deployed === undefined) return [];
  const surface = surfaces.find((name) => name === throughput.workload);
  const requestsPerMinute = throughput.targetPerMinute;
  return compareDeployment({
    deployment: deployed,
    specified: workloads,
    policies,
    demand: surface === undefined ? undefined : { surface, requestsPerMinute },
  }).map(({ id, workload, sentence, numbers, options }) => ({
    id,
    subject: workload,
    sentence,
    numbers,
    options,
  }));
};

/** `requestRate` → `request rate`. */
const words = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const rules: readonly Rule[] = [
  demandAboveMaximum,
  maximaUnreachable,
  orderDatePassed,
  databaseFillsDisk,
  storageReachesLimit,
  minimumUnlikeWorkload,
  behaviourPerMetric,
  targetsUnclear,
  deployedUnlikeSpecified,
];

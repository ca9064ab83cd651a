/** The twelve parts of a plan, in their order: what the page and the Markdown both say. */
import { decimal, percent, signedPercent } from "../../src/domain/number-text.ts";
import {
  historyContradictionIds,
  type PlanDocument,
  type RoomToday,
} from "../../src/domain/capacity-plan.ts";
import type { CapacityModel, WorkloadCapacity } from "../../src/domain/capacity.ts";
import { growthText, useText } from "../../src/domain/quantity-text.ts";
import { roomText, todayText } from "./formats.ts";
import * as tables from "./tables.ts";
import {
  charts,
  heading,
  nothing,
  sentences,
  table,
  type Bar,
  type Block,
  type Part,
} from "../kit/block.ts";
import { loadLatencyCharts, throughputChart } from "./capacity-charts.ts";
import * as pictures from "./charts.ts";

/** A part of the plan, and the ids of the sources that its numbers rest on. */
export interface PlanPart extends Part {
  readonly restsOn: readonly string[];
}

const specification = "specification";
const runIds = ({ capacity }: PlanDocument): readonly string[] => [
  ...new Set((capacity?.workloads ?? []).flatMap(({ runs }) => runs.map(({ id }) => `run:${id}`))),
];

export const partsOf = (document: PlanDocument): readonly PlanPart[] =>
  unnumbered(document).map((part, index) => ({ ...part, title: `${index + 1}. ${part.title}` }));

const unnumbered = (document: PlanDocument): readonly PlanPart[] => [
  summaryPart(document),
  capacityPart(document),
  roomPart(document),
  scalingPart(document),
  contradictionsPart(document),
  demandPart(document),
  nodesPart(document),
  storesPart(document),
  calendarPart(document),
  budgetPart(document),
  risksPart(document),
  changesPart(document),
];

function summaryPart(document: PlanDocument): PlanPart {
  const { resources, costs, months } = document;
  const late = tables.ceilingsOf(document).filter((ceiling) => ceiling.late);
  const last = costs?.perMonth[Math.min(12, months)];
  return {
    id: "summary",
    title: "Summary",
    lead: "Expected dates are the stated rate in closed form, or P50 where growth is measured; P10, P50 and P90 are simulated. Negative days are past.",
    blocks: [
      sentences([
        ...historyConflicts(document),
        document.summary,
        `Used today: ${resources.map((resource) => `${resource.name} ${todayText(resource)}`).join(", ")}.`,
        ...late.map(
          ({ resource, name, orderBy, orderByDate }) =>
            `${resource}: the order for ${name} was due on ${orderByDate.expected ?? "?"}, ${decimal(-(orderBy.expected ?? 0))} days before this plan.`,
        ),
        costs === undefined || last === undefined
          ? "What it costs is not known: no prices were given."
          : `It costs ${decimal(costs.perMonth[0]?.p50 ?? 0, 0)} ${costs.currency} a month now and ${decimal(last.p50, 0)} (P90 ${decimal(last.p90, 0)}) in month ${Math.min(12, months)}.`,
        confidence(document),
      ]),
      ...table(tables.datesTable(document)),
    ],
    restsOn: [specification, ...runIds(document), "history", "prices"],
  };
}

/** What a history says against what is stated, before anything else. */
export const historyConflicts = ({ contradictions }: PlanDocument): readonly string[] =>
  contradictions
    .filter(({ id }) => historyContradictionIds.some((each) => each === id))
    .map(({ sentence }) => `Contradiction: ${sentence}`);

function confidence({ capacity, resources }: PlanDocument): string {
  const measured = (capacity?.workloads ?? []).filter(({ state }) => state === "identified");
  const grown = resources.filter(({ source }) => source !== "stated").map(({ name }) => name);
  const stated = resources.filter(({ source }) => source === "stated").map(({ name }) => name);
  return `How sure it is: capacity ${measured.length === 0 ? "not measured" : `measured for ${measured.map(({ workload }) => workload).join(", ")}`}; growth ${grown.length === 0 ? "as stated, not measured" : `measured for ${grown.join(", ")}${stated.length === 0 ? "" : `, as stated for ${stated.join(", ")}`}`}.`;
}

/** A sentence that does not name its workload itself. */
const about = (workload: string, text: string): string => {
  const sentence = /[.!?]$/.test(text) ? text : `${text}.`;
  return sentence.includes(workload) ? sentence : `${workload}: ${sentence}`;
};

const capacityPart = (document: PlanDocument): PlanPart => ({
  id: "capacity",
  title: "What each service carries",
  lead: "Within its objectives, from breakpoint runs. A capacity has its interval; a plan is made with the low end.",
  blocks:
    document.capacity === undefined
      ? [
          sentences([
            "Not measured: no breakpoint run was given. Pods follow from the stated requests per minute and pod.",
            "headroom run breakpoint, then headroom plan --run RUN, measures it.",
          ]),
        ]
      : capacityBlocks(document.capacity, document),
  restsOn: document.capacity === undefined ? [specification] : runIds(document),
});

const capacityBlocks = (
  { refusedRuns, workloads }: CapacityModel,
  document: PlanDocument,
): readonly Block[] => [
  sentences(
    refusedRuns.map(
      ({ reason, hint }) => `Not used: ${reason}.${hint === undefined ? "" : ` ${hint}`}`,
    ),
  ),
  ...table(tables.capacityTable(document)),
  sentences(workloads.flatMap(workloadSentences)),
  ...workloads.map((workload) =>
    charts([...loadLatencyCharts(workload), throughputChart(workload) ?? []].flat()),
  ),
  ...table(tables.lawTable(document)),
  ...table(tables.replicasTable(document)),
  sentences(document.replicas.flatMap((need) => need.sentences)),
  ...table(tables.levelsTable(document), true),
];

const workloadSentences = ({
  workload,
  bindingLimit,
  acrossReplicas,
  warnings,
  refusals,
}: WorkloadCapacity): readonly string[] =>
  [
    bindingLimit?.sentence ?? [],
    acrossReplicas?.sentence ?? [],
    ...warnings.map(({ message }) => message),
    ...refusals.map(({ message }) => message),
  ]
    .flat()
    .map((sentence) => about(workload, sentence));

const roomPart = (document: PlanDocument): PlanPart => ({
  id: "today",
  title: "Headroom today, and with one lost",
  lead: "What is used on the plan's date against what there is; pods also with one lost or a rollout under way.",
  blocks: [
    { kind: "bars", bars: document.today.map(barOf) },
    ...table(tables.todayTable(document), true),
  ],
  restsOn: [specification, ...runIds(document)],
});

/** What is used today against what there is; also with one lost. */
function barOf(room: RoomToday): Bar {
  const { subject, now, limit, limitName, withReserve = now, roomRatio } = room;
  const text = (value: number): string => roomText(value, room);
  const reserve = withReserve > now ? `, ${text(withReserve)} with one lost` : "";
  return {
    subject,
    value: now,
    reserve: withReserve,
    limit,
    words: `${text(now)}${reserve} of ${text(limit)} (${limitName})`,
    over: roomRatio < 0 ? `over by ${percent(-roomRatio)}` : undefined,
  };
}

const scalingPart = ({ scaling }: PlanDocument): PlanPart => ({
  id: "scaling",
  title: "How it scales",
  lead: "Whether the autoscaler did what its policy says, and how long it took, in the runs that were given.",
  blocks: [
    sentences(
      scaling.length === 0
        ? [
            "Not verified: none of the runs that were given watched the autoscaler. headroom run autoscale does.",
          ]
        : scaling.flatMap((run) =>
            run.sentences.map((sentence) => `${sentence} (${run.runId}, ${run.date})`),
          ),
    ),
  ],
  restsOn: scaling.map(({ runId }) => `run:${runId}`),
});

const contradictionsPart = ({ contradictions }: PlanDocument): PlanPart => ({
  id: "contradictions",
  title: "Where the figures contradict each other",
  lead: "Found by rules in the typed figures; no side is picked silently.",
  blocks:
    contradictions.length === 0
      ? [sentences(["None was found."])]
      : contradictions.flatMap(({ id, subject, sentence, options }, index) => [
          heading(`${index + 1}. ${id}${subject === undefined ? "" : ` (${subject})`}`),
          sentences([sentence, ...options.map((option) => `Option: ${option}.`)]),
        ]),
  restsOn: [specification],
});

function demandPart(document: PlanDocument): PlanPart {
  return {
    id: "demand",
    title: "Demand: history and forecast",
    lead: "The fan is where eight of ten simulated paths run. The newest measured level is today's use; a history of a year says how use grows, a shorter one joins the stated rate by their certainty.",
    blocks: [
      sentences([
        ...document.resources.map(
          (resource) =>
            `${resource.name}: ${todayText(resource)}, ${growthText(resource.growth)} (${resource.source}, ${resource.growth.form}); ${signedPercent(resource.demand.monthlyGrowth.low)} to ${signedPercent(resource.demand.monthlyGrowth.high)} a month (95 %), lead time ${decimal(resource.leadDays)} days${resource.ceilings.length === 0 ? "; no ceiling, only cost" : ""}.`,
        ),
        ...document.resources.flatMap(({ name, demand: { history } }) =>
          (history?.notes ?? []).map((note) => `${name}: ${note}.`),
        ),
      ]),
      charts(document.resources.map((resource) => pictures.fanChart(resource, document))),
      ...table(tables.backtestTable(document)),
      ...table(tables.spikesTable(document)),
      sentences(
        document.spikes.map(
          ({ date, factor, days, orderByDate, late }) =>
            `The campaign of ${date} (×${decimal(factor, 2)} for ${decimal(days)} days): what it needs must be ordered by ${orderByDate}${late ? ": LATE" : ""}.`,
        ),
      ),
    ],
    restsOn: [specification, "history"],
  };
}

const nodesPart = (document: PlanDocument): PlanPart => ({
  id: "nodes",
  title: "Pods and nodes by month",
  lead: "Packed is first-fit decreasing, the least that works; spread is how the scheduler places pods. On requests as the cluster reserves them, and on what pods use (or may use at most, where that was not measured).",
  blocks: [
    sentences(podSentences(document)),
    charts(pictures.nodeCharts(document)),
    ...table(tables.nodesTable(document, false), true),
    ...table(tables.podsTable(document, false), true),
  ],
  restsOn: [specification, ...runIds(document)],
});

function podSentences({ forecast: { pods, workloads, pools } }: PlanDocument): readonly string[] {
  return [
    ...workloads.flatMap(({ workload, aboveMaximumFrom, maxReplicas }) =>
      aboveMaximumFrom === undefined
        ? []
        : `${workload} needs more than its maximum of ${maxReplicas} pods from month ${aboveMaximumFrom}.`,
    ),
    pods.aboveFrom === undefined
      ? `All pods that scale stay within the limit of ${pods.limit}.`
      : `All pods that scale exceed the platform's limit of ${pods.limit} from month ${pods.aboveFrom}.`,
    ...pools.flatMap(({ pool, basis, aboveMaximumFrom, maxNodes }) =>
      aboveMaximumFrom === undefined || maxNodes === undefined
        ? []
        : `${pool}: more than the maximum of ${maxNodes} nodes from month ${aboveMaximumFrom}, on ${basis}.`,
    ),
  ];
}

function storesPart(document: PlanDocument): PlanPart {
  const stored = document.resources.filter(({ name }) => name !== "compute");
  return {
    id: "stores",
    title: "Storage, database, network and quotas",
    lead: "What grows without pods. A declared limit of the platform cannot be raised by an order.",
    blocks: [
      sentences(
        stored.flatMap(({ name, ceilings, unit, growth }) =>
          ceilings.length === 0
            ? [`${name}: no ceiling; ${growthText(growth)}, it only costs.`]
            : ceilings.map(
                ({ name: ceiling, value, exhaustionDate, exhaustion }) =>
                  `${name}: ${ceiling} (${useText(value, unit)}) ${exhaustion.p50 === 0 ? "is reached already" : `on ${exhaustionDate.p50 ?? "no date within two hundred years"} (P10 ${exhaustionDate.p10 ?? "never"}, P90 ${exhaustionDate.p90 ?? "never"})`}.`,
              ),
        ),
      ),
      ...table(tables.demandTable(document, false), true),
    ],
    restsOn: [specification, "history"],
  };
}

function calendarPart(document: PlanDocument): PlanPart {
  const { calendar: purchases, months } = document;
  const shown = tables.calendarTable(document, false);
  const picture = pictures.calendarChart(document);
  return {
    id: "calendar",
    title: "What to order, and by when",
    lead: "One purchase adds what the stated budget impact adds. Expected: needed − lead time. Safe: P10 − lead time − review.",
    blocks: [
      picture === undefined
        ? sentences(["Nothing is to be ordered within a year."])
        : charts([picture], "wide"),
      ...table(shown, true),
      sentences([
        `${purchases.length} purchases to order within ${Math.max(12, months)} months; calendar.csv has all.`,
      ]),
      ...table(tables.alertsTable(document)),
      ...table(tables.sizesTable(document)),
      sentences(document.sizes.map(({ sentence }) => sentence)),
    ],
    restsOn: [specification, "history"],
  };
}

function budgetPart(document: PlanDocument): PlanPart {
  const { costs, rightSizing } = document;
  const picture = pictures.costChart(document);
  return {
    id: "budget",
    title: "Budget",
    lead: "The stated budget impacts against what growth asks for, and what it costs.",
    blocks: [
      sentences(document.budget.map(({ sentence }) => sentence)),
      ...(costs === undefined
        ? [sentences(["The cost is unknown: no prices were given (--prices FILE)."])]
        : [
            picture === undefined ? nothing("No number of nodes fits.") : charts([picture], "wide"),
            ...table(tables.costTable(document, false), true),
            sentences([
              `In it: ${costs.parts.join(", ")}.${costs.unpriced.length === 0 ? "" : ` Without a price: ${costs.unpriced.join(", ")}.`}`,
            ]),
          ]),
      ...(rightSizing === undefined
        ? [
            sentences([
              "What right-sizing would save is unknown: the use of pods was not measured.",
            ]),
          ]
        : [...table(tables.rightSizingTable(document)), sentences(rightSizing.sentences)]),
    ],
    restsOn: [specification, "prices", ...runIds(document)],
  };
}

const risksPart = (document: PlanDocument): PlanPart => ({
  id: "risks",
  title: "Risks, assumptions, and what was not measured",
  lead: "What the plan could not measure, and what it assumes instead.",
  blocks: [
    heading("Not known"),
    sentences(document.unknowns),
    heading("Assumed"),
    sentences(document.assumptions),
    ...table(tables.sensitivityTable(document)),
    sentences(document.whatIfs.map(({ name, changes }) => `${name}: ${changes.join(", ")}.`)),
    ...(document.whatIfs.length === 0 ? [] : table(tables.whatIfTable(document))),
  ],
  restsOn: [specification],
});

function changesPart(document: PlanDocument): PlanPart {
  const { previous } = document;
  return {
    id: "changes",
    title: "What changed since the last plan",
    lead: "The earlier forecast for today, beside today; and whether a pod still carries what it did.",
    blocks: [
      ...(previous === undefined
        ? [sentences(["No earlier plan was given (--previous PLAN): nothing can be compared."])]
        : [...table(tables.previousTable(document)), sentences(previous.sentences)]),
      ...table(tables.sourcesTable(document)),
    ],
    restsOn: previous === undefined ? [] : [`plan:${previous.id}`],
  };
}

import { chosenRunDirectory } from "../named-runs.ts";
import { dayMs } from "../../domain/units.ts";
import { isoDate } from "../../domain/time-text.ts";
import { defined } from "../../domain/defined.ts";
import path from "node:path";
import {
  leastHistoryMonths,
  readDemandHistory,
  type HistoryReading,
} from "../../../analysis/capacity/demand-history.ts";
import { figuresOf } from "../../../analysis/capacity/figures.ts";
import {
  defaultAssumptions,
  growthChoices,
  settingsOf,
} from "../../../analysis/capacity/plan-inputs.ts";
import type { PlanInputs, SimulationChoice } from "../../../analysis/capacity/plan-inputs.ts";
import { daysBetween } from "../../../analysis/capacity/previous-plan.ts";
import { reservationNames } from "../../../analysis/capacity/reservations.ts";
import { autoscaling, scalingLimits } from "../../../profiles/platform/autoscaling.ts";
import { deployedWorkloads } from "../../../profiles/platform/deployed-workloads.ts";
import { growth } from "../../../profiles/platform/growth.ts";
import { nodePools } from "../../../profiles/platform/node-pools.ts";
import {
  lastKnown,
  objectives,
  utilisationCeilingRatio,
} from "../../../profiles/platform/objectives.ts";
import { maxUnavailableRatio, workloads } from "../../../profiles/platform/workloads.ts";
import { planMarkdown } from "../../../reports/plan/markdown.ts";
import { usageQueries } from "../../../profiles/platform/usage-queries.ts";
import { readHistoryFile } from "../../config/history-file.ts";
import { readInput } from "../../config/input-encoding.ts";
import { readEarlierPlan } from "../../config/plan-file.ts";
import { readPrices } from "../../config/price-file.ts";
import { Problems } from "../../config/problems.ts";
import { parseChange } from "../../config/what-if.ts";
import type { Change } from "../../config/what-if.ts";
import {
  growthForms,
  plannedResources,
  trends,
  type PlanDocument,
  type PlannedResource,
  type UseUnit,
} from "../../domain/capacity-plan.ts";
import { UsageError } from "../../domain/errors.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { mapParsed, refused } from "../../domain/parsed.ts";
import { toJson } from "../../domain/json.ts";
import { usageHistory, type UsageHistory } from "../../observe/usage-history.ts";
import { makePlan, planFiles } from "../../plan.ts";
import type { PlanRequest, StoredRun } from "../../plan.ts";
import { readRun } from "../../store/run-reader.ts";
import { defineCommand, type Values } from "../command.ts";
import { runsRoot } from "../context.ts";
import { say, type Io } from "../io.ts";
import { openInBrowser } from "../open.ts";
import {
  day,
  file,
  flag,
  httpUrl,
  listOf,
  oneOf,
  option,
  repeatable,
  string,
  wholeNumber,
  type Kind,
} from "../options.ts";
import { jsonOption, runsOption } from "../run-options.ts";
import { headroomVersion } from "../version.ts";

const specification = figuresOf({
  objectives,
  lastKnown,
  // "API response time p95", "database query time p95"; "page load time < 2 s" has none.
  statedPercentiles: { api: 0.95, database: 0.95 },
  policies: autoscaling,
  workloads,
  deployed: deployedWorkloads,
  nodePools,
  limits: scalingLimits,
  growth,
  utilisationCeilingRatio,
  maxUnavailableRatio,
});

const statedInputs: PlanInputs = {
  figures: specification,
  assumptions: defaultAssumptions,
  measuredUse: {},
  histories: {},
};
const settingKinds = Object.fromEntries(
  Object.entries(settingsOf(statedInputs)).map(([name, { kind }]) => [name, kind]),
);

const change: Kind<Change> = {
  name: "change",
  shown: "PATH=VALUE",
  parse: (words) => parseChange(words, settingKinds),
};

const spike: Kind<Change> = {
  name: "spike",
  shown: "DATE xFACTOR for TIME",
  parse: (words) => parseChange(`spike=${words}`, settingKinds),
};

/** The same plan with changes. */
interface WhatIf {
  readonly name: string;
  readonly changes: readonly Change[];
}

const whatIf: Kind<WhatIf> = {
  name: "what-if",
  shown: "NAME:PATH=VALUE,…",
  parse: (words, variables) => {
    const [, name = "", list] = /^([^:=]+):(.+)$/.exec(words) ?? [];
    if (list === undefined) return refused(`"${words}" is not NAME:PATH=VALUE`);
    const changes = listOf(change).parse(list, variables);
    return mapParsed(changes, (own) => ({ name: name.trim(), changes: own }));
  },
};

const planOptions = {
  run: repeatable(
    string("RUN"),
    "a stored breakpoint run (capacity) or a run that watched the autoscaler (scaling)",
  ),
  previous: option(string("PLAN"), "compare an earlier plan's forecast with actuals"),
  date: option(day, "the plan's day, such as 2026-12-01 (default today)"),
  spike: repeatable(spike, 'a campaign: "2026-12-24 x2.5 for 7d" multiplies traffic'),
  set: repeatable(
    change,
    "change a figure: growth.compute=0.15/month, lead.compute=6 weeks, workloads.api.max=12",
  ),
  "what-if": repeatable(whatIf, "the same plan with these changes, side by side"),
  growth: option(oneOf(growthForms), "growth model of a stated rate", {
    default: defaultAssumptions.form,
  }),
  history: option(
    file,
    "table (CSV, JSON) of use by month or day (date,compute,storage,…): today's use, and growth from 4 months on",
  ),
  "growth-from": option(
    oneOf(growthChoices),
    "source of the growth; history: measured from 12 months on, joined with the stated rate below",
    { default: "history" },
  ),
  trend: option(
    oneOf(trends),
    "growth of a history: drift (constant), damped (slows down) or best (both, weighted by their likelihood)",
    { default: "best" },
  ),
  "history-from": option(
    httpUrl("set HEADROOM_PROMETHEUS_TOKEN instead"),
    "a Prometheus-compatible store to query for a year of use (token: HEADROOM_PROMETHEUS_TOKEN, tenant: HEADROOM_PROMETHEUS_TENANT)",
  ),
  prices: option(file, "table of prices, JSON or CSV; without it the cost is unknown"),
  reservation: option(oneOf(reservationNames), "what nodes keep back", { default: "gke" }),
  months: option(wholeNumber({ min: 1, max: 120 }), "how far ahead nodes and cost are shown", {
    default: "24",
  }),
  paths: option(wholeNumber({ min: 100, max: 1_000_000 }), "simulated paths", {
    default: "10000",
  }),
  seed: option(
    wholeNumber({ min: 0, max: 2 ** 32 - 1 }, "NUMBER"),
    "makes the simulation repeatable",
    { default: "1" },
  ),
  runs: runsOption,
  json: jsonOption,
  open: flag("open the report in the browser"),
};
type PlanValues = Values<typeof planOptions>;

export const planCommand = defineCommand({
  name: "plan",
  positionals: [],
  options: planOptions,
  examples: [
    "headroom plan --date 2026-12-01",
    "headroom plan --run latest --previous 20260901-090000-capacity-plan-3fa9",
    'headroom plan --spike "2026-12-24 x2.5 for 7d"',
    "headroom plan --set growth.compute=0.15/month --set lead.compute=2months --json",
    'headroom plan --what-if "slower:growth.compute=10%/month" --what-if "sooner:lead.compute=2 weeks"',
    "headroom plan --history usage.csv --prices prices.json",
  ],
  check: ({ options: { whatIf: whatIfs = [], history, historyFrom } }, problems) => {
    noteTwins(
      whatIfs.map(({ name }) => name),
      problems,
    );
    if (history !== undefined && historyFrom !== undefined)
      problems.add("--history and --history-from: give one of them");
  },
  checkFiles: ({ options: values }, io, problems) => void readFiles(values, io, problems),
  run: async ({ options: values }, io) => {
    const { directory, document } = makePlan(await readRequest(values, io), {
      headroom: headroomVersion(io.packageRoot),
      runsRoot: runsRoot(values, io),
      command: ["headroom", ...io.commandLine].join(" "),
      now: io.now,
    });
    if (values.json) io.stdout.write(`${toJson(document, 2)}\n`);
    else io.stdout.write(planMarkdown(document));
    say(io, document.summary);
    for (const name of [planFiles.html, planFiles.rules])
      say(io, `Written: ${path.relative(io.cwd, path.join(directory, name))}`);
    if (values.open) openInBrowser(path.join(directory, planFiles.html), io);
    return exitStatus.pass;
  },
});

/** @throws UsageError or ConfigError with everything wrong in files, and in flags beside them, at once */
async function readRequest(values: PlanValues, io: Io): Promise<PlanRequest> {
  const { growth: form, reservation, trend, growthFrom, whatIf: whatIfs } = values;
  const problems = new Problems();
  const choice = {
    planDateMs: values.date ?? Math.floor(io.now() / dayMs) * dayMs,
    seed: values.seed,
    paths: values.paths,
    months: values.months,
  };
  const stated: PlanInputs = {
    ...statedInputs,
    assumptions: { ...defaultAssumptions, form, reservation, growthFrom },
  };
  const changes = [...values.set, ...values.spike];
  for (const each of [...changes, ...whatIfs.flatMap((one) => one.changes)])
    noteSpikeOutside(each, choice, problems);

  const { prices, priceTable, history, ofHistory, runs, previous } = readFiles(
    values,
    io,
    problems,
  );
  const stored =
    values.historyFrom === undefined
      ? undefined
      : await storedHistory(values.historyFrom, choice, io);
  const uses = stored?.series ?? ofHistory;
  const planDay = choice.planDateMs / dayMs;
  const histories = historiesOf(uses ?? {}, { planDay, trend });
  if (growthFrom === "measured") noteUnmeasured(histories, stored?.missing ?? {}, problems);
  noteNotBefore(previous, choice, problems);
  problems.raise(
    (message) => new UsageError(message, { code: "usage", hint: "headroom plan --help" }),
  );

  const inputs: PlanInputs = {
    ...withChanges(stated, changes),
    ...defined({ prices: priceTable }),
    histories,
    missingHistories: stored?.missing,
  };
  return {
    choice,
    inputs,
    runs,
    whatIfs: whatIfs.map(({ name, changes: own }) => ({
      name,
      changes: own.map((each) => `${each.path}=${each.text}`),
      apply: (before) => withChanges(before, own),
    })),
    previous,
    files: [
      ...(history === undefined ? [] : [history]),
      ...(stored === undefined ? [] : [stored.file]),
      ...(prices === undefined ? [] : [prices]),
    ],
  };
}

/** @param problems gets what is wrong in them */
function readFiles(values: Partial<PlanValues>, io: Io, problems: Problems) {
  const prices = fileOf("prices", values.prices, io, problems);
  const history = fileOf("history", values.history, io, problems);
  const root = runsRoot(values, io);
  return {
    prices,
    priceTable: problems.attempt(() =>
      prices === undefined
        ? undefined
        : readPrices(prices.text, prices.name, Object.keys(nodePools)),
    ),
    history,
    ofHistory: problems.attempt(() =>
      history === undefined
        ? undefined
        : readHistoryFile(history.text, history.name, plannedResources),
    ),
    runs: (values.run ?? []).flatMap(
      (reference) => problems.attempt(() => storedRun(reference, root)) ?? [],
    ),
    previous: problems.attempt(() =>
      values.previous === undefined ? undefined : readEarlierPlan(values.previous, root, io.cwd),
    ),
  };
}

type Series = Readonly<
  Record<
    string,
    readonly { readonly day: number; readonly use: number; readonly unit?: string | undefined }[]
  >
>;

function historiesOf(
  uses: Series,
  options: { readonly planDay: number; readonly trend: (typeof trends)[number] },
): Readonly<Partial<Record<PlannedResource, HistoryReading>>> {
  const read = plannedResources.flatMap((name) => {
    const points = uses[name];
    if (points === undefined) return [];
    const problem = unitProblem(points, specification.resources[name].unit);
    return [[name, readDemandHistory(points, { ...options, unitProblem: problem })] as const];
  });
  return Object.fromEntries(read);
}

/** Bare numbers are shares as far as shares go, and bytes from a billion on: no other unit has such numbers. */
const greatestShare = 5;
const leastBareBytes = 1e9;

/** A column in a unit that is not the resource's still shows how its use grew. */
function unitProblem(points: Series[string], unit: UseUnit): string | undefined {
  const written = points[0]?.unit;
  const isShare = unit === "ratio";
  if (written === undefined || written === (isShare ? "percent" : "bytes")) return undefined;
  const isBare = written === "no unit";
  const fits = ({ use }: Series[string][number]): boolean =>
    isShare ? use <= greatestShare : use >= leastBareBytes;
  if (isBare && points.every(fits)) return undefined;
  return `its column ${isBare ? "has no unit" : `is in ${written}`}, expected ${isShare ? "a share such as 41%" : "a size such as 1.3TB"}`;
}

/** @param problems gets every resource whose growth was to be measured, and cannot be */
function noteUnmeasured(
  histories: Readonly<Partial<Record<PlannedResource, HistoryReading>>>,
  missing: Readonly<Partial<Record<PlannedResource, string>>>,
  problems: Problems,
): void {
  const read = Object.entries(histories);
  for (const [name, history] of read)
    if (history.outcome === "refused")
      problems.add(`--growth-from measured: ${name}: ${history.reason}`);
  for (const [name, reason] of Object.entries(missing))
    problems.add(`--growth-from measured: ${name}: ${reason}`);
  if (read.length === 0 && Object.keys(missing).length === 0)
    problems.add(
      `--growth-from measured: there is no history: give --history or --history-from with at least ${leastHistoryMonths} months`,
    );
}

interface StoredHistory extends UsageHistory {
  readonly file: PlanRequest["files"][number];
  readonly missing: Readonly<Partial<Record<PlannedResource, string>>>;
}

const storeMonths = 12;
const storePatienceMs = 20_000;

/** A year of use from a store, and what it did not answer, by resource. */
async function storedHistory(
  url: string,
  { planDateMs }: SimulationChoice,
  io: Io,
): Promise<StoredHistory> {
  const token = io.env["HEADROOM_PROMETHEUS_TOKEN"] ?? "";
  const tenant = io.env["HEADROOM_PROMETHEUS_TENANT"] ?? "";
  const found = await usageHistory(
    { url, token: token === "" ? undefined : token, tenant: tenant === "" ? undefined : tenant },
    {
      queries: usageQueries,
      endMs: Math.min(planDateMs, io.now()),
      months: storeMonths,
      timeoutMs: storePatienceMs,
      signal: io.interrupted,
    },
  );
  for (const { resource, reason } of found.problems)
    say(io, `no history of ${resource}: ${reason}`);
  const host = new URL(url).host;
  const missing = Object.fromEntries(
    plannedResources.flatMap((name) =>
      found.series[name] === undefined
        ? [
            [
              name,
              found.problems.find(({ resource }) => resource === name)?.reason ??
                "the store is not queried for it (profiles/platform/usage-queries.ts)",
            ] as const,
          ]
        : [],
    ),
  );
  return { ...found, missing, file: { id: "history", name: host, text: toJson(found.series) } };
}

function storedRun(reference: string, root: string): StoredRun {
  const directory = chosenRunDirectory(root, reference);
  return { directory, data: readRun(directory) };
}

function noteNotBefore(
  earlier: PlanDocument | undefined,
  { planDateMs }: SimulationChoice,
  problems: Problems,
): void {
  const planDate = isoDate(planDateMs);
  if (earlier !== undefined && daysBetween(earlier, { planDate }) <= 0)
    problems.add(
      `--previous: the plan of ${earlier.planDate} is not before this one of ${planDate}`,
    );
}

function noteTwins(names: readonly string[], problems: Problems): void {
  for (const name of new Set(names.filter((each, index) => names.indexOf(each) !== index)))
    problems.add(`--what-if: there are two scenarios "${name}": give each its own name`);
}

function noteSpikeOutside(
  { atMs, text }: Change,
  { planDateMs, months }: SimulationChoice,
  problems: Problems,
): void {
  if (atMs === undefined) return;
  const month = (atMs - planDateMs) / dayMs / 30.4375;
  if (month < 0) problems.add(`spike "${text}": it begins before the plan's date`);
  if (month > months)
    problems.add(`spike "${text}": it begins after the ${months} months that are planned`);
}

function withChanges(inputs: PlanInputs, changes: readonly Change[]): PlanInputs {
  const settings = settingsOf(inputs);
  return changes.reduce(
    (before, { path: name, value, periodDays, atMs }) =>
      settings[name]?.apply(before, value, periodDays, atMs) ?? before,
    inputs,
  );
}

function fileOf<Name extends "prices" | "history">(
  id: Name,
  name: string | undefined,
  io: Io,
  problems: Problems,
): { readonly id: Name; readonly name: string; readonly text: string } | undefined {
  if (name === undefined) return undefined;
  const content = problems.attempt(() => readInput(path.resolve(io.cwd, name), name));
  return content === undefined ? undefined : { id, name, text: content };
}

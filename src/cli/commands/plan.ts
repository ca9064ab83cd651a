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
import { holdsUser } from "../../config/hosts.ts";
import { takeInput } from "../../config/input-encoding.ts";
import { suggestion } from "../../config/nearest.ts";
import { readEarlierPlan } from "../../config/plan-file.ts";
import { readPrices } from "../../config/price-file.ts";
import { Problems } from "../../config/problems.ts";
import { readChanges } from "../../config/what-if.ts";
import type { Change } from "../../config/what-if.ts";
import {
  growthForms,
  plannedResources,
  trends,
  type PlannedResource,
  type UseUnit,
} from "../../domain/capacity-plan.ts";
import { HeadroomError, UsageError } from "../../domain/errors.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { usageHistory, type UsageHistory } from "../../observe/usage-history.ts";
import { makePlan, planFiles } from "../../plan.ts";
import type { PlanRequest, StoredRun } from "../../plan.ts";
import { findRunDirectory } from "../../store/run-directory.ts";
import { readRun } from "../../store/run-reader.ts";
import type { Arguments, Command } from "../command.ts";
import { runsRoot } from "../context.ts";
import { say, type Io } from "../io.ts";
import { openInBrowser } from "../open.ts";
import { runsOption } from "../run-options.ts";
import { headroomVersion } from "../version.ts";

export const planCommand: Command = {
  name: "plan",
  positionals: [],
  options: {
    run: {
      value: "RUN",
      repeatable: true,
      help: "a stored breakpoint run (capacity) or a run that watched the autoscaler (scaling)",
    },
    previous: { value: "PLAN", help: "an earlier plan: its forecast against what happened" },
    date: { value: "DATE", help: "the plan's day, such as 2026-12-01 (default today)" },
    spike: {
      value: "DATE xFACTOR for TIME",
      repeatable: true,
      help: 'a campaign: "2026-12-24 x2.5 for 7d" multiplies traffic',
    },
    set: {
      value: "PATH=VALUE",
      repeatable: true,
      help: "change a figure: growth.compute=0.15/month, lead.compute=6 weeks, workloads.api.max=12",
    },
    "what-if": {
      value: "NAME:PATH=VALUE,…",
      repeatable: true,
      help: "the same plan with these changes, side by side",
    },
    growth: { value: "FORM", help: "how a stated rate is read: compounding (default) or linear" },
    history: {
      value: "FILE",
      help: "CSV of use by month or day (date,compute,storage,…): today's use, and growth from 4 months on",
    },
    "growth-from": {
      value: "SOURCE",
      help: "history (default: measured from 12 months on, joined with the stated rate below), measured or stated",
    },
    trend: {
      value: "TREND",
      help: "growth of a history: best (default: by likelihood), drift (goes on) or damped (slows down)",
    },
    "history-from": {
      value: "URL",
      help: "a Prometheus-compatible store that is asked for a year of use (token: HEADROOM_PROMETHEUS_TOKEN, tenant: HEADROOM_PROMETHEUS_TENANT)",
    },
    prices: { value: "FILE", help: "table of prices, JSON or CSV; without it the cost is unknown" },
    reservation: { value: "NAME", help: "what nodes keep back: gke (default), eks, aks, none" },
    months: { value: "NUMBER", help: "how far ahead nodes and cost are shown (default 24)" },
    paths: { value: "NUMBER", help: "simulated paths (default 10000)" },
    seed: { value: "NUMBER", help: "makes the simulation repeatable (default 1)" },
    runs: runsOption,
    json: { help: "one JSON document on stdout" },
    open: { help: "open the report in the browser" },
  },
  examples: [
    "headroom plan --date 2026-12-01",
    "headroom plan --run latest --previous 20260901-090000-capacity-plan-3fa9",
    'headroom plan --spike "2026-12-24 x2.5 for 7d"',
    "headroom plan --set growth.compute=0.15/month --set lead.compute=2months --json",
    'headroom plan --what-if "slower:growth.compute=10%/month" --what-if "sooner:lead.compute=2 weeks"',
    "headroom plan --history usage.csv --prices prices.json",
  ],
  run: async (args, io) => {
    const { directory, document } = makePlan(await readRequest(args, io), {
      headroom: headroomVersion(io.packageRoot),
      runsRoot: runsRoot(args, io),
      command: ["headroom", ...io.commandLine].join(" "),
      now: io.now,
    });
    if (args.flag("json")) io.stdout.write(`${toJson(document, 2)}\n`);
    else io.stdout.write(planMarkdown(document));
    say(io, document.summary);
    for (const file of [planFiles.html, planFiles.rules])
      say(io, `Written: ${path.relative(io.cwd, path.join(directory, file))}`);
    if (args.flag("open")) openInBrowser(path.join(directory, planFiles.html), io);
    return exitStatus.pass;
  },
};

/** @throws UsageError or ConfigError with everything wrong in flags and files, at once */
async function readRequest(args: Arguments, io: Io): Promise<PlanRequest> {
  const problems = new Problems();
  const choice = {
    planDateMs: planDate(args.value("date"), io, problems),
    seed: wholeNumber(args, "seed", 1, [0, 2 ** 32 - 1], problems),
    paths: wholeNumber(args, "paths", 10_000, [100, 1_000_000], problems),
    months: wholeNumber(args, "months", 24, [1, 120], problems),
  };
  const form = oneOf(args, "growth", growthForms, defaultAssumptions.form, problems);
  const reservation = oneOf(args, "reservation", reservationNames, "gke", problems);
  const trend = oneOf(args, "trend", trends, "best", problems);
  const growthFrom = oneOf(args, "growth-from", growthChoices, "history", problems);
  const stated: PlanInputs = {
    figures: specification,
    assumptions: { ...defaultAssumptions, form, reservation, growthFrom },
    measuredUse: {},
    histories: {},
  };
  const kinds = Object.fromEntries(
    Object.entries(settingsOf(stated)).map(([name, { kind }]) => [name, kind]),
  );
  const changes = [
    ...readChanges("--set", args.values("set"), kinds, problems),
    ...readChanges(
      "--spike",
      args.values("spike").map((text) => `spike=${text}`),
      kinds,
      problems,
    ),
  ];
  const whatIfs = args.values("what-if").flatMap((text) => {
    const [, name, list] = /^([^:=]+):(.+)$/.exec(text) ?? [];
    if (name === undefined || list === undefined) {
      problems.add(`--what-if: "${text}" is not NAME:PATH=VALUE`);
      return [];
    }
    const texts = list.split(",").map((one) => one.trim());
    return [{ name: name.trim(), changes: readChanges("--what-if", texts, kinds, problems) }];
  });
  noteTwins(
    whatIfs.map(({ name }) => name),
    problems,
  );
  for (const change of [...changes, ...whatIfs.flatMap((one) => one.changes)])
    noteSpikeOutside(change, choice, problems);

  const prices = fileOf(args, "prices", io, problems);
  const history = fileOf(args, "history", io, problems);
  const priceTable = problemsOf(problems, () =>
    prices === undefined ? undefined : readPrices(prices.text, prices.name, Object.keys(nodePools)),
  );
  const stored = await storedHistory(choice, args, io, problems);
  if (stored !== undefined && history !== undefined)
    problems.add("--history and --history-from: give one of them");
  const uses =
    stored?.series ??
    problemsOf(problems, () =>
      history === undefined
        ? undefined
        : readHistoryFile(history.text, history.name, plannedResources),
    );
  const planDay = choice.planDateMs / dayMs;
  const histories = historiesOf(uses ?? {}, { planDay, trend });
  if (growthFrom === "measured") noteUnmeasured(histories, stored?.missing ?? {}, problems);
  const runs = args
    .values("run")
    .flatMap((reference) => problemsOf(problems, () => storedRun(reference, args, io)) ?? []);
  const previous = problemsOf(problems, () => earlierPlan(choice, args, io));
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
      changes: own.map((change) => `${change.path}=${change.text}`),
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
  { planDateMs }: SimulationChoice,
  args: Arguments,
  io: Io,
  problems: Problems,
): Promise<StoredHistory | undefined> {
  const url = args.value("history-from");
  if (url === undefined) return undefined;
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : "")) {
    problems.add(`--history-from: "${url}" is not an address: write http://prometheus:9090`);
    return undefined;
  }
  // The command line stands in the report.
  if (holdsUser(url)) {
    problems.add("--history-from: the address holds a user; set HEADROOM_PROMETHEUS_TOKEN instead");
    return undefined;
  }
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
                "the store is not asked for it (profiles/platform/usage-queries.ts)",
            ] as const,
          ]
        : [],
    ),
  );
  return { ...found, missing, file: { id: "history", name: host, text: toJson(found.series) } };
}

/** What a file says wrong joins what the flags say wrong. */
function problemsOf<Value>(problems: Problems, read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof HeadroomError)) throw error;
    problems.add(
      error.hint === undefined
        ? error.message
        : `${error.message.replace(/\.$/, "")}. ${error.hint}`,
    );
    return undefined;
  }
}

function storedRun(reference: string, args: Arguments, io: Io): StoredRun {
  const directory = findRunDirectory(runsRoot(args, io), reference);
  return { directory, data: readRun(directory) };
}

function earlierPlan(
  choice: SimulationChoice,
  args: Arguments,
  io: Io,
): PlanRequest["previous"] | undefined {
  const reference = args.value("previous");
  if (reference === undefined) return undefined;
  const earlier = readEarlierPlan(reference, runsRoot(args, io), io.cwd);
  const date = isoDate(choice.planDateMs);
  if (daysBetween(earlier, { planDate: date }) > 0) return earlier;
  throw new UsageError(
    `--previous: the plan of ${earlier.planDate} is not before this one of ${date}`,
    { code: "usage" },
  );
}

function noteTwins(names: readonly string[], problems: Problems): void {
  for (const name of new Set(names.filter((each, index) => names.indexOf(each) !== index)))
    problems.add(`--what-if: there are two scenarios "${name}": give each its own name`);
}

const dayMs = 86_400_000;

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

function withChanges(inputs: PlanInputs, changes: readonly Change[]): PlanInputs {
  const settings = settingsOf(inputs);
  return changes.reduce(
    (before, { path: name, value, periodDays, atMs }) =>
      settings[name]?.apply(before, value, periodDays, atMs) ?? before,
    inputs,
  );
}

function planDate(text: string | undefined, io: Io, problems: Problems): number {
  if (text === undefined) return Math.floor(io.now() / dayMs) * dayMs;
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  const isDate = !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
  if (!isDate) problems.add(`--date: "${text}" is not a date: write 2026-12-01`);
  return isDate ? at : 0;
}

function wholeNumber(
  args: Arguments,
  flag: string,
  fallback: number,
  [least, most]: readonly [number, number],
  problems: Problems,
): number {
  const text = args.value(flag);
  const value = text === undefined ? fallback : Number(text);
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  problems.add(`--${flag}: "${text}" is not a whole number from ${least} to ${most}`);
  return fallback;
}

function oneOf<Name extends string>(
  args: Arguments,
  flag: string,
  names: readonly Name[],
  fallback: Name,
  problems: Problems,
): Name {
  const text = args.value(flag) ?? fallback;
  const found = names.find((name) => name === text);
  if (found === undefined) problems.add(`--${flag}: unknown "${text}": ${suggestion(text, names)}`);
  return found ?? fallback;
}

function fileOf<Name extends "prices" | "history">(
  args: Arguments,
  flag: Name,
  io: Io,
  problems: Problems,
): { readonly id: Name; readonly name: string; readonly text: string } | undefined {
  const name = args.value(flag);
  if (name === undefined) return undefined;
  const text = takeInput(path.resolve(io.cwd, name), name, problems);
  return text === undefined ? undefined : { id: flag, name, text };
}

import { readFileSync } from "node:fs";
import path from "node:path";
import { makeCapacityPlan } from "../../../analysis/capacity/capacity-plan.ts";
import type { CapacityPlan } from "../../../analysis/capacity/capacity-plan.ts";
import { readHistory } from "../../../analysis/capacity/demand-history.ts";
import { figuresOf, plannedResources } from "../../../analysis/capacity/figures.ts";
import { growthForms } from "../../../analysis/capacity/growth.ts";
import { defaultAssumptions, settingsOf } from "../../../analysis/capacity/plan-inputs.ts";
import type { PlanInputs, SimulationChoice } from "../../../analysis/capacity/plan-inputs.ts";
import { reservationNames } from "../../../analysis/capacity/reservations.ts";
import { autoscaling, scalingLimits } from "../../../profiles/platform/autoscaling.ts";
import { growth } from "../../../profiles/platform/growth.ts";
import { nodePools } from "../../../profiles/platform/node-pools.ts";
import {
  lastKnown,
  objectives,
  utilisationCeilingRatio,
} from "../../../profiles/platform/objectives.ts";
import { maxUnavailableRatio, workloads } from "../../../profiles/platform/workloads.ts";
import { readHistoryFile } from "../../config/history-file.ts";
import { suggestion } from "../../config/nearest.ts";
import { readPrices } from "../../config/price-file.ts";
import { Problems } from "../../config/problems.ts";
import { readChanges } from "../../config/what-if.ts";
import type { Change } from "../../config/what-if.ts";
import { ConfigError, UsageError } from "../../domain/errors.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { capacityText } from "../capacity-text.ts";
import type { WhatIf } from "../capacity-text.ts";
import type { Arguments, Command } from "../command.ts";
import type { Io } from "../io.ts";

export const planCommand: Command = {
  name: "plan",
  summary:
    "the quarterly capacity plan: what runs out when, what to order by which day, at what cost",
  positionals: [],
  options: {
    date: { value: "DATE", help: "the plan's day, such as 2026-12-01 (default today)" },
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
    growth: { value: "FORM", help: "how a rate is read: compounding (default) or linear" },
    history: { value: "FILE", help: "CSV of use by month: date,compute,storage,…" },
    prices: { value: "FILE", help: "JSON price table; without it the cost is unknown" },
    reservation: { value: "NAME", help: "what nodes keep back: gke (default), eks, aks, none" },
    months: { value: "NUMBER", help: "how far ahead nodes and cost are shown (default 24)" },
    paths: { value: "NUMBER", help: "simulated paths (default 10000)" },
    seed: { value: "NUMBER", help: "makes the simulation repeatable (default 1)" },
    json: { help: "one JSON document on stdout" },
  },
  examples: [
    "headroom plan --date 2026-12-01",
    "headroom plan --set growth.compute=0.15/month --set lead.compute=2months --json",
    'headroom plan --what-if "slower:growth.compute=10%/month" --what-if "sooner:lead.compute=2 weeks"',
    "headroom plan --history usage.csv --prices prices.json",
  ],
  run: async (args, io) => {
    const { choice, inputs, whatIfs } = readRequest(args, io);
    const plan = makeCapacityPlan(inputs, choice);
    const others = whatIfs.map(({ name, changes }): WhatIf => ({
      name,
      changes: changes.map((change) => `${change.path}=${change.text}`),
      plan: makeCapacityPlan(withChanges(inputs, changes), choice),
    }));
    if (args.flag("json")) io.stdout.write(`${toJson(planDocument(plan, others), 2)}\n`);
    else io.stdout.write(capacityText(plan, others));
    return exitStatus.pass;
  },
};

/** The plan, and of each what-if what it changes about it. */
const planDocument = (plan: CapacityPlan, others: readonly WhatIf[]): unknown => ({
  ...plan,
  ...(others.length === 0
    ? {}
    : {
        whatIfs: others.map(({ name, changes, plan: other }) => ({
          name,
          changes,
          summary: other.summary,
          resources: other.resources,
          contradictions: other.contradictions,
          budget: other.budget,
        })),
      }),
});

interface PlanRequest {
  readonly choice: SimulationChoice;
  readonly inputs: PlanInputs;
  readonly whatIfs: readonly { readonly name: string; readonly changes: readonly Change[] }[];
}

/** @throws UsageError with everything wrong in the flags, ConfigError for the files */
function readRequest(args: Arguments, io: Io): PlanRequest {
  const problems = new Problems();
  const choice = {
    planDateMs: planDate(args.value("date"), io, problems),
    seed: wholeNumber(args, "seed", 1, [0, 2 ** 32 - 1], problems),
    paths: wholeNumber(args, "paths", 10_000, [100, 1_000_000], problems),
    months: wholeNumber(args, "months", 24, [1, 120], problems),
  };
  const form = oneOf(args, "growth", growthForms, defaultAssumptions.form, problems);
  const reservation = oneOf(args, "reservation", reservationNames, "gke", problems);
  const stated: PlanInputs = {
    figures: specification,
    assumptions: { ...defaultAssumptions, form, reservation },
    measuredUse: {},
    histories: {},
  };
  const kinds = Object.fromEntries(
    Object.entries(settingsOf(stated)).map(([name, { kind }]) => [name, kind]),
  );
  const changes = readChanges("--set", args.values("set"), kinds, problems);
  const whatIfs = args.values("what-if").flatMap((text) => {
    const [, name, list] = /^([^:=]+):(.+)$/.exec(text) ?? [];
    if (name === undefined || list === undefined) {
      problems.add(`--what-if: "${text}" is not NAME:PATH=VALUE`);
      return [];
    }
    const texts = list.split(",").map((one) => one.trim());
    return [{ name: name.trim(), changes: readChanges("--what-if", texts, kinds, problems) }];
  });
  problems.raise(
    (message) => new UsageError(message, { code: "usage", hint: "headroom plan --help" }),
  );

  const changed = withChanges(stated, changes);
  const prices = args.value("prices");
  const history = args.value("history");
  const inputs = {
    ...changed,
    ...(prices === undefined
      ? {}
      : { prices: readPrices(readFile(prices, io), prices, Object.keys(nodePools)) }),
    ...(history === undefined ? {} : { histories: historiesOf(readFile(history, io), history) }),
  };
  return { choice, inputs, whatIfs };
}

const specification = figuresOf({
  objectives,
  lastKnown,
  // "API response time p95", "database query time p95"; "page load time < 2 s" has none.
  statedPercentiles: { api: 0.95, database: 0.95 },
  policies: autoscaling,
  workloads,
  nodePools,
  limits: scalingLimits,
  growth,
  utilisationCeilingRatio,
  maxUnavailableRatio,
});

function withChanges(inputs: PlanInputs, changes: readonly Change[]): PlanInputs {
  const settings = settingsOf(inputs);
  return changes.reduce(
    (before, { path: name, value, periodDays }) =>
      settings[name]?.apply(before, value, periodDays) ?? before,
    inputs,
  );
}

function historiesOf(text: string, file: string): PlanInputs["histories"] {
  const points = readHistoryFile(text, file, plannedResources);
  return Object.fromEntries(
    Object.entries(points).map(([name, series]) => [name, readHistory(series)]),
  );
}

function planDate(text: string | undefined, io: Io, problems: Problems): number {
  const day = 86_400_000;
  if (text === undefined) return Math.floor(io.now() / day) * day;
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

function readFile(file: string, io: Io): string {
  try {
    return readFileSync(path.resolve(io.cwd, file), "utf8");
  } catch (cause) {
    throw new ConfigError(`${file} cannot be read`, { code: "plan-file", cause });
  }
}

/**
 * The quarterly plan on one page: what runs out first, by when to order, and what it costs.
 *
 *   figures ─→ changes (--set) ┐
 *   runs ────→ capacity model ─┼→ plan ─→ what-ifs ─→ last plan against today ─→ document ─→ files
 *   history, prices ───────────┘
 *
 * A plan is a run directory of kind `plan` and names the runs that it rests on. Nothing is sent anywhere.
 */
import { isoDate } from "./domain/time-text.ts";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { capacityModel } from "../analysis/capacity/breakpoint/capacity-model.ts";
import { isBreakpointRun } from "../analysis/capacity/breakpoint/plateaus.ts";
import { makeCapacityPlan } from "../analysis/capacity/capacity-plan.ts";
import { orderAlerts } from "../analysis/capacity/order-alerts.ts";
import { comparePrevious, type EarlierPlan } from "../analysis/capacity/previous-plan.ts";
import type { PlanInputs, SimulationChoice } from "../analysis/capacity/plan-inputs.ts";
import { orderSeverity, usageQueries } from "../profiles/platform/usage-queries.ts";
import { planCsvFiles } from "../reports/plan/csv.ts";
import { planMarkdown } from "../reports/plan/markdown.ts";
import { planPage } from "../reports/plan/page.ts";
import { prometheusRules } from "../reports/plan/rules.ts";
import { documentShape } from "./domain/documents/schemas.ts";
import type { PlanDocument, PlanSource, ScalingEvidence } from "./domain/capacity-plan.ts";
import { toJson } from "./domain/json.ts";
import type { WorkloadScaling } from "./domain/autoscaling.ts";
import type { RunData } from "./domain/run.ts";
import { writtenHere } from "./store/new-run-record.ts";
import { newRunDirectory, runFiles } from "./store/run-directory.ts";
import { makePrivateDirectory } from "./secrets/private-files.ts";
import { writeRunRecord, writeWhole } from "./store/run-writer.ts";
import { entryPath } from "./store/entry-path.ts";
import { shortHash } from "./store/hash.ts";
import { readDocument, sealedText } from "./store/stored-document.ts";

export const planFiles = {
  document: "plan.json",
  html: runFiles.html,
  markdown: runFiles.markdown,
  rules: "rules.yaml",
  tables: "tables",
} as const;

/** A stored run with the directory it was read from. */
export interface StoredRun {
  readonly directory: string;
  readonly data: RunData;
}

export interface PlanRequest {
  readonly inputs: PlanInputs;
  readonly choice: SimulationChoice;
  /** Runs that capacity and scaling are read from. */
  readonly runs: readonly StoredRun[];
  readonly whatIfs: readonly {
    readonly name: string;
    readonly changes: readonly string[];
    readonly apply: (inputs: PlanInputs) => PlanInputs;
  }[];
  readonly previous?: EarlierPlan;
  /** Files that numbers come from: contents by what they are. */
  readonly files: readonly {
    readonly id: "history" | "prices";
    readonly name: string;
    readonly text: string;
  }[];
}

export interface PlanContext {
  readonly headroom: string;
  readonly runsRoot: string;
  readonly command: string;
  readonly now: () => number;
}

export interface FinishedPlan {
  readonly directory: string;
  readonly document: PlanDocument;
}

/** Makes the plan, and leaves its directory. @throws StoreError where it cannot be written */
export function makePlan(request: PlanRequest, context: PlanContext): FinishedPlan {
  const { choice, runs } = request;
  const madeAt = context.now();
  const inputs = withRuns(request);
  const plan = makeCapacityPlan(inputs, choice);
  const sources = sourcesOf(request, plan.planDate, context.runsRoot);
  const directory = newRunDirectory(context.runsRoot, "capacity-plan", madeAt);
  const document: PlanDocument = {
    ...plan,
    kind: "plan",
    id: path.basename(directory),
    hash: hashOf({ inputs, choice, whatIfs: request.whatIfs.map((one) => one.changes) }),
    headroom: context.headroom,
    command: context.command,
    madeAt,
    alerts: orderAlerts(plan.resources, { usage: usageQueries, severity: orderSeverity }),
    scaling: runs.flatMap(scalingOf),
    previous: request.previous === undefined ? undefined : comparePrevious(request.previous, plan),
    sources,
    whatIfs: request.whatIfs.map(({ name, changes, apply }) => {
      const other = makeCapacityPlan(apply(inputs), choice);
      const { summary, resources, contradictions, budget, forecast, costs, spikes } = other;
      return {
        name,
        changes,
        summary,
        resources,
        contradictions,
        budget,
        forecast,
        costs,
        spikes,
      };
    }),
  };
  writeRunRecord(directory, {
    ...writtenHere(),
    kind: "plan",
    id: document.id,
    members: runs.map(({ data }) => data.run.id),
    state: "complete",
    versions: { headroom: context.headroom },
    startedAt: madeAt,
    endedAt: context.now(),
    command: context.command,
  });
  writeReports(directory, document);
  return { directory, document };
}

/** What the runs add to the inputs: a capacity model, and how requests are shared among the workloads. */
function withRuns({ inputs, choice, runs }: PlanRequest): PlanInputs {
  // A run that only watched the autoscaler is no failed breakpoint run.
  const asked = runs.filter((run) => isBreakpointRun(run.data) || scalingOf(run).length === 0);
  if (asked.length === 0) return inputs;
  const capacity = capacityModel(
    asked.map(({ data }) => data),
    { seed: choice.seed },
  );
  const used = new Set(capacity.workloads.flatMap((one) => one.runs.map(({ id }) => id)));
  const first = asked.find(({ data }) => used.has(data.run.id))?.data.run.plan;
  const shares = sharesOf(first?.requestsPerMinuteByWorkload ?? {});
  const isKnown = Object.keys(shares).length > 0;
  return { ...inputs, capacity, demandShares: isKnown ? shares : inputs.demandShares };
}

function sharesOf(rates: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const whole = Object.values(rates).reduce((sum, rate) => sum + rate, 0);
  if (whole === 0) return {};
  return Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, rate / whole]));
}

const verdictsKind = {
  what: "the verdicts of a run",
  code: "unreadable-verdicts",
  hint: "headroom analyse RUN writes it again.",
  shape: z.object({
    autoscaling: z
      .object({ workloads: z.array(documentShape<WorkloadScaling>("WorkloadScaling")) })
      .optional(),
  }),
} as const;

/** What the report of a run says about its autoscalers, where something watched them. @throws StoreError */
function scalingOf({ directory, data: { run } }: StoredRun): readonly ScalingEvidence[] {
  const report = readDocument(path.join(directory, runFiles.verdicts), verdictsKind);
  const scaled = (report?.autoscaling?.workloads ?? []).filter(({ checks }) => checks.length > 0);
  if (scaled.length === 0) return [];
  return [
    {
      runId: run.id,
      date: isoDate(run.startedAt),
      sentences: scaled.map(({ workload, checks, replicas, timeToServe }) => {
        const count = (outcome: string): number =>
          checks.filter(({ verdict }) => verdict.outcome === outcome).length;
        const worst = timeToServe.reduce((most, { totalMs }) => Math.max(most, totalMs), 0);
        const failed = checks
          .filter(({ verdict }) => verdict.outcome === "fail")
          .map(({ number, verdict }) => `${number} ${verdict.reason}`);
        return [
          `${workload}: ${count("pass")} checks of its policy pass, ${count("fail")} fail, ${count("not-applicable")} could not be tested`,
          ...(replicas === undefined ? [] : [`from ${replicas.least} to ${replicas.most} pods`]),
          ...(worst > 0 ? [`slowest time to serve ${Math.round(worst / 1000)} s`] : []),
          ...failed,
        ].join("; ");
      }),
    },
  ];
}

function sourcesOf(request: PlanRequest, planDate: string, root: string): readonly PlanSource[] {
  const { inputs, runs, files, previous } = request;
  return [
    {
      id: "specification",
      what: "profiles/platform, with the changes of --set",
      date: planDate,
      hash: hashOf([inputs.figures, inputs.assumptions, inputs.measuredUse]),
      gives: ["use, growth, lead times, limits, workloads, node pools", "assumptions"],
    },
    ...runs.map(({ directory, data: { run } }) => ({
      id: `run:${run.id}`,
      what: `${run.plan.profile} on ${run.plan.environment}${run.target.kind === "sandbox" ? ", target: sandbox" : ""}, plan hash ${run.hashes.plan.slice(0, 8)}`,
      date: isoDate(run.startedAt),
      hash: shortHash(readFileSync(path.join(directory, runFiles.record), "utf8")),
      link: path.dirname(directory) === root ? `../${run.id}/${runFiles.html}` : undefined,
      gives: ["capacity of a pod", "use of a pod", "scaling"],
    })),
    ...files.map(({ id, name, text }) => ({
      id,
      what: path.basename(name),
      hash: shortHash(text),
      gives: id === "history" ? ["growth, with its backtest"] : ["cost"],
    })),
    ...(previous === undefined
      ? []
      : [
          {
            id: `plan:${previous.id}`,
            what: "the earlier plan",
            date: previous.planDate,
            hash: previous.hash,
            link: existsSync(entryPath(root, previous.id))
              ? `../${previous.id}/${planFiles.html}`
              : undefined,
            gives: ["last forecast"],
          },
        ]),
  ];
}

const hashOf = (value: unknown): string => shortHash(toJson(value));

function writeReports(directory: string, document: PlanDocument): void {
  writeWhole(directory, planFiles.document, sealedText(document));
  writeWhole(directory, planFiles.html, planPage(document));
  writeWhole(directory, planFiles.markdown, planMarkdown(document));
  writeWhole(directory, planFiles.rules, prometheusRules(document));
  const tables = path.join(directory, planFiles.tables);
  makePrivateDirectory(tables);
  for (const [name, text] of Object.entries(planCsvFiles(document))) writeWhole(tables, name, text);
}

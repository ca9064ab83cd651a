/** Plans of several kinds, each made and written as the command does. */
import { readDemandHistory, type HistoryReading } from "../../analysis/capacity/demand-history.ts";
import type { PlanInputs } from "../../analysis/capacity/plan-inputs.ts";
import { measuredModel } from "../../analysis/capacity/testdata/measured.ts";
import { choice, inputs } from "../../analysis/capacity/testdata/specification.ts";
import { breakpointRun, queueLevels } from "../../analysis/capacity/breakpoint/testdata/breakpoint-run.ts";
import { makePlan, type FinishedPlan, type PlanRequest, type StoredRun } from "../plan.ts";
import { createRunDirectory } from "../store/run-directory.ts";
import { writeRunRecord } from "../store/run-writer.ts";

const month = 30.4375;
const day = 86_400_000;
const quick = { ...choice, paths: 500, months: 24 };

const prices = {
  currency: "EUR",
  nodePerMonth: { application: 280, data: 292, system: 60 },
  storagePerGbMonth: 0.1,
  networkPerGb: 0.05,
};
const history = (first: number, ratio: number): HistoryReading =>
  readDemandHistory(
    Array.from({ length: 11 }, (_, index) => ({
      day: quick.planDateMs / day - (11 - index) * month,
      use: first * (1 + ratio) ** index * (1 + 0.02 * Math.sin(index * 7)),
    })),
  );
const capacity = measuredModel(
  {
    workload: "api",
    surface: "api",
    capacity: 25,
    cpuCoresAtCapacity: 0.8,
    limitMs: 200,
    across: { sigma: 0.02, kappa: 0.0008 },
  },
  { workload: "web", surface: "web", capacity: 9, cpuCoresAtCapacity: 0.45, limitMs: 2000 },
  {
    workload: "subgraph",
    surface: "subgraph",
    capacity: 40,
    cpuCoresAtCapacity: 0.9,
    limitMs: 200,
    state: "knee-not-reached",
  },
);
const measured: PlanInputs = {
  ...inputs,
  prices,
  capacity,
  demandShares: { web: 0.2, api: 0.6, subgraph: 0.2 },
  histories: { compute: history(0.08, 0.18), storage: readDemandHistory([]) },
  assumptions: {
    ...inputs.assumptions,
    spikes: [{ atMs: quick.planDateMs + 23 * day, factor: 2.5, days: 7 }],
  },
};
const slower: PlanRequest["whatIfs"][number] = {
  name: "slower",
  changes: ["growth.compute=10%/month"],
  apply: (before) => ({
    ...before,
    figures: {
      ...before.figures,
      resources: {
        ...before.figures.resources,
        compute: { ...before.figures.resources.compute, growthRatio: 0.1 },
      },
    },
  }),
};

/** A stored run whose pods carry 26 requests/s each before they queue without end. */
function storedRun(root: string, pods: number): StoredRun {
  const rates = [0.2, 0.35, 0.5, 0.65, 0.75, 0.85, 0.95, 1.05, 1.2].map((use) => use * 26 * pods);
  const id = `20261120-0${pods}0000-breakpoint-000${pods}`;
  const levels = queueLevels(rates, { greatest: 26 * pods, baseMs: 60, growthMs: 25 });
  const data = breakpointRun({
    levels: levels.map((level) => ({
      ...level,
      cpuCoresPerPod: 0.9 * Math.min(1, level.offered / (26 * pods)),
    })),
    pods,
    id,
  });
  const directory = createRunDirectory(root, id);
  writeRunRecord(directory, data.run);
  return { directory, data };
}

const made = (runsRoot: string, request: Partial<PlanRequest>, command = "headroom plan") =>
  makePlan(
    { inputs, choice: quick, runs: [], whatIfs: [], files: [], ...request },
    {
      headroom: "0.1.0",
      runsRoot,
      command,
      now: () => quick.planDateMs + 9 * 3_600_000,
    },
  );

/** By kind; each takes the root to write under. */
export const plans = {
  alone: (root) => made(root, {}),
  measured: (root) => {
    const { document } = made(root, {
      choice: { ...quick, planDateMs: quick.planDateMs - 91 * day },
    });
    return made(root, {
      inputs: measured,
      previous: document,
      whatIfs: [slower, { ...slower, name: "slower still" }],
      files: [{ id: "prices", name: "prices.json", text: "{}" }],
    });
  },
  fromRuns: (root) => made(root, { runs: [1, 2, 4].map((pods) => storedRun(root, pods)) }),
  hostile: (root) =>
    made(
      root,
      { whatIfs: [{ ...slower, name: "=cmd()|<script>alert(1)</script>" }] },
      "headroom plan <script>alert(2)</script>",
    ),
} as const satisfies Record<string, (root: string) => FinishedPlan>;

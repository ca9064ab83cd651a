/** Recorded runs of a real autoscaler, decided again by the command and compared with what the controller did. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { clusterRecordsOf } from "../analysis/autoscaling/observed/cluster-records.ts";
import { observeWorkload } from "../analysis/autoscaling/observed/observe-run.ts";
import { measure } from "../analysis/measurements/index.ts";
import { textTable } from "../reports/kit/text-table.ts";
import type { RunData } from "../src/domain/run.ts";
import { judge } from "../src/pipeline.ts";
import { readRun } from "../src/store/run-reader.ts";
import { failedChecks, judged } from "./observed-simulation.ts";
import type { ClusterRun } from "./shared/cluster-runs.ts";
import {
  beside,
  besideLog,
  loggedSyncs,
  type Agreement,
  type LoggedSync,
  type PredictedSync,
} from "./shared/controller-log.ts";

/** In the folder of the runs. */
export const controllerLog = "controller.log";
export const kubectlRecord = (kind: string): string => `kubectl-${kind}.txt`;

const answerShape = z.object({
  ticks: z.array(
    z.object({
      desiredReplicas: z.number(),
      why: z.object({ rawProposal: z.number().exactOptional() }),
    }),
  ),
});
const recordingShape = z.object({
  ticks: z.array(
    z.object({
      t: z.number(),
      specReplicas: z.number(),
      expected: z.object({ desiredReplicas: z.number() }).exactOptional(),
    }),
  ),
});

/** The command's own answer: its decisions, and its sentence. */
async function replayed(
  data: RunData,
  directory: string,
): Promise<{ readonly syncs: readonly PredictedSync[]; readonly sentence: string }> {
  const recording = `${directory}.jsonl`;
  const headroom = [path.resolve("bin/headroom.mjs"), "simulate", "hpa", "--from-run", directory];
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [...headroom, "--json", "--explain", "-o", recording],
    { maxBuffer: 64 * 1024 ** 2 },
  ).catch((error: unknown) =>
    // Below 95 %, and where nothing can be compared, its status is not 0.
    z.object({ stdout: z.string(), stderr: z.string() }).parse(error),
  );
  const sentence = stderr.trim().split("\n").at(-1) ?? "";
  if (stdout.trim() === "") return { syncs: [], sentence };
  const { ticks } = answerShape.parse(JSON.parse(stdout));
  const recorded = recordingShape.parse(JSON.parse(readFileSync(recording, "utf8"))).ticks;
  const measured = measure(data);
  const records = clusterRecordsOf(data, measured.time.loadStart);
  if (records === undefined) throw new Error("nothing was observed");
  const { syncs = [] } = observeWorkload("api", { data, measured, records }).observations;
  const origin = records.toOurs(syncs[0]?.at ?? 0);
  return {
    sentence,
    syncs: ticks.map(({ desiredReplicas, why }, index) => ({
      at: origin + (recorded[index]?.t ?? 0) * 1000,
      desiredReplicas,
      proposed: why.rawProposal,
      specReplicas: recorded[index]?.specReplicas ?? 0,
      observed: recorded[index]?.expected?.desiredReplicas,
    })),
  };
}

interface Row {
  readonly name: string;
  readonly shape: string;
  /** The check that must find what was planted. */
  readonly plantedFor?: string | undefined;
  /** Recovered. */
  readonly syncs: number;
  readonly status: Agreement;
  readonly log: Agreement;
  readonly rescales: { readonly logged: number; readonly observed: number };
  readonly failed: readonly string[];
  /** What the command said last. */
  readonly sentence: string;
}

async function rowOf(
  { name, metrics, shape, fault }: ClusterRun,
  folder: string,
  logged: readonly LoggedSync[],
): Promise<Row> {
  const directory = path.join(folder, name);
  const data = readRun(directory);
  const { syncs, sentence } = await replayed(data, directory);
  const { loadStartedAt = 0, plan } = data.run;
  const isDuring = ({ at }: { readonly at: number }): boolean =>
    at >= loadStartedAt && at <= loadStartedAt + plan.durationMs;
  const rescaled = logged.filter(({ rescaledFrom }) => rescaledFrom !== undefined);
  const observed = data.cluster.filter(({ type }) => type === "hpa-scaled");
  return {
    name,
    shape: `${metrics.join(" + ")}, ${shape}`,
    plantedFor: fault?.foundBy,
    syncs: syncs.length,
    status: beside(syncs, logged),
    log: besideLog(syncs, logged),
    rescales: {
      logged: rescaled.filter(isDuring).length,
      observed: observed.filter(isDuring).length,
    },
    failed: failedChecks(judged(data)),
    sentence,
  };
}

/** The scale events of a run in its report, and those that `kubectl get events -w` recorded. */
function besideKubectl(name: string, folder: string) {
  const { report } = judge(path.join(folder, name));
  const workload = report.autoscaling?.workloads.find((each) => each.workload === "api");
  const reported = workload?.decisions.map(({ to }) => to) ?? [];
  const text = readFileSync(path.join(folder, kubectlRecord("events")), "utf8");
  const recorded = [...text.matchAll(/New size: (\d+)/g)].map(([, size]) => Number(size));
  return { run: name, reported, recorded, isSame: reported.join() === recorded.join() };
}

const targets = { agreement: 0.99, healthyRuns: 20, falseFailures: 0 } as const;

/** @param runs the first is the one that kubectl recorded */
export async function judgeRuns(runs: readonly ClusterRun[], folder: string) {
  const stored = runs.filter(({ name }) => existsSync(path.join(folder, name)));
  const [first] = stored;
  if (first === undefined) throw new Error(`${folder} has no run`);
  const log = readFileSync(path.join(folder, controllerLog), "utf8");
  const { run } = readRun(path.join(folder, first.name));
  const logged = loggedSyncs(log, new Date(run.startedAt).getFullYear());
  const rows: Row[] = [];
  for (const each of stored)
    rows.push(await rowOf(each, folder, logged.get(`${each.name}/api`) ?? []));
  const healthy = rows.filter(({ plantedFor }) => plantedFor === undefined);
  const faults = rows.filter(({ plantedFor }) => plantedFor !== undefined);
  const result = {
    kubernetes: "1.37.2",
    minutes: Math.round(run.plan.durationMs / 60_000),
    seed: run.plan.seed,
    targets,
    healthy: {
      runs: healthy.length,
      ...totals(healthy),
      falseFailures: healthy.reduce((sum, { failed }) => sum + failed.length, 0),
    },
    faults: {
      planted: faults.length,
      found: faults.filter(({ plantedFor = "", failed }) => failed.includes(plantedFor)).length,
      ...totals(faults),
    },
    kubectl: besideKubectl(first.name, folder),
    runs: rows,
  };
  const isReached =
    result.healthy.status.ratio >= targets.agreement &&
    result.healthy.log.ratio >= targets.agreement &&
    result.healthy.falseFailures === 0 &&
    result.faults.found === faults.length &&
    result.kubectl.isSame;
  return { result, isReached };
}

function totals(rows: readonly Row[]) {
  const of = (which: "status" | "log") => {
    const compared = rows.reduce((sum, row) => sum + row[which].compared, 0);
    const agreed = rows.reduce((sum, row) => sum + row[which].agreed, 0);
    return { compared, agreed, ratio: Math.round((agreed / compared) * 10_000) / 10_000 };
  };
  return { status: of("status"), log: of("log") };
}

type Result = Awaited<ReturnType<typeof judgeRuns>>["result"];

export function resultText({ healthy, faults, kubectl, runs }: Result): string {
  const header = ["run", "metrics, load", "syncs", "= status", "= log", "rescales"];
  const table = textTable([
    [...header, "causes of misses", "failed checks"],
    ...runs.map((row) => [
      row.name,
      row.shape,
      String(row.syncs),
      `${row.status.agreed} of ${row.status.compared}`,
      `${row.log.agreed} of ${row.log.compared}`,
      `${row.rescales.observed} of ${row.rescales.logged}`,
      causes(row),
      `${row.failed.join(" ") || "none"}${row.plantedFor === undefined ? "" : ` (${row.plantedFor})`}`,
    ]),
  ]);
  const share = ({ agreed, compared }: Result["healthy"]["status"]): string =>
    `${agreed} of ${compared} (${((100 * agreed) / compared).toFixed(2)} %)`;
  return [
    table,
    `${healthy.runs} healthy runs: predicted = observed status on ${share(healthy.status)} syncs, = the controller's log on ${share(healthy.log)}; ${healthy.falseFailures} failed checks`,
    `${faults.planted} planted faults, ${faults.found} found by the check that names them; predicted = status on ${share(faults.status)}, = log on ${share(faults.log)}`,
    kubectl.isSame
      ? `${kubectl.run}: the report and kubectl have the same ${kubectl.recorded.length} scale events: ${kubectl.recorded.join(", ")}`
      : `${kubectl.run}: the report has the scale events ${kubectl.reported.join(", ")}; kubectl ${kubectl.recorded.join(", ")}`,
    "",
  ].join("\n");
}

/** `history ×2` */
function causes({ status, log }: Row): string {
  const counts = new Map<string, number>();
  for (const { cause } of [...status.misses, ...log.misses])
    counts.set(cause, (counts.get(cause) ?? 0) + 1);
  return [...counts].map(([cause, count]) => `${cause} ×${count}`).join(", ");
}

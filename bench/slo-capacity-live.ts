/**
 * The capacity of one pod of the sandbox's API, measured by a breakpoint run over real HTTP with real k6, against the
 * truth of the pod model: the same queue, the same times, the same evenly spaced arrivals on a virtual clock.
 * `node bench/run.mjs slo-capacity-live [runs]`: about four minutes a run, on a machine that does nothing else.
 */
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { capacityModel } from "../analysis/capacity/breakpoint/capacity-model.ts";
import { scenarios } from "../profiles/scenarios.ts";
import { objectives } from "../profiles/platform/objectives.ts";
import { workloads } from "../profiles/platform/workloads.ts";
import { LatencyModel, serviceTimes } from "../sandbox/src/latency.ts";
import { cpuShares } from "../sandbox/src/pods/demand.ts";
import { PodQueue } from "../sandbox/src/pods/pod-queue.ts";
import { seededRandom } from "../src/domain/random.ts";
import type { Random } from "../src/domain/random.ts";
import { readRun } from "../src/store/run-reader.ts";
import { rankQuantile } from "../src/domain/sorted-quantile.ts";
import { writeResult } from "./shared/results.ts";

const runs = Number(process.argv[2] ?? 1);
const ratePerMinute = 8_100;
const flags = [
  "run",
  "breakpoint",
  "--scenario=api",
  "--replicas=1",
  `--rate=${ratePerMinute}/min`,
  "--duration=200s",
  "--warm-up=10s",
  "--json",
];

/** Names of the reads, each as often as it is called. */
function drawRead(random: Random): string {
  const endpoints = Object.entries(serviceTimes.api.endpoints);
  const total = endpoints.reduce((sum, [, [, share]]) => sum + share, 0);
  let left = random() * total;
  for (const [name, [, share]] of endpoints) {
    left -= share;
    if (left < 0) return name;
  }
  return endpoints[0]?.[0] ?? "";
}

/** What one pod comes to at a load for ever: p95 of its reads, milliseconds, and CPU for one request, core-milliseconds. */
function steadyState(perSecond: number, requests: number): { p95Ms: number; demandMs: number } {
  const random = seededRandom(17);
  const model = new LatencyModel(random);
  const queue = new PodQueue({ cpuCores: workloads.api.cpuLimitCores });
  const [reads, writes] = scenarios.api.flows;
  const times: number[] = [];
  let demanded = 0;
  let write = 0;
  const warmUp = requests / 10;
  for (let index = 0; index < requests + warmUp; index++) {
    const at = (index * 1000) / (perSecond * reads.share);
    const serve = (service: "api" | "write", endpoint: string, when: number): void => {
      const idleMs = model.draw(service, endpoint);
      const demand = idleMs * cpuShares[service];
      demanded += demand;
      queue.arrive(when, demand, (end) => {
        if (service === "api" && index >= warmUp) times.push(idleMs + (end - when - demand));
      });
    };
    for (; (write * 1000) / (perSecond * writes.share) <= at; write++)
      serve("write", "", (write * 1000) / (perSecond * writes.share));
    serve("api", drawRead(random), at);
  }
  queue.advance(Infinity);
  const sorted = Float64Array.from(times).toSorted();
  return {
    p95Ms: rankQuantile(sorted, 0.95) ?? Infinity,
    demandMs: demanded / (requests + warmUp + write),
  };
}

function truth(): {
  atObjective: number;
  maxThroughput: number;
  capacity: number;
  demandMs: number;
} {
  const requests = 1_000_000;
  const { demandMs } = steadyState(50, requests);
  const maxThroughput = (1000 * workloads.api.cpuLimitCores) / demandMs;
  let low = 0.3 * maxThroughput;
  let high = 0.999 * maxThroughput;
  while (high / low > 1.001) {
    const middle = Math.sqrt(low * high);
    if (steadyState(middle, requests).p95Ms > objectives.responseP95Ms.api) high = middle;
    else low = middle;
  }
  const atObjective = Math.sqrt(low * high);
  return {
    atObjective,
    maxThroughput,
    capacity: Math.min(atObjective, 0.9 * maxThroughput),
    demandMs,
  };
}

/** @returns the directory of the run */
async function run(root: string): Promise<string> {
  const child = spawn(process.execPath, ["bin/headroom.mjs", ...flags, `--runs=${root}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  await new Promise((resolve) => child.once("close", resolve));
  const report = JSON.parse(text) as { readonly run: { readonly id: string } };
  return path.join(root, report.run.id);
}

const known = truth();
const perSecond = (value: number | undefined): string => (value?.toFixed(1) ?? "-").padStart(7);
const root = mkdtempSync(path.join(os.tmpdir(), "headroom-capacity-"));
const rows = [];
for (let index = 0; index < runs; index++) {
  const data = readRun(await run(root));
  const api = capacityModel([data], { seed: 1 }).workloads.find(
    ({ workload }) => workload === "api",
  );
  const estimate = api?.capacityAtObjectivePerPod ?? api?.capacityAtObjective;
  rows.push({
    run: data.run.id,
    state: api?.state,
    binding: api?.bindingLimit?.kind,
    point: estimate?.point,
    low: estimate?.low,
    high: estimate?.high,
    cpuMsPerRequest: api?.cpuMsPerRequest[0]?.cpuMs.point,
    isInside:
      estimate !== undefined && estimate.low <= known.capacity && known.capacity <= estimate.high,
    levels: api?.levels.map((level) => ({
      offered: level.offeredPerSecond,
      completed: level.completedPerSecond,
      p95Ms: level.latency[0]?.p95Ms,
      state: level.state,
    })),
    refusals: api?.refusals.map(({ message }) => message),
  });
}
const inside = rows.filter(({ isInside }) => isInside).length;
process.stdout.write(
  [
    `truth of one API pod: ${perSecond(known.capacity)}/s (p95 at its objective ${perSecond(known.atObjective)}/s, 0.9 of the greatest throughput ${perSecond(0.9 * known.maxThroughput)}/s), ${known.demandMs.toFixed(2)} ms of CPU a request`,
    "run                                    state         limit          point     low    high  CPU ms  inside",
    ...rows.map((row) =>
      [
        row.run.padEnd(38),
        (row.state ?? "none").padEnd(13),
        (row.binding ?? "").padEnd(13),
        perSecond(row.point),
        perSecond(row.low),
        perSecond(row.high),
        perSecond(row.cpuMsPerRequest),
        row.isInside ? " yes" : " no",
      ].join(" "),
    ),
    ...rows.flatMap(({ run: id, point, refusals = [] }) =>
      point === undefined ? [`${id}: ${refusals.join("; ")}`] : [],
    ),
    `${inside} of ${runs} inside (target: 4 of 5); runs kept in ${root}`,
    "",
  ].join("\n"),
);
writeResult("slo-capacity-live", {
  bench: "slo-capacity-live",
  truth: known,
  command: ["headroom", ...flags].join(" "),
  inside,
  rows,
});
if (inside < 0.8 * runs) process.exitCode = 1;

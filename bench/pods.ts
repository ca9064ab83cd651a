/**
 * The pod model against queueing theory, and how many requests it can take. Mean response time over utilisation, at
 * least a million Poisson arrivals a point; target: within 3 %. Requests over HTTP through the pods of a live cluster to
 * a cheap handler, per second of CPU of the server; target: 2,000. `node bench/run.mjs pods`
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";
import { serveThroughPods } from "./pods-server.ts";
import {
  queueCases,
  simulateQueue,
  spacingCases,
  theoryMs,
  waitChange,
} from "./pods-simulation.ts";
import { writeResult } from "./shared/results.ts";

const targetRatio = 0.03;
const targetPerCpuSecond = 2_000;
const utilisations = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/** The fuller, the longer one busy period is remembered: the same doubt needs more requests. */
const requestsAt = (utilisation: number): number =>
  utilisation >= 0.85 ? 12_000_000 : utilisation >= 0.75 ? 3_000_000 : 1_000_000;

const percent = (ratio: number): string => `${(ratio * 100).toFixed(2)} %`;

if (process.argv[2] === "serve") await serveThroughPods();
else await measure();

async function measure(): Promise<void> {
  const http = await overHttp();
  const startedAt = performance.now();
  let simulated = 0;
  const rows = queueCases.map((queue, index) => ({
    ...queue,
    points: utilisations.map((utilisation) => {
      const requests = requestsAt(utilisation);
      simulated += 1.1 * requests;
      const { meanMs } = simulateQueue(queue, { utilisation, requests, seed: 100 + index });
      const theory = theoryMs(queue, utilisation);
      return { utilisation, requests, meanMs, theoryMs: theory, error: meanMs / theory - 1 };
    }),
  }));
  const spacing = spacingCases.map((queue, index) => ({
    pods: queue.pods,
    points: [0.5, 0.8].map((utilisation) => {
      simulated += 2.2e6;
      return { utilisation, waitChange: waitChange(queue, utilisation, 200 + index) };
    }),
  }));
  const perSecond = simulated / ((performance.now() - startedAt) / 1000);
  const worst = Math.max(
    ...rows.flatMap(({ points }) => points.map(({ error }) => Math.abs(error))),
  );

  const lines = [
    `mean response time, modelled / theory in ms (target: within ${percent(targetRatio)})`,
    `${"".padEnd(32)}${utilisations.map((u) => `u = ${u}`.padStart(16)).join("")}`,
    ...rows.map(
      ({ name, points }) =>
        name.padEnd(32) +
        points
          .map(({ meanMs, theoryMs: theory }) =>
            `${meanMs.toFixed(2)}/${theory.toFixed(2)}`.padStart(16),
          )
          .join(""),
    ),
    `largest difference: ${percent(worst)}`,
    "mean wait under evenly spaced arrivals (k6's) instead of Poisson's, a pod picked at random:",
    ...spacing.map(
      ({ pods, points }) =>
        `  ${pods} pods: ${points.map((point) => `u = ${point.utilisation}: ${percent(point.waitChange)}`).join("   ")}`,
    ),
    `over HTTP: ${Math.round(http.perSecond)} requests/s, ${Math.round(http.perCpuSecond)} per second of the server's CPU (target: ${targetPerCpuSecond})`,
    `the model alone: ${Math.round(perSecond).toLocaleString("en")} requests/s on one core`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  writeResult("pods", {
    targets: { largestError: targetRatio, requestsPerCpuSecond: targetPerCpuSecond },
    overHttp: {
      requestsPerSecond: Math.round(http.perSecond),
      requestsPerCpuSecond: Math.round(http.perCpuSecond),
    },
    largestError: worst,
    modelRequestsPerSecond: Math.round(perSecond),
    cases: rows,
    evenlySpacedArrivals: spacing,
  });
  process.exitCode = worst <= targetRatio && http.perCpuSecond >= targetPerCpuSecond ? 0 : 1;
}

/** The server is a process of its own; this one makes the load. */
async function overHttp(): Promise<{ readonly perSecond: number; readonly perCpuSecond: number }> {
  const server = fork(fileURLToPath(import.meta.url), ["serve"]);
  const numberFrom = async (): Promise<number> => Number((await once(server, "message"))[0]);
  const port = await numberFrom();
  const ask = (): Promise<number> => {
    server.send("cpu");
    return numberFrom();
  };
  const url = `http://127.0.0.1:${port}`;
  await autocannon({ url, connections: 64, duration: 2 });
  const before = await ask();
  const { requests, errors, non2xx, duration } = await autocannon({
    url,
    connections: 64,
    duration: 8,
  });
  const cpuSeconds = (await ask()) - before;
  server.disconnect();
  if (errors + non2xx > 0) throw new Error(`${errors} errors, ${non2xx} refused`);
  return { perSecond: requests.total / duration, perCpuSecond: requests.total / cpuSeconds };
}

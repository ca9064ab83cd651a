/** The pod model through real HTTP: a Poisson driver against one pod, and the same arrivals on a virtual clock. */
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import { specifiedCluster } from "../cluster/specification.ts";
import { listen, respondJson } from "../http.ts";
import { seededRandom } from "../../../src/domain/random.ts";
import { call } from "../testdata/client.ts";
import { PodGate } from "./gate.ts";
import { PodQueue } from "./pod-queue.ts";

const meanMs = 8;
const utilisation = 0.5;

interface Arrival {
  readonly at: number;
  readonly demandMs: number;
}

function poisson(seconds: number): readonly Arrival[] {
  const random = seededRandom(8);
  const arrivals: Arrival[] = [];
  let at = 0;
  while (at < seconds * 1000) {
    at -= (Math.log(1 - random()) * meanMs) / utilisation;
    arrivals.push({ at, demandMs: -meanMs * Math.log(1 - random()) });
  }
  return arrivals;
}

function virtualMeanMs(arrivals: readonly Arrival[]): number {
  const queue = new PodQueue({ cpuCores: 1 });
  let sum = 0;
  for (const { at, demandMs } of arrivals) queue.arrive(at, demandMs, (end) => (sum += end - at));
  queue.advance(Infinity);
  return sum / arrivals.length;
}

test("at half its capacity a pod is as slow over HTTP as the model says", async () => {
  const model = specifiedCluster({ seed: 1, scale: 1, mapping: "separate" });
  const workloads = model.workloads.map((one) => ({ ...one, initialReplicas: 1 }));
  const cluster = new Cluster({ ...model, workloads });
  const origin = performance.now();
  const now = (): number => performance.now() - origin;
  const random = seededRandom(1);
  const times: number[] = [];
  const gate = new PodGate({
    serving: (surface) => cluster.serving(surface),
    now,
    random,
    onAnswer: ({ durationMs }) => times.push(durationMs),
  });
  const server = await listen(
    undefined,
    gate.before(
      async (request, response) => {
        const demandMs = Number(request.headers["x-demand"]);
        const { pod } = gate;
        if (pod === undefined) throw new Error("no pod");
        const from = now();
        const left = demandMs + (await gate.serve(pod, demandMs)) - (now() - from);
        if (left > 0.5) await setTimeout(left - 0.5);
        respondJson(response, 200, {});
      },
      () => "api",
    ),
    () => undefined,
  );
  const arrivals = poisson(6);
  const start = now() + 20;
  const url = `http://127.0.0.1:${server.port}/`;
  await Promise.all(
    arrivals.map(async ({ at, demandMs }) => {
      await setTimeout(Math.max(0, start + at - now()));
      return call(url, { headers: { "x-demand": String(demandMs) } });
    }),
  );
  await server.close();
  const measured = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  const expected = virtualMeanMs(arrivals);
  expect(times.length).toBe(arrivals.length);
  // Handling itself takes a millisecond or two; the machine may be busy with other things.
  expect(measured).toBeGreaterThan(0.9 * expected);
  expect(measured).toBeLessThan(1.15 * expected + 4);
});

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { queueCases, simulateQueue, theoryMs } from "./pods-simulation.ts";

describe.each(queueCases)("$name", (queue) => {
  test.each([0.3, 0.6])("agrees with theory at utilisation %d", (utilisation) => {
    const run = simulateQueue(queue, { utilisation, requests: 200_000, seed: 11 });
    expect(run.meanMs / theoryMs(queue, utilisation)).toBeGreaterThan(0.97);
    expect(run.meanMs / theoryMs(queue, utilisation)).toBeLessThan(1.03);
    expect(run.utilisation).toBeCloseTo(utilisation, 1.5);
  });
});

test("the same seed gives the same run", () => {
  const [queue] = queueCases;
  if (queue === undefined) throw new Error("no cases");
  const run = { utilisation: 0.5, requests: 5_000, seed: 3 };
  expect(simulateQueue(queue, run)).toEqual(simulateQueue(queue, run));
  expect(simulateQueue(queue, run)).not.toEqual(simulateQueue(queue, { ...run, seed: 4 }));
});

const file = join(import.meta.dirname, "..", "..", "shared", "vectors", "queueing", "vectors.json");
const vectors = z.object({
  mmc: z.array(
    z.object({ servers: z.number(), utilization: z.number(), meanResponse: z.number() }),
  ),
});

describe.skipIf(!existsSync(file))(
  "published M/M/c values (skipped where they are missing)",
  () => {
    test.each([1, 2, 4, 8])("theory of %d cores is the published one", (servers) => {
      const known = vectors
        .parse(JSON.parse(readFileSync(file, "utf8")))
        .mmc.filter((row) => row.servers === servers);
      expect(known.length).toBeGreaterThan(3);
      const queue = queueCases.find(({ cpuCores }) => cpuCores === servers);
      if (queue === undefined) throw new Error("no such case");
      for (const { utilization, meanResponse } of known) {
        expect(theoryMs(queue, utilization) / 10).toBeCloseTo(meanResponse, 9);
      }
    });
  },
);

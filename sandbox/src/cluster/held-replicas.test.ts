import { describe, expect, test } from "vitest";
import { sandboxOptionsOf } from "../arguments.ts";
import { Cluster } from "./cluster.ts";
import { specifiedCluster, workloadMappings } from "./specification.ts";

const clusterOf = (...args: string[]) => sandboxOptionsOf(args, {}, () => undefined).cluster;

describe("--replicas", () => {
  test("asks for the cluster and is a whole number from 1 to 20", () => {
    expect(clusterOf("--replicas", "4")).toEqual({ replicas: 4 });
    expect(() => clusterOf("--replicas", "0")).toThrow('--replicas is "0", expected');
    expect(() => clusterOf("--replicas", "21")).toThrow("from 0 to 20");
    expect(() => clusterOf("--replicas", "two")).toThrow('--replicas is "two"');
  });

  test("leaves nothing for a fault of the autoscaler", () => {
    expect(() => clusterOf("--replicas", "1", "--hpa-fault", "stuck")).toThrow("no autoscaler");
  });

  test.each(workloadMappings)(
    "%s: every workload has so many pods, ready, and keeps them",
    (mapping) => {
      const model = specifiedCluster({ seed: 1, scale: 1, mapping, replicas: 2 });
      expect(model.workloads.every(({ hpa }) => hpa === undefined)).toBe(true);
      const cluster = new Cluster(model);
      cluster.advance(120_000);
      for (const workload of cluster.workloads) expect(workload.ready.length).toBe(2);
    },
  );
});

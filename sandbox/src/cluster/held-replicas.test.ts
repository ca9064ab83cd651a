import { expect, test } from "vitest";
import { workloadMappings } from "../../../src/domain/sandbox.ts";
import { Cluster } from "./cluster.ts";
import { specifiedCluster } from "./specification.ts";

test.each(workloadMappings)(
  "%s with --replicas: every workload has so many pods, ready, and keeps them",
  (mapping) => {
    const model = specifiedCluster({ seed: 1, scale: 1, mapping, replicas: 2 });
    expect(model.workloads.every(({ hpa }) => hpa === undefined)).toBe(true);
    const cluster = new Cluster(model);
    cluster.advance(120_000);
    for (const workload of cluster.workloads) expect(workload.ready.length).toBe(2);
  },
);

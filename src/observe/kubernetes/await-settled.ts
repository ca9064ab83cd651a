/** The cool-down between experiments: load that starts while pods of the last one still come and go measures neither. */
import { connect } from "./connection.ts";
import { KubernetesFailure } from "./kubernetes-failure.ts";
import type { Connection } from "./connection.ts";
import { objectSchemas } from "./objects.ts";
import type { KubernetesObserverOptions } from "./observe-kubernetes.ts";
import { clusterPaths } from "./paths.ts";
import { readList } from "./read-list.ts";
import { pause } from "../pause.ts";

export interface Settled {
  readonly isSettled: boolean;
  /** How long it waited, ms of our time. */
  readonly waitedMs: number;
  /** For the log or a gap, one sentence. */
  readonly sentence: string;
}

/** Cluster seconds: the sizes must stand still so long, and are asked for this often. */
const stillSeconds = 30;
const askSeconds = 5;
/** Default bound, cluster seconds: a scale-down window, and one pod after the other. */
const longestSeconds = 900;

/**
 * Waits until every workload has as many ready pods as it wants, no HPA wants another number, and that was so for 30 s of
 * the cluster's time. Bounded; never throws: the run goes on either way, and the sentence says on what ground.
 */
export async function awaitSettled(
  options: KubernetesObserverOptions & {
    /** Cluster seconds; default 900. */
    readonly longestSeconds?: number;
    readonly onWait?: (line: string) => void;
  },
): Promise<Settled> {
  const { clock, signal, onWait = () => undefined } = options;
  const began = Date.now();
  const ownMs = (clusterSeconds: number): number => (clusterSeconds * 1000) / clock.scale;
  const until = began + ownMs(options.longestSeconds ?? longestSeconds);
  const result = (isSettled: boolean, sentence: string): Settled => ({
    isSettled,
    waitedMs: Date.now() - began,
    sentence,
  });
  let connection: Connection | undefined;
  try {
    connection = await connect(options.settings);
    let stillSince: number | undefined;
    let before = "";
    for (;;) {
      const { sizes, unsettled } = await sizesOf(connection, options);
      const now = Date.now();
      if (unsettled.length > 0) stillSince = undefined;
      else if (sizes !== before || stillSince === undefined) stillSince = now;
      before = sizes;
      if (stillSince !== undefined && now - stillSince >= ownMs(stillSeconds))
        return result(true, `replicas settled: ${sizes}`);
      if (now >= until || signal?.aborted === true) {
        const why = unsettled.length === 0 ? `${sizes} for too short a time` : unsettled.join("; ");
        return result(false, `replicas had not settled when the load began: ${why}`);
      }
      if (unsettled.length > 0) onWait(`waiting for ${unsettled.join("; ")}`);
      await pause(Math.max(100, ownMs(askSeconds)), signal);
    }
  } catch (error) {
    const words = error instanceof KubernetesFailure ? error.message : String(error);
    return result(false, `whether replicas had settled is not known: ${words}`);
  } finally {
    connection?.close();
  }
}

async function sizesOf(
  connection: Connection,
  { settings, workloads }: KubernetesObserverOptions,
): Promise<{ readonly sizes: string; readonly unsettled: readonly string[] }> {
  const paths = clusterPaths(settings.namespace);
  const deployments = await readList(connection, paths.deployments, objectSchemas.workload);
  const sets = await readList(connection, paths.statefulSets, objectSchemas.workload).catch(
    () => undefined,
  );
  const hpas = await readList(connection, paths.hpas, objectSchemas.hpa).catch(() => undefined);
  const own = [...deployments.items, ...(sets?.items ?? [])].filter(({ metadata }) =>
    workloads.includes(metadata.name),
  );
  const unsettled = own.flatMap(({ metadata, spec, status }) => {
    const wanted = spec.replicas ?? 1;
    const ready = status.readyReplicas ?? 0;
    const there = status.replicas ?? 0;
    if (ready !== wanted || there !== wanted)
      return [`${metadata.name} has ${ready} of ${wanted} pods ready`];
    const desired = hpas?.items.find(
      ({ spec: { scaleTargetRef } }) => scaleTargetRef.name === metadata.name,
    )?.status.desiredReplicas;
    if (typeof desired === "number" && desired !== wanted && desired > 0)
      return [`${metadata.name} has ${wanted} pods, its autoscaler wants ${desired}`];
    return [];
  });
  const sizes = own
    .map(({ metadata, spec }) => `${metadata.name} ${spec.replicas ?? 1}`)
    .join(", ");
  return { sizes: sizes === "" ? "no workload" : sizes, unsettled };
}

/** What differs between the specification's workloads and those that are deployed, in the form that both lint and plan show. */
import type {
  DeployedWorkload,
  PodResources,
  SpecifiedWorkload,
} from "../../src/domain/deployed-workload.ts";
import type { DeployedDifferenceId } from "../../src/domain/explained-ids.ts";
import type { Surface } from "../../src/domain/surface.ts";

export interface DeploymentDifference {
  /** Stable, kebab-case: `deployed-…`. */
  readonly id: DeployedDifferenceId;
  readonly workload: string;
  readonly severity: "P1" | "P2" | "P3";
  readonly sentence: string;
  /** The figures behind the sentence, in one line. */
  readonly evidence: string;
  readonly numbers: Readonly<Record<string, number>>;
  /** What can be done, the usual choice first. */
  readonly options: readonly string[];
}

/** One deployed workload beside what the specification gives the surfaces that it serves. */
export interface ComparedWorkload {
  readonly source: string;
  readonly deployed: DeployedWorkload;
  readonly specified: readonly { readonly surface: Surface; readonly figures: SpecifiedWorkload }[];
  /** Requests per minute that this workload must answer; absent: none is stated for it. */
  readonly demandPerMinute?: number | undefined;
  /** The specification's target of its request-rate policy. */
  readonly perPodPerMinute?: number | undefined;
  /** 0..1 of the CPU request, the specification's target. */
  readonly cpuTargetRatio?: number | undefined;
}

/** One pod of each surface together: what a pod that serves all of them stands for. `undefined` where one sets none. */
export function specifiedSum(
  { specified }: ComparedWorkload,
  figure: keyof PodResources,
): number | undefined {
  return specified.reduce<number | undefined>((sum, { figures }) => {
    const value = figures[figure];
    return sum === undefined || value === undefined ? undefined : sum + value;
  }, 0);
}

/** `web and api`. */
export const surfaceNames = ({ deployed }: ComparedWorkload): string =>
  deployed.surfaces.join(" and ");

const replicaRange = ({ minReplicas, maxReplicas }: SpecifiedWorkload): string =>
  minReplicas === maxReplicas ? String(minReplicas) : `${minReplicas}–${maxReplicas}`;

/** `3–10 web, 2–8 api`. */
export const specifiedReplicas = ({ specified }: ComparedWorkload): string =>
  specified.map(({ surface, figures }) => `${replicaRange(figures)} ${surface}`).join(", ");

/** `100m`, as manifests write it. */
export const coresText = (cores: number | undefined): string =>
  cores === undefined ? "none" : `${Math.round(cores * 1000)}m`;

/** `512Mi`. */
export const mebiText = (bytes: number | undefined): string =>
  bytes === undefined ? "none" : `${Math.round(bytes / 1024 ** 2)}Mi`;

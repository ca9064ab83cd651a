/** The containers of a pod that is modelled as one: whichever container an HPA names stands for the whole pod. */
import type { Milli } from "../../src/domain/kubernetes-quantity.ts";
import type { MetricSpec, PodView } from "./types.ts";

/**
 * @param requestsMilli of the pod
 * @param otherwise the container's name where no metric names one
 * @returns one container; where several are named, one of each with all of the pod's requests, and these once for the pod
 */
export function containersFor(
  metrics: readonly MetricSpec[],
  requestsMilli: Readonly<Record<string, Milli>>,
  otherwise: string,
): Pick<PodView, "containers" | "podRequestsMilli"> {
  const named = metrics.flatMap(({ containerResource }) => containerResource?.container ?? []);
  const names = [...new Set(named.length === 0 ? [otherwise] : named)];
  const containers = names.map((name) => ({ name, requestsMilli }));
  return names.length === 1 ? { containers } : { containers, podRequestsMilli: requestsMilli };
}

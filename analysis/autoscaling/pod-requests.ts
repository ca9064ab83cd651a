/** The request of a pod for one resource, in milli-units. After `calculateRequests` of the controller (v1.36). */
import type { Milli } from "../../src/domain/kubernetes-quantity.ts";
import { addMilli } from "./go-numbers.ts";
import { failure, success } from "./types.ts";
import type { ContainerView, PodView, Result } from "./types.ts";

interface RequestQuestion {
  readonly resource: string;
  /** Only this container; absent: the whole pod. */
  readonly container?: string | undefined;
  readonly podLevelResourcesGate: boolean;
}

/** @returns pod name → request; an error where any request is missing (a utilisation has no meaning then) */
export function podRequests(
  pods: readonly PodView[],
  question: RequestQuestion,
): Result<ReadonlyMap<string, Milli>> {
  const requests = new Map<string, Milli>();
  for (const pod of pods) {
    const request = requestOf(pod, question);
    if (!request.ok) return request;
    requests.set(pod.name, request.value);
  }
  return success(requests);
}

function requestOf(pod: PodView, question: RequestQuestion): Result<Milli> {
  const { resource, container } = question;
  if (question.podLevelResourcesGate && pod.podRequestsMilli !== undefined && !container) {
    const request = pod.podRequestsMilli[resource] ?? effectiveRequest(pod, resource);
    return request === undefined
      ? failure(`missing pod-level request for ${resource} in Pod ${pod.name}`)
      : success(request);
  }
  const sidecars = (pod.initContainers ?? []).filter(isSidecar);
  const all = sidecars.length === 0 ? pod.containers : [...pod.containers, ...sidecars];
  const counted = container ? all.filter(({ name }) => name === container) : all;
  if (container && counted.length === 0)
    return failure(`container ${container} not found in Pod ${pod.name}`);
  let sum: Milli = 0;
  for (const { name, requestsMilli } of counted) {
    const request = requestsMilli[resource];
    if (request === undefined)
      return failure(`missing request for ${resource} in container ${name} of Pod ${pod.name}`);
    sum = addMilli(sum, request);
  }
  return success(sum);
}

const isSidecar = ({ restartPolicy }: ContainerView): boolean => restartPolicy === "Always";

/**
 * What the scheduler reserves for a pod: containers and sidecars together, or the largest init container with the
 * sidecars started before it. Missing requests count nothing; none at all is `undefined`.
 */
export function effectiveRequest(pod: PodView, resource: string): Milli | undefined {
  let found = false;
  const of = (container: ContainerView): Milli => {
    found ||= container.requestsMilli[resource] !== undefined;
    return container.requestsMilli[resource] ?? 0;
  };
  let running: Milli = 0;
  for (const container of pod.containers) running = addMilli(running, of(container));
  let sidecars: Milli = 0;
  let peak: Milli = 0;
  for (const container of pod.initContainers ?? []) {
    const during = addMilli(sidecars, of(container));
    if (isSidecar(container)) {
      sidecars = during;
      running = addMilli(running, of(container));
    }
    if (during > peak) peak = during;
  }
  if (!found) return undefined;
  return peak > running ? peak : running;
}

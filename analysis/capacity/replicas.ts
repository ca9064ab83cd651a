/** From demand to pods: the autoscaler's own arithmetic, and what is needed to survive a loss or a rollout. */

/**
 * Pods at which each carries its target: ceil(demand / target), as the HorizontalPodAutoscaler settles.
 * @param demand ≥ 0 and @param perPod > 0, in one unit
 */
export function replicasFor(demand: number, perPod: number): number {
  const exact = demand / perPod;
  // 8,000.000000001 requests at 1,000 a pod are 8 pods.
  return Math.max(1, Math.ceil(exact - 1e-9 * Math.max(1, exact)));
}

/**
 * Pods of which as many as needed remain when one is lost, or a rollout takes its share (rounded down, as Kubernetes
 * rounds maxUnavailable).
 */
export function withReserve(needed: number, maxUnavailableRatio: number): number {
  let replicas = needed + 1;
  while (replicas - Math.max(1, Math.floor(replicas * maxUnavailableRatio)) < needed) replicas++;
  return replicas;
}

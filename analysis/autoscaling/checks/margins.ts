/**
 * How late is late. From the end-to-end tests of Kubernetes (test/e2e/autoscaling, v1.36): metrics are known within
 * 75 s, a sync comes every 15 s, 10 s until it is done; a load generator needs up to 50 s to be at its rate.
 */
export const margins = {
  /** Metrics 75 s + sync 15 s + actuation 10 s. */
  reactionMs: 100_000,
  loadGeneratorMs: 50_000,
  bufferMs: 60_000,
  syncMs: 15_000,
  /** Four syncs: a stretch without a poll that is longer may hide a rescale and its return. */
  unseenMs: 60_000,
  /** Share of syncs whose decision must be the predicted one. */
  predictedRatio: 0.95,
  /** A pod that waits longer for a node must have made the node autoscaler act. */
  pendingMs: 30_000,
  /** max-node-provision-time of the cluster autoscaler. */
  nodeProvisionMs: 900_000,
  /** From the creation of a pod to Ready, where no objective is set. */
  podReadyMs: 180_000,
  /** A load that stays within this share counts as constant. */
  constantLoadRatio: 0.1,
} as const;

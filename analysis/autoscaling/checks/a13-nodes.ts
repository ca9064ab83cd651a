import { plural } from "../../../src/domain/number-text.ts";
import { defineAutoscalingCheck, inSeconds } from "./autoscaling-check.ts";
import { margins } from "./margins.ts";

export const nodes = defineAutoscalingCheck(
  {
    id: "autoscaling.a13-nodes",
    number: "A13",
    title: "Nodes come when pods wait for them",
    rule: "new nodes Ready within 15 min; no pod Pending > 30 s without a node scale-up",
    requires: ["pods", "nodes", "from", "to"],
  },
  ({ pods, nodes: { nodes: all, scaleUpsTriggeredAt }, from, to }) => {
    const added = all.filter(({ requestedAt }) => requestedAt > from);
    const late = added
      .filter(({ requestedAt, readyAt = to }) => readyAt - requestedAt > margins.nodeProvisionMs)
      .map(({ name, requestedAt, readyAt = to }) => `${name}: ${inSeconds(readyAt - requestedAt)}`);
    const waiting = pods.filter(({ createdAt, scheduledAt, deletedAt }) => {
      const until = Math.min(scheduledAt ?? to, deletedAt ?? to);
      return createdAt >= from && until - createdAt > margins.pendingMs;
    });
    // Not every node autoscaler (Karpenter does not) says TriggeredScaleUp: a node that came was ordered.
    const orders = [...scaleUpsTriggeredAt, ...added.map(({ requestedAt }) => requestedAt)];
    const stranded = waiting
      .filter(({ createdAt, scheduledAt = to }) => {
        const earliest = createdAt - margins.nodeProvisionMs;
        return !orders.some((at) => at >= earliest && at <= scheduledAt);
      })
      .map(({ name }) => `${name} waited and no node was ordered`);
    const misses = [...late, ...stranded];
    return {
      observed: misses.length,
      limit: 0,
      unit: "count",
      count: added.length + pods.length,
      reason: `${plural(added.length, "new node")}, ${late.length} late; ${plural(waiting.length, "pod")} waited for one, ${stranded.length} in vain`,
      evidence: misses,
    };
  },
);

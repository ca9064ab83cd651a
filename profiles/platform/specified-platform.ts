/** What the specification says of the workloads that autoscale, in the form that a cluster is compared with. */
import { scalingLimits } from "./autoscaling.ts";
import { workloads } from "./workloads.ts";

/** Node.js keeps the memory that it once had. */
const keepsMemory = true;

export const specifiedPlatform = {
  workloads: {
    web: { ...workloads.web, keepsMemory },
    api: { ...workloads.api, keepsMemory },
    subgraph: workloads.subgraph,
  },
  podLimit: scalingLimits.pods,
} as const;

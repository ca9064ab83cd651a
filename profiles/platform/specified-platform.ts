/** The specification's autoscaled workloads, in the form that a cluster is compared with. */
import { scalingLimits } from "./autoscaling.ts";
import { workloads } from "./workloads.ts";

/** Node.js does not release memory. */
const keepsMemory = true;

export const specifiedPlatform = {
  workloads: {
    web: { ...workloads.web, keepsMemory },
    api: { ...workloads.api, keepsMemory },
    subgraph: workloads.subgraph,
  },
  podLimit: scalingLimits.pods,
} as const;

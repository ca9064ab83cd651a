/** Specification, section "Pod Configuration Specifications". CPU in cores, memory in bytes. */
const mebi = 1024 ** 2;
const gibi = 1024 ** 3;

export const workloads = {
  web: {
    minReplicas: 3,
    maxReplicas: 10,
    cpuRequestCores: 0.1,
    cpuLimitCores: 0.5,
    memoryRequestBytes: 128 * mebi,
    memoryLimitBytes: 512 * mebi,
    pool: "application",
  },
  api: {
    minReplicas: 2,
    maxReplicas: 8,
    cpuRequestCores: 0.2,
    cpuLimitCores: 1,
    memoryRequestBytes: 256 * mebi,
    memoryLimitBytes: gibi,
    pool: "application",
  },
  /** One primary and two replicas. */
  database: {
    minReplicas: 3,
    maxReplicas: 3,
    cpuRequestCores: 0.5,
    cpuLimitCores: 2,
    memoryRequestBytes: gibi,
    memoryLimitBytes: 4 * gibi,
    pool: "data",
  },
  cache: {
    minReplicas: 3,
    maxReplicas: 3,
    cpuRequestCores: 0.1,
    cpuLimitCores: 0.5,
    memoryRequestBytes: 256 * mebi,
    memoryLimitBytes: gibi,
    pool: "data",
  },
  subgraph: {
    minReplicas: 1,
    maxReplicas: 3,
    cpuRequestCores: 0.2,
    cpuLimitCores: 1,
    memoryRequestBytes: 512 * mebi,
    memoryLimitBytes: 2 * gibi,
    pool: "application",
  },
} as const;

/** "rolling, 25 % max unavailable". */
export const maxUnavailableRatio = 0.25;

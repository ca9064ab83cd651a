/** Specification, section "Node Pool Configuration". */
const gigabyte = 1e9;

export const nodePools = {
  application: {
    cpuCores: 8,
    memoryBytes: 32 * gigabyte,
    diskBytes: 100 * gigabyte,
    minNodes: 2,
    maxNodes: 10,
    scaling: "automatic",
  },
  /** Scaled by hand: the specification gives no number of nodes. */
  data: { cpuCores: 4, memoryBytes: 16 * gigabyte, diskBytes: 500 * gigabyte, scaling: "manual" },
  system: {
    cpuCores: 2,
    memoryBytes: 8 * gigabyte,
    diskBytes: 50 * gigabyte,
    minNodes: 2,
    maxNodes: 3,
    scaling: "fixed",
  },
  gpu: { cpuCores: 8, memoryBytes: 32 * gigabyte, diskBytes: 200 * gigabyte, scaling: "on demand" },
} as const;

/**
 * What a node keeps for itself. The formulas of the managed services, as published in 2026; memory in bytes.
 * @see GKE "Plan node sizes"; Amazon EKS AMI bootstrap; AKS "Resource reservations"
 */
const mebi = 1024 ** 2;
const gibi = 1024 ** 3;

export const reservationNames = ["gke", "eks", "aks", "none"] as const;
export type ReservationName = (typeof reservationNames)[number];

export interface NodeShape {
  readonly cpuCores: number;
  readonly memoryBytes: number;
}

/** Pods that a node may run where the service does not say: the default of Kubernetes. */
const defaultMaxPods = 110;

/** What pods may request on a node. @param maxPods EKS and AKS reserve memory for each */
export function allocatable(
  shape: NodeShape,
  service: ReservationName,
  maxPods = defaultMaxPods,
): NodeShape {
  const reserved = reservedOn(shape, service, maxPods);
  return {
    cpuCores: Math.max(0, shape.cpuCores - reserved.cpuCores),
    memoryBytes: Math.max(0, shape.memoryBytes - reserved.memoryBytes),
  };
}

function reservedOn(shape: NodeShape, service: ReservationName, maxPods: number): NodeShape {
  const { cpuCores, memoryBytes } = shape;
  switch (service) {
    case "gke":
      return { cpuCores: tieredCpu(cpuCores), memoryBytes: gkeMemory(memoryBytes) + 100 * mebi };
    case "eks":
      return { cpuCores: tieredCpu(cpuCores), memoryBytes: (11 * maxPods + 255 + 100) * mebi };
    case "aks":
      return {
        cpuCores: aksCpu(cpuCores),
        memoryBytes: Math.min(20e6 * maxPods + 50e6, memoryBytes / 4) + 100 * mebi,
      };
    case "none":
      return { cpuCores: 0, memoryBytes: 0 };
  }
  return service satisfies never;
}

/** 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest. */
const tieredCpu = (cores: number): number =>
  tiered(cores, [
    [1, 0.06],
    [1, 0.01],
    [2, 0.005],
    [Infinity, 0.0025],
  ]);

/** 25 % of the first 4 GiB, 20 % of the next 4, 10 % of 8, 6 % of 112, 2 % of the rest; 255 MiB under 1 GiB. */
function gkeMemory(bytes: number): number {
  if (bytes < gibi) return 255 * mebi;
  return tiered(bytes, [
    [4 * gibi, 0.25],
    [4 * gibi, 0.2],
    [8 * gibi, 0.1],
    [112 * gibi, 0.06],
    [Infinity, 0.02],
  ]);
}

function tiered(
  amount: number,
  tiers: readonly (readonly [size: number, share: number])[],
): number {
  let left = amount;
  let sum = 0;
  for (const [size, share] of tiers) {
    const part = Math.min(left, size);
    sum += part * share;
    left -= part;
  }
  return sum;
}

const aksCores = [
  [1, 0.06],
  [2, 0.1],
  [4, 0.14],
  [8, 0.18],
  [16, 0.26],
  [32, 0.42],
  [64, 0.74],
] as const;

/** The next larger size of the table; beyond it, its last step goes on. */
function aksCpu(cores: number): number {
  const row = aksCores.find(([size]) => cores <= size);
  return row?.[1] ?? 0.74 + (cores - 64) * 0.01;
}

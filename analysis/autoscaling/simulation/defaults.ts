/**
 * Assumptions to start from where nothing was measured: an API pod of the platform. Every figure is a guess to be
 * replaced by a load test (CPU per request) and by the cluster's own events (pull and start-up).
 */
import type { PodModel } from "./model.ts";
import type { PlantModel } from "./plant.ts";

const mebi = 1024 ** 2;

export const defaultPod: PodModel = {
  cpuRequestCores: 0.2,
  cpuLimitCores: 1,
  memoryRequestBytes: 256 * mebi,
  idleCpuCores: 0.005,
  startupCpuCores: 0.3,
  memoryBaseBytes: 120 * mebi,
  memoryBytesPerRequestPerSecond: mebi,
  freesMemory: true,
  pull: { medianMs: 3_000, spread: 0.3 },
  startup: { medianMs: 15_000, spread: 0.3 },
};

/** 8 ms of CPU a request: 1,000 requests/min keep 0.13 of a core busy. */
export const defaultPlant: PlantModel = {
  cpuSecondsPerRequest: 0.008,
  p95BaseMs: 60,
  timeoutMs: 10_000,
};

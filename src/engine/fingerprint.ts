import { availableParallelism, cpus, totalmem } from "node:os";
import type { GeneratorFingerprint } from "../domain/run.ts";

/** The machine that makes the load, as far as this process may use it. */
export function generatorFingerprint(): GeneratorFingerprint {
  return {
    cpuModel: cpus()[0]?.model.trim() ?? "unknown",
    cpuCores: availableParallelism(),
    memoryBytes: totalmem(),
    platform: `${process.platform}/${process.arch}`,
    nodeVersion: process.versions.node,
  };
}

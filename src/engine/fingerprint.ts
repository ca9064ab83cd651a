import { readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { cpuQuota } from "./cpu-quota.ts";
import type { GeneratorFingerprint } from "../domain/run.ts";

/** The load generator's machine, as far as this process may use it. */
export function generatorFingerprint(): GeneratorFingerprint {
  return {
    cpuModel: cpus()[0]?.model.trim() ?? "unknown",
    cpuCores: Math.min(availableParallelism(), cpuQuota(readText) ?? Infinity),
    memoryBytes: totalmem(),
    platform: `${process.platform}/${process.arch}`,
    nodeVersion: process.versions.node,
  };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

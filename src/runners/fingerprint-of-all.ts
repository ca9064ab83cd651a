import type { GeneratorFingerprint } from "../domain/run.ts";

/** The machines of several runners as one: cores and memory add up, and what differs is named. @param all at least one */
export function fingerprintOfAll(all: readonly GeneratorFingerprint[]): GeneratorFingerprint {
  const sum = (field: "cpuCores" | "memoryBytes"): number =>
    all.reduce((total, each) => total + each[field], 0);
  const names = (field: "cpuModel" | "platform" | "nodeVersion"): string =>
    [...new Set(all.map((each) => each[field]))].toSorted().join(" and ");
  return {
    cpuModel: names("cpuModel"),
    cpuCores: sum("cpuCores"),
    memoryBytes: sum("memoryBytes"),
    platform: names("platform"),
    nodeVersion: names("nodeVersion"),
  };
}

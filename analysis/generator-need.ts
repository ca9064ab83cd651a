import { expectedPageCosts } from "../profiles/platform/page-assets.ts";
import { formatBytes } from "../src/domain/number-text.ts";
import { peakRequests } from "../src/domain/peak-requests.ts";
import type { Plan } from "../src/domain/plan.ts";
import type { Calibration, GeneratorFingerprint } from "../src/domain/run.ts";
import { nearCeiling } from "./generator-health.ts";

/** What a plan takes of the machine that makes its load. */
export interface GeneratorNeed {
  readonly runners: number;
  /** Virtual users of each, where most of them exist. */
  readonly usersOfRunner: number;
  /** At the highest rate of the plan, assets of pages included. */
  readonly requestsPerSecond: number;
  readonly memoryBytes: number;
  /** At that rate, by the calibration; absent where the machine was never calibrated. */
  readonly cpuCores?: number | undefined;
  /** Why the machine would not do, in words. */
  readonly refusals: readonly string[];
}

/**
 * Measured on two cores with k6 2.2.0 and its GOGC of 300: 100 MB with 44 virtual users of all scenarios, 430 MB with 270.
 * A bundle with one scenario takes less.
 */
const memoryOfProcess = 50e6;
const memoryOfUser = 1.4e6;

/** @param machine where the load would be made @param calibration its own; absent: none */
export function generatorNeed(
  plan: Plan,
  machine: Pick<GeneratorFingerprint, "memoryBytes">,
  calibration: Pick<Calibration, "requestsPerSecond" | "cpuCores"> | undefined,
): GeneratorNeed {
  const { runners = 1, users } = plan;
  const assetsPerPage = plan.ceilings?.assetsPerPage ?? expectedPageCosts.assetsOfPage;
  const requestsPerSecond = peakRequests(plan, { ...expectedPageCosts, assetsPerPage }).total / 60;
  const memoryBytes = runners * memoryOfProcess + users * memoryOfUser;
  const ceiling = calibration && nearCeiling(requestsPerSecond, calibration.requestsPerSecond);
  return {
    runners,
    usersOfRunner: users / runners,
    requestsPerSecond,
    memoryBytes,
    cpuCores:
      calibration && (calibration.cpuCores * requestsPerSecond) / calibration.requestsPerSecond,
    refusals: [
      ...(ceiling === undefined ? [] : [ceiling]),
      ...(memoryBytes < machine.memoryBytes
        ? []
        : [
            `about ${formatBytes(memoryBytes)} of memory are needed, and the machine has ${formatBytes(machine.memoryBytes)}`,
          ]),
    ],
  };
}

import { expectedPageCosts } from "../profiles/platform/page-assets.ts";
import { formatBytes } from "../src/domain/number-text.ts";
import { peakRequests } from "../src/domain/peak-requests.ts";
import type { Plan } from "../src/domain/plan.ts";
import type { Calibration, GeneratorFingerprint } from "../src/domain/run.ts";
import { nearCeiling } from "./generator-health.ts";
import { memoryPerUser } from "./scale-figures.ts";

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

/** Of k6 with two virtual users, measured. */
const memoryOfProcess = 50e6;

/** @param machine where the load would be made, with its calibration; absent: in pods, whose nodes are not known */
export function generatorNeed(
  plan: Plan,
  machine:
    | (Pick<GeneratorFingerprint, "memoryBytes"> & {
        readonly calibration?: Pick<Calibration, "requestsPerSecond" | "cpuCores"> | undefined;
      })
    | undefined,
): GeneratorNeed {
  const calibration = machine?.calibration;
  const { runners = 1, users } = plan;
  const assetsPerPage = plan.ceilings?.assetsPerPage ?? expectedPageCosts.assetsOfPage;
  const requestsPerSecond = peakRequests(plan, { ...expectedPageCosts, assetsPerPage }).total / 60;
  const memoryBytes =
    runners * memoryOfProcess +
    users * memoryPerUser[plan.shares.noop === undefined ? "scenarios" : "noop"];
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
      ...(machine === undefined || memoryBytes < machine.memoryBytes
        ? []
        : [
            `about ${formatBytes(memoryBytes)} of memory are needed, and the machine has ${formatBytes(machine.memoryBytes)}`,
          ]),
    ],
  };
}

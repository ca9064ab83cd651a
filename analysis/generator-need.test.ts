import { expect, test } from "vitest";
import { perMinute } from "../src/domain/units.ts";
import { generatorNeed } from "./generator-need.ts";
import { memoryPerUser } from "./scale-figures.ts";
import { testPlan } from "./testdata/test-run.ts";

const plan = {
  ...testPlan(),
  requestsPerMinute: perMinute(60_000),
  requestsPerMinuteBySurface: { web: perMinute(0), api: perMinute(60_000), subgraph: perMinute(0) },
  users: 200,
};
const machine = { memoryBytes: 8e9 };
const calibration = { requestsPerSecond: 4000, cpuCores: 1.6 };
const ofUsers = 200 * memoryPerUser.scenarios;

test("CPU follows the calibration, memory the processes and virtual users", () => {
  expect(generatorNeed({ ...plan, runners: 4 }, { ...machine, calibration })).toEqual({
    runners: 4,
    usersOfRunner: 50,
    requestsPerSecond: 1000,
    memoryBytes: 4 * 50e6 + ofUsers,
    cpuCores: 0.4,
    refusals: [],
  });
});

test("without a calibration the CPU is unknown, and nothing is refused for it", () => {
  const need = generatorNeed(plan, machine);
  expect(need).toMatchObject({ runners: 1, refusals: [] });
  expect(need.cpuCores).toBeUndefined();
});

test("what would be INVALID as saturated is refused, and more than the memory", () => {
  const slow = { requestsPerSecond: 1250, cpuCores: 1.6 };
  expect(generatorNeed(plan, { ...machine, calibration: slow }).refusals).toEqual([
    "1,000 requests/s are 80 % of its calibrated ceiling of 1,250 requests/s (limit 80 %)",
  ]);
  expect(generatorNeed(plan, { memoryBytes: 3e8, calibration }).refusals).toEqual([
    "about 455 MB of memory are needed, and the machine has 300 MB",
  ]);
  expect(generatorNeed(plan, undefined).refusals).toEqual([]);
});

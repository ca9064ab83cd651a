import { expect, test } from "vitest";
import { cpuQuota } from "./cpu-quota.ts";

const v2 = "/sys/fs/cgroup/cpu.max";
const v1 = "/sys/fs/cgroup/cpu/cpu.cfs_quota_us";
const v1Period = "/sys/fs/cgroup/cpu/cpu.cfs_period_us";

test.each([
  ["two cores", { [v2]: "200000 100000\n" }, 2],
  ["half a core", { [v2]: "50000 100000\n" }, 0.5],
  ["no limit", { [v2]: "max 100000\n" }, undefined],
  ["the older files", { [v1]: "150000\n", [v1Period]: "100000\n" }, 1.5],
  ["no limit in the older files", { [v1]: "-1\n", [v1Period]: "100000\n" }, undefined],
  ["no control group", {}, undefined],
  ["nonsense", { [v2]: "0 0\n" }, undefined],
])("%s", (_name, files: Readonly<Record<string, string>>, cores) => {
  expect(cpuQuota((file) => files[file])).toBe(cores);
});

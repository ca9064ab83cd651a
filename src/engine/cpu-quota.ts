/**
 * Cores that the control group lets this process use, where it sets a limit: a container's `limits.cpu`. Node counts the
 * cores of the machine, and k6 would be throttled while it seemed to have spare CPU.
 * @param read a file's text, `undefined` where there is none @returns cores, may be a fraction; `undefined`: no limit
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files
 */
export function cpuQuota(read: (file: string) => string | undefined): number | undefined {
  const [quota, period] = read("/sys/fs/cgroup/cpu.max")?.trim().split(" ") ?? [
    read("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
    read("/sys/fs/cgroup/cpu/cpu.cfs_period_us"),
  ];
  const cores = Number(quota) / Number(period);
  return cores > 0 && Number.isFinite(cores) ? cores : undefined;
}

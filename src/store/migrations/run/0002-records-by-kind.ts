/**
 * Gates, nightly runs and plans of version 1 carried a copy of a run's record, an invented one where there was no run. They
 * keep what is theirs.
 */
export function recordsByKind(record: Record<string, unknown>): Record<string, unknown> {
  if (record["kind"] === "run") return { ...record, schemaVersion: 2 };
  const { plan, versions, kind, members = [] } = record;
  const own = Object.entries(record).filter(([field]) => !fieldsOfRuns.has(field));
  return {
    ...Object.fromEntries(own),
    schemaVersion: 2,
    versions: { headroom: fieldOf(versions, "headroom") },
    members,
    ...(kind === "plan"
      ? {}
      : { profile: fieldOf(plan, "profile"), environment: fieldOf(plan, "environment") }),
  };
}

const fieldsOfRuns: ReadonlySet<string> = new Set([
  "plan",
  "hashes",
  "generator",
  "calibration",
  "target",
  "loadStartedAt",
  "k6ExitCode",
  "unreadableSampleRows",
  "assetsCut",
  "files",
]);

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;

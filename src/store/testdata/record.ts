import { environments } from "../../../profiles/environments/index.ts";
import { loadProfiles } from "../../../profiles/load/index.ts";
import { objectives } from "../../../profiles/platform/objectives.ts";
import { resolvePlan } from "../../config/resolve-plan.ts";
import { runSchemaVersion, type GateRecord, type NightlyRecord, type RunRecord } from "../../domain/run.ts";

/** A `run.json` as `headroom run smoke` writes it. */
export function testRunRecord(changes: Partial<RunRecord> = {}): RunRecord {
  const target = "http://127.0.0.1:4010";
  return {
    schemaVersion: runSchemaVersion,
    id: "20261123-120000-smoke-0000",
    kind: "run",
    state: "complete",
    plan: resolvePlan({
      profile: loadProfiles.smoke,
      environment: environments.local,
      targets: { web: target, api: target, subgraph: target },
      resolvedAddresses: { "127.0.0.1": ["127.0.0.1"] },
      overrides: {},
      objectives,
      seed: 1,
      hourUtc: 12,
    }),
    hashes: { plan: "0".repeat(64), scenario: "1".repeat(64) },
    versions: { headroom: "0.1.0", k6: "2.2.0" },
    generator: { cpuModel: "test", cpuCores: 2, memoryBytes: 8e9, platform: "linux-x64", nodeVersion: "20.20.2" },
    target: { kind: "sandbox", labels: {} },
    startedAt: Date.parse("2026-11-23T12:00:00Z"),
    pid: 1,
    command: "headroom run smoke",
    ...changes,
  };
}

/** A `run.json` that names the runs it is made of. */
export const testRecordOfRuns = (
  kind: "gate" | "nightly",
  { id, members }: { readonly id: string; readonly members: readonly string[] },
): GateRecord | NightlyRecord => ({
  schemaVersion: runSchemaVersion,
  id,
  kind,
  members,
  profile: "nightly",
  environment: "local",
  state: "complete",
  versions: { headroom: "0.1.0" },
  startedAt: Date.parse("2026-11-23T12:00:00Z"),
  pid: 1,
  command: `headroom ${kind}`,
});

/** Steps that bring an older `run.json` to the present shape, one file each (`0002-….ts`), in order. */
import { StoreError } from "../../domain/errors.ts";
import { recordsByKind } from "./0002-records-by-kind.ts";

type Migration = (record: Record<string, unknown>) => Record<string, unknown>;

/** Index i leads from version i + 1 to i + 2. */
const migrations: readonly Migration[] = [recordsByKind];
const currentSchemaVersion = migrations.length + 1;

/** @throws StoreError for a version of the future or none at all */
export function migrate(record: Record<string, unknown>, where: string): Record<string, unknown> {
  const version = record["schemaVersion"];
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1) {
    throw new StoreError(
      `${where}: schemaVersion is ${JSON.stringify(version)}, expected 1 to ${currentSchemaVersion}`,
      {
        code: "no-schema-version",
        hint: "This is not a run of Headroom, or its file was changed by hand.",
      },
    );
  }
  if (version > currentSchemaVersion) {
    throw new StoreError(
      `${where}: schemaVersion is ${version}, this Headroom knows ${currentSchemaVersion}`,
      {
        code: "future-schema-version",
        hint: "Read it with the Headroom that wrote it, or a later one.",
      },
    );
  }
  return migrations.slice(version - 1).reduce((older, step) => step(older), record);
}

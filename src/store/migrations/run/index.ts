/** Steps that bring a run of an older version to the present shape, in order: the files `0003-….ts` together lead to version 3. */
import { StoreError } from "../../../domain/errors.ts";
import { runSchemaVersion, type SealedFile } from "../../../domain/run.ts";
import { recordsByKind } from "./0002-records-by-kind.ts";
import { codedGaps } from "./0003-coded-gaps.ts";
import { failureOutcomes } from "./0003-failure-outcomes.ts";
import { typedRecords } from "./0003-typed-records.ts";

type Fields = Record<string, unknown>;

/**
 * From one version of the stored run to the next: of `run.json`, and of the lines of its files. A line that has the
 * shape of the next version already is returned as it is; one that the next version does not have is `undefined`.
 */
interface Migration {
  readonly record?: (record: Fields) => Fields;
  readonly lines?: Readonly<Partial<Record<SealedFile, (line: Fields) => Fields | undefined>>>;
}

/** Index i leads from version i + 1 to i + 2. */
const migrations: readonly Migration[] = [
  { record: recordsByKind },
  { lines: { events: (line) => codedGaps(failureOutcomes(line)), observations: typedRecords } },
];

/** @throws StoreError for a version of the future or none at all */
export function migrate(record: Fields, where: string): Fields {
  const version = record["schemaVersion"];
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1) {
    throw new StoreError(
      `${where}: schemaVersion is ${JSON.stringify(version)}, expected 1 to ${runSchemaVersion}`,
      {
        code: "no-schema-version",
        hint: "This is not a run of Headroom, or its file was changed by hand.",
      },
    );
  }
  if (version > runSchemaVersion) {
    throw new StoreError(
      `${where}: schemaVersion is ${version}, this Headroom knows ${runSchemaVersion}`,
      {
        code: "future-schema-version",
        hint: "Read it with the Headroom that wrote it, or a later one.",
      },
    );
  }
  const older = migrations
    .slice(version - 1)
    .reduce((before, { record: step }) => step?.(before) ?? before, record);
  return { ...older, schemaVersion: runSchemaVersion };
}

/**
 * By the shape of the line: files are never rewritten, but `run.json` is (`headroom analyse` records new hashes).
 * @returns `undefined` for what is not kept any more
 */
export const migrateLine = (line: Fields, file: SealedFile): Fields | undefined =>
  migrations.reduce<Fields | undefined>((before, { lines }) => {
    const step = lines?.[file];
    return before === undefined || step === undefined ? before : step(before);
  }, line);

/** Named sets of runs to compare with: `baselines/NAME.json` under the runs, promoted by somebody, for a time. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { name as plainName } from "../domain/documents/shape.ts";
import { ConfigError } from "../domain/errors.ts";
import { makePrivateDirectory } from "../secrets/private-files.ts";
import { entryPath } from "./entry-path.ts";
import { whileLocked } from "./lock.ts";
import { writeWhole } from "./run-writer.ts";
import { readDocument, sealedText } from "./stored-document.ts";

const promotion = z.object({
  by: z.string(),
  /** ISO 8601 instants. */
  at: z.iso.datetime(),
  expires: z.iso.datetime(),
  reason: z.string(),
  commit: z.string().exactOptional(),
  runs: z.array(plainName).min(1),
});

const baselineShape = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal("baseline"),
  name: plainName,
  profile: z.string(),
  environment: z.string(),
  planHash: z.string(),
  scenarioHash: z.string(),
  current: promotion,
  /** Earlier promotions of the same name, the latest first. */
  earlier: z.array(promotion),
});

export type Baseline = z.output<typeof baselineShape>;

const folder = "baselines";
const namePattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;

export const isBaselineName = (name: string): boolean => namePattern.test(name);

const kind = {
  what: "a baseline",
  code: "unreadable-baseline",
  hint: "Restore it from a copy, or delete it and promote the runs again. After a change by hand remove its field sha256.",
  shape: baselineShape,
} as const;

/** Keeps what was under the name before as an earlier promotion. @returns the file that was written */
export function writeBaseline(root: string, baseline: Omit<Baseline, "earlier">): string {
  const directory = path.join(root, folder);
  makePrivateDirectory(directory);
  const file = fileOf(root, baseline.name);
  return whileLocked(file, () => {
    const before = readDocument(file, kind);
    const earlier = before === undefined ? [] : [before.current, ...before.earlier];
    writeWhole(directory, path.basename(file), sealedText({ ...baseline, earlier }));
    return file;
  });
}

const fileOf = (root: string, name: string): string =>
  path.join(root, folder, `${entryPath("", name)}.json`);

/** @throws ConfigError where there is none of that name, naming those there are; StoreError where it cannot be read */
export function readBaseline(root: string, name: string): Baseline {
  const baseline = isBaselineName(name) ? readDocument(fileOf(root, name), kind) : undefined;
  if (baseline !== undefined) return baseline;
  const known = listBaselineNames(root);
  throw new ConfigError(`there is no baseline "${name}" (known: ${known.join(", ") || "none"})`, {
    code: "no-such-baseline",
    hint: "headroom baseline promote NAME RUN,… makes one.",
  });
}

export function listBaselineNames(root: string): string[] {
  const directory = path.join(root, folder);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .filter(isBaselineName)
    .toSorted();
}

/** @param now epoch milliseconds */
export const isExpired = ({ current }: Pick<Baseline, "current">, now: number): boolean =>
  Date.parse(current.expires) <= now;

/** @throws ConfigError where it is too old to say what is normal */
export function checkFresh(baseline: Baseline, now: number): void {
  if (!isExpired(baseline, now)) return;
  const { name, current } = baseline;
  throw new ConfigError(
    `the baseline ${name} expired at ${current.expires} (promoted ${current.at} by ${current.by})`,
    {
      code: "baseline-expired",
      hint: `Run its build again and promote the new runs: headroom baseline promote ${name} RUN,…`,
    },
  );
}

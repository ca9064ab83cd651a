/** Named sets of runs to compare with: `baselines/NAME.json` under the runs, promoted by somebody, for a time. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { ConfigError, StoreError } from "../domain/errors.ts";
import { toJson } from "../domain/json.ts";
import { makePrivateDirectory } from "../secrets/private-files.ts";
import { writeWhole } from "./run-writer.ts";

const promotion = z.object({
  by: z.string(),
  /** ISO 8601 instants. */
  at: z.iso.datetime(),
  expires: z.iso.datetime(),
  reason: z.string(),
  commit: z.string().exactOptional(),
  runs: z.array(z.string()).min(1),
});

const baselineShape = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal("baseline"),
  name: z.string(),
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

/** Keeps what stood under the name before as an earlier promotion. @returns the file that was written */
export function writeBaseline(root: string, baseline: Omit<Baseline, "earlier">): string {
  const directory = path.join(root, folder);
  makePrivateDirectory(directory);
  const file = `${baseline.name}.json`;
  const before = existsSync(path.join(directory, file))
    ? readBaseline(root, baseline.name)
    : undefined;
  const earlier = before === undefined ? [] : [before.current, ...before.earlier];
  writeWhole(directory, file, `${toJson({ ...baseline, earlier }, 2)}\n`);
  return path.join(directory, file);
}

/** @throws ConfigError where there is none of that name, naming those there are; StoreError where it cannot be read */
export function readBaseline(root: string, name: string): Baseline {
  const file = path.join(root, folder, `${name}.json`);
  if (!isBaselineName(name) || !existsSync(file)) {
    const known = listBaselineNames(root);
    throw new ConfigError(`there is no baseline "${name}" (known: ${known.join(", ") || "none"})`, {
      code: "no-such-baseline",
      hint: "headroom baseline promote NAME RUN,… makes one.",
    });
  }
  try {
    return baselineShape.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new StoreError(`${file} cannot be read as a baseline`, {
      code: "unreadable-baseline",
      hint: "Mend or delete the file, then promote the runs again.",
      cause: error,
    });
  }
}

export function listBaselineNames(root: string): string[] {
  const directory = path.join(root, folder);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length))
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

/** Reads what the observer of the database left behind. */
import type { Gap, Observation } from "../../src/domain/observation.ts";
import type { RunData } from "../../src/domain/run.ts";
import { gapsOf } from "../gaps.ts";

const source = "database";

/** What a run may hold of it; a part of `RunData`. */
export type DatabaseRecords = Pick<RunData, "observations" | "events">;

export const observationsNamed = (
  { observations }: DatabaseRecords,
  name: string,
): readonly Observation[] =>
  observations.filter((each) => each.source === source && each.name === name);

export const mostOf = (observations: readonly Observation[]): number | undefined =>
  observations.length === 0 ? undefined : Math.max(...observations.map(({ value }) => value));

export const databaseGaps = (records: DatabaseRecords): readonly Gap[] => gapsOf(records, source);

/** Was it asked for in this run, or did anything observe? */
export const isDatabaseWatched = ({ run, observations, events }: RunData): boolean =>
  run.plan.observers?.includes(source) === true ||
  observations.some((each) => each.source === source) ||
  databaseGaps({ observations, events }).length > 0;

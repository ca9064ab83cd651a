import type { Gap } from "../src/domain/observation.ts";
import type { RunData } from "../src/domain/run.ts";

/** What an observer could not get, in time. */
export const gapsOf = ({ events }: Pick<RunData, "events">, source: string): readonly Gap[] =>
  events.flatMap((event) => (event.type === "gap" && event.source === source ? [event] : []));

export const sentencesOf = (gaps: readonly Gap[]): readonly string[] =>
  gaps.map(({ sentence }) => sentence);

/** What every operation of the subgraph has, and variables that several share. */
import type { PlatformIds } from "./ids.ts";
import type { Expected, Input } from "./json-outcome.ts";
import type { Picker } from "./weighted.ts";

/** What is expected is that of `data`. */
export interface SubgraphCall extends Expected {
  readonly document: string;
  readonly variables: (ids: PlatformIds, picker: Picker) => Input;
}

const dayMs = 86_400_000;
const hourMs = dayMs / 24;

export const nothing = (): Input => ({});

/** Where the platform has no such contract: the subgraph answers `null` or an empty list. */
const zeroAddress = `0x${"0".repeat(40)}`;
export const addressOr = (id: string | undefined): string => id ?? zeroAddress;

/** The start of an hour, as charts ask for it: the subgraph counts in microseconds, as text. */
function microsecondsAgo(days: number): string {
  return String(Math.floor((Date.now() - days * dayMs) / hourMs) * hourMs * 1000);
}

export const sinceDays = (_: PlatformIds, picker: Picker): Input => ({
  since: microsecondsAgo(picker.one([7, 14, 30])),
});

export const ofTokenId = ({ tokens }: PlatformIds, picker: Picker): Input => ({
  tokenId: picker.one(tokens).id,
});

export const ofTokenSince = ({ tokens }: PlatformIds, picker: Picker): Input => ({
  tokenId: picker.one(tokens).id,
  since: microsecondsAgo(picker.one([7, 30, 90])),
});

interface History {
  /** The collection, its state and how its filter names the owner. */
  readonly collection: string;
  readonly state: string;
  readonly owner: string;
  readonly fields: string;
}

/** Points of a range, the last one before it, and the value now: how the API draws every chart of the system. */
export function historyDocument(
  name: string,
  { collection, state, owner, fields }: History,
): string {
  return `query ${name}($ownerText: String!, $owner: ID!, $interval: Aggregation_interval!, $from: Timestamp!, $to: Timestamp!) {
      history: ${collection}(
        interval: $interval
        where: { ${owner}: $ownerText, timestamp_gte: $from, timestamp_lte: $to }
        orderBy: timestamp
        orderDirection: asc
      ) { timestamp ${fields} }
      baseline: ${collection}(
        interval: $interval
        where: { ${owner}: $ownerText, timestamp_lte: $from }
        orderBy: timestamp
        orderDirection: desc
        first: 1
      ) { timestamp ${fields} }
      current: ${state}(id: $owner) { ${fields} }
    }`;
}

/** The presets of the platform: a day by hours, or a week by days. */
export function historyVariables(owner: string, picker: Picker): Input {
  const range = picker.one([
    { days: 1, interval: "hour" },
    { days: 7, interval: "day" },
  ] as const);
  return {
    ownerText: owner,
    owner,
    interval: range.interval,
    from: microsecondsAgo(range.days),
    to: microsecondsAgo(0),
  };
}

/** A measured mix as shares of the scenarios and weights inside them. */
import { apiReads, apiWrites } from "../../scenarios/lib/api-calls.ts";
import { pageCalls } from "../../scenarios/lib/page-calls.ts";
import { subgraphCalls } from "../../scenarios/lib/subgraph-calls.ts";
import {
  total,
  type Counts,
  type LeftOut,
  type MeasuredMix,
  type PlannedMix,
} from "../domain/mix.ts";
import type { ScenarioName } from "../domain/profile.ts";
import { surfaces, type Surface } from "../domain/surface.ts";

/** Weights add up to about this: a share is exact to a tenth of a per cent, and a cycle is made quickly in k6. */
const cycle = 1000;
const shownLeftOut = 20;
/** Operations that the log shows for fewer of the subgraph's requests are no mix. */
const leastNamedShare = 0.5;

export interface MixedPlan {
  /** Of the scenarios web, api and subgraph: journeys have an assumed mix, and are not part of a measured one. */
  readonly shares: Readonly<Partial<Record<ScenarioName, number>>>;
  readonly mix: PlannedMix;
}

/** What each surface's scenario can send. */
const sendable: Readonly<Record<Surface, readonly string[]>> = {
  web: Object.keys(pageCalls),
  api: Object.keys(apiReads),
  subgraph: Object.keys(subgraphCalls),
};
const writes: ReadonlySet<string> = new Set(Object.keys(apiWrites));

/** @param file as named, for reports */
export function planMix(document: MeasuredMix, file: string): MixedPlan {
  const { source, requests, pages, procedures, operations } = document;
  const hasOperations = total(operations) >= leastNamedShare * requests.subgraph;
  const counts: Readonly<Record<Surface, Counts>> = {
    web: pages,
    api: procedures,
    subgraph: hasOperations ? operations : {},
  };
  const all = total({ ...requests });
  const leftOut = surfaces
    .flatMap((surface) =>
      Object.entries(counts[surface])
        .filter(([name]) => !canSend(surface, name))
        .map(([name, number]): LeftOut => ({ surface, name, share: number / all })),
    )
    .toSorted((a, b) => b.share - a.share);
  const written = total(only(procedures, (name) => writes.has(name)));
  const read = total(only(procedures, (name) => sendable.api.includes(name)));
  const weights: Partial<Record<Surface, Counts>> = {};
  for (const surface of surfaces) {
    const sent = only(counts[surface], (name) => sendable[surface].includes(name));
    if (total(sent) > 0) weights[surface] = weightsOf(sent);
  }
  const isSent = {
    web: weights.web !== undefined,
    api: read + written > 0,
    subgraph: weights.subgraph !== undefined || !hasOperations,
  };
  return {
    shares: sharesOf(requests, isSent),
    mix: {
      file,
      from: source.from,
      to: source.to,
      requests: all,
      weights,
      writeShare: read + written > 0 ? written / (read + written) : undefined,
      leftOutShare: leftOut.reduce((sum, { share }) => sum + share, 0),
      leftOut: leftOut.slice(0, shownLeftOut),
    },
  };
}

const canSend = (surface: Surface, name: string): boolean =>
  sendable[surface].includes(name) || (surface === "api" && writes.has(name));

const only = (counts: Counts, keep: (name: string) => boolean): Counts =>
  Object.fromEntries(Object.entries(counts).filter(([name, number]) => number > 0 && keep(name)));

/** Integers: what was requested at all is requested at least once in a cycle. */
function weightsOf(counts: Counts): Counts {
  const all = total(counts);
  return Object.fromEntries(
    Object.entries(counts).map(([name, number]) => [
      name,
      Math.max(1, Math.round((number / all) * cycle)),
    ]),
  );
}

/** Of the surfaces that something can be sent to; they add up to 1. */
function sharesOf(
  requests: Readonly<Record<Surface, number>>,
  isSent: Readonly<Record<Surface, boolean>>,
): MixedPlan["shares"] {
  const sent = surfaces.filter((surface) => isSent[surface] && requests[surface] > 0);
  const all = sent.reduce((sum, surface) => sum + requests[surface], 0);
  return Object.fromEntries(sent.map((surface) => [surface, requests[surface] / all]));
}

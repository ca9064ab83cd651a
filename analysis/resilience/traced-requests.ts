import type { RunEvent } from "../../src/domain/observation.ts";
import type { Surface } from "../../src/domain/surface.ts";

/** A request of a user, where others of its second failed. Instants in epoch milliseconds. */
export interface TracedRequest {
  readonly surface: Surface;
  /** Over all surfaces. */
  readonly endpoint: string;
  readonly outcome: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

export const isAnsweredWell = ({ outcome }: TracedRequest): boolean => outcome === "ok";

/** In the order in which they ended. */
export function tracedRequests(events: readonly RunEvent[]): readonly TracedRequest[] {
  return events
    .flatMap((event) =>
      event.type === "traced-requests"
        ? event.outcomes.map((outcome, index) => {
            const endedAt = event.at + (event.endedMs[index] ?? 0);
            return {
              surface: event.surface,
              endpoint: `${event.surface} ${event.endpoint}`,
              outcome,
              startedAt: endedAt - (event.tookMs[index] ?? 0),
              endedAt,
            };
          })
        : [],
    )
    .toSorted((one, next) => one.endedAt - next.endedAt);
}

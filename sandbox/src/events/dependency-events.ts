/** Dependencies of the API that do not answer for a while. */
import { breakers } from "../../../profiles/platform/resilience.ts";
import type { BreakerKind } from "../../../src/domain/sandbox-events.ts";
import { breakerKinds } from "../../../src/domain/sandbox-events.ts";
import { refuse } from "./event-kind.ts";
import type { EventKindScript, EventPlatform, EventRequest, Happening } from "./event-kind.ts";

/** How long, where the request does not say. */
const usualMs = 10_000;
/** A breaker that is still open after this much more than its time does not close. */
const toleranceMs = 5_000;

/** A service outside of the platform does not answer, or the dependency that is named. */
export const externalOutage: EventKindScript = (platform, request) => {
  const { target = "external" } = request;
  const kind = breakerKinds.find((each) => each === target && each !== "database");
  if (kind === undefined)
    throw refuse(
      `no dependency is called "${target}"`,
      "unknown-target",
      "Known: internal, external, cache; the database has events of its own.",
    );
  return outage(kind, platform, request);
};

/** The cache is emptied and starts anew: until then it does not answer. */
export const cacheFlush: EventKindScript = (platform, request) =>
  outage("cache", platform, request);

function outage(
  kind: BreakerKind,
  { dependencies }: EventPlatform,
  { options }: EventRequest,
): Happening {
  if (dependencies === undefined) throw refuse("the sandbox has no dependencies", "no-dependency");
  const breaker = dependencies.breakers[kind];
  return {
    target: kind,
    breaker,
    run: async ({ step, until }) => {
      const endsAt = Date.now() + (options?.durationMs ?? usualMs);
      dependencies.setOut(kind, true);
      await until(() => Date.now() >= endsAt);
      dependencies.setOut(kind, false);
      step("restored");
      const latest = Date.now() + breakers[kind].openMs + toleranceMs;
      await until(() => breaker.isClosed || Date.now() > latest);
    },
  };
}

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

/** How long the filling of a cache is waited for: without load nothing fills it. */
const fillingMs = 120_000;

/** The cache starts anew, does not answer until then, and is empty: reads are slow until they have filled it. */
export const cacheFlush: EventKindScript = (platform, request) => {
  const { dependencies } = platform;
  const { run, ...happening } = outage("cache", platform, request);
  return {
    ...happening,
    slowReads: () => dependencies?.missed ?? 0,
    run: async (course) => {
      dependencies?.flushCache();
      await run(course);
      const latest = Date.now() + fillingMs;
      await course.until(() => dependencies?.isCacheFull !== false || Date.now() > latest);
      if (dependencies?.isCacheFull === true) course.step("refilled");
    },
  };
};

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

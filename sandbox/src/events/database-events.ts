/** The database's primary is lost, and its standby falls behind. */
import { breakers } from "../../../profiles/platform/resilience.ts";
import type { Standby } from "../database/standby.ts";
import { refuse } from "./event-kind.ts";
import type { EventKindScript, EventPlatform } from "./event-kind.ts";

/** How long nobody notices that the primary is gone, and how long a standby lags, where the request does not say. */
const usual = { downMs: 5_000, lagMs: 10_000 } as const;
/** A breaker that is still open after this much more than its time does not close. */
const toleranceMs = 5_000;

/** The primary crashes; some time later its standby is promoted, and connections go there. */
export const databaseFailover: EventKindScript = (platform, { options }) => {
  const standby = standbyOf(platform);
  const { useStandby, dependencies, acknowledged = [] } = platform;
  const breaker = dependencies?.breakers.database;
  return {
    target: "primary",
    breaker,
    run: async ({ step, lost, until }) => {
      promoted.add(standby);
      const { lostWalBytes } = await standby.failOver(options?.durationMs ?? usual.downMs);
      step("promoted");
      // Before others write there, who might use the same numbers.
      lost(lostWalBytes, await standby.missing(acknowledged));
      useStandby?.();
      const latest = Date.now() + breakers.database.openMs + toleranceMs;
      await until(() => breaker?.isClosed !== false || Date.now() > latest);
    },
  };
};

/** What the primary does reaches its standby and is not applied there. */
export const replicaLag: EventKindScript = (platform, { options }) => {
  const standby = standbyOf(platform);
  return {
    target: "standby",
    run: async ({ step, until }) => {
      const endsAt = Date.now() + (options?.durationMs ?? usual.lagMs);
      await standby.setPaused(true);
      step("paused");
      await until(() => Date.now() >= endsAt);
      await standby.setPaused(false);
      step("resumed");
      while ((await standby.lagBytes()) > 0)
        await new Promise((resolve) => setTimeout(resolve, 50));
      step("caught-up");
    },
  };
};

/** Those that have been promoted. */
const promoted = new WeakSet<Standby>();

function standbyOf({ standby }: EventPlatform): Standby {
  if (standby === undefined)
    throw refuse(
      "the sandbox's database has no standby",
      "event-without-standby",
      "Start it with --standby; a server of HEADROOM_SANDBOX_DATABASE_URL has none.",
    );
  if (promoted.has(standby))
    throw refuse("the standby is the primary already, and has none itself", "no-standby-left");
  return standby;
}

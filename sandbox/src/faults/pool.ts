import { setTimeout as sleep } from "node:timers/promises";
import type { Pool, PoolClient } from "pg";
import { mapParsed, read } from "../../../src/domain/parsed.ts";
import { parseWholeNumber } from "../../../src/domain/quantity.ts";
import { poolSize } from "../database/pool-size.ts";
import type { FaultKind } from "./fault-kind.ts";

/** Somebody holds connections and gives none back: so many are left to each workload. */
interface PoolFault {
  readonly kind: "pool";
  readonly available: number;
}

export const pool: FaultKind<PoolFault> = {
  form: `pool=<exhausted|1..${poolSize - 1}>`,
  example: "pool=exhausted@20s",
  parse: (text) =>
    mapParsed(
      text === "exhausted" ? read(0) : parseWholeNumber(text, { min: 1, max: poolSize - 1 }),
      (available) => ({ kind: "pool", available }),
    ),
  format: ({ available }) => (available === 0 ? "exhausted" : String(available)),
  act: ({ available }) => ({
    begin({ pools }) {
      const holds = pools.flatMap((each) =>
        Array.from({ length: poolSize - available }, () => holdConnection(each)),
      );
      return () => {
        for (const release of holds) release();
      };
    },
  }),
  expect({ available, startMs }) {
    if (available > 0) {
      return {
        note: "shows where the load needs more queries at a time than connections are left",
      };
    }
    return startMs === undefined
      ? {
          outcome: "incomplete",
          findings: ["surface-down"],
          note: "no sign-in succeeds; with a start time the load has started",
        }
      : {
          outcome: "fail",
          verdicts: ["api.errors", "subgraph.errors"],
          findings: ["error-burst"],
          requestOutcomes: ["http_500", "http_503", "graphql_errors"],
          note: "queries wait 5 s for a connection and fail then, until the breaker of the database opens: then they are refused at once; of the surfaces that are loaded",
        };
  },
};

/** Takes a connection as soon as one is free, and leaves it idle inside a transaction. @returns how to give it back */
function holdConnection(from: Pool): () => void {
  const wish: { client?: PoolClient; isOver: boolean } = { isOver: false };
  void take(from, wish);
  return () => {
    wish.isOver = true;
    // A connection with an open transaction is not given back but closed.
    wish.client?.release(true);
  };
}

async function take(from: Pool, wish: { client?: PoolClient; isOver: boolean }): Promise<void> {
  while (!wish.isOver && !from.ending) {
    try {
      const client = await from.connect();
      if (wish.isOver) return client.release();
      wish.client = client;
      await client.query("begin");
      return undefined;
    } catch {
      // The pool was busy for as long as it lets anybody wait: once more.
      await sleep(100);
    }
  }
}

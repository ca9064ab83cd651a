/**
 * Reads back what a load wrote. The platform's writes carry no key, so each moves an amount that no other write of the run
 * moves, and the token's events tell how often it was moved.
 */
import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import type { WritesReadBackEvent } from "../domain/resilience.ts";
import type { WriteSample } from "../engine/sample-sink.ts";
import { fillPattern } from "../../scenarios/lib/sign-in.ts";
import type { IdentityPool } from "../domain/environment.ts";
import { messageOf } from "../domain/errors.ts";
import { sessionOf, signIn, type PlatformSession } from "./client.ts";

type ReadBack = Omit<WritesReadBackEvent, "type" | "at">;

interface Written {
  readonly writes: readonly WriteSample[];
  /** Start of the load, epoch milliseconds: earlier events are another run's. */
  readonly since: number;
}

/** Where nobody answers, nothing is known of the writes: that is a count, too. */
export async function readBackAs(
  identities: Pick<IdentityPool, "emailPattern" | "count">,
  {
    target,
    password,
    onStage,
    ...written
  }: Written & {
    /** Base URL of the API; its host has been checked. */
    readonly target: string;
    readonly password: string;
    readonly onStage: (line: string) => void;
  },
): Promise<ReadBack> {
  const { writes } = written;
  onStage(`reading back ${writes.length} writes`);
  try {
    // The first that may sign in: one of a pool may be locked.
    for (let number = 1; number <= identities.count; number++) {
      const email = fillPattern(identities.emailPattern, number);
      const result = await signIn(target, { email, password });
      if (result.outcome !== "signed-in") continue;
      const session = sessionOf(target, result.cookie);
      return await readBackWrites({ ...written, session, sleep: (ms) => delay(ms) });
    }
    onStage("no load identity may sign in: the writes are not read back");
  } catch (error) {
    onStage(`the writes cannot be read back: ${messageOf(error)}`);
  }
  return { checked: 0, lostAt: [], doubled: 0, unchecked: writes.length };
}

/** What a write is called among a token's events. */
const eventNames: Readonly<Record<string, string>> = {
  "token.mint": "MintCompleted",
  "token.transfer": "TransferCompleted",
};
/** Clocks of the chain and of this machine differ by less, and runs are further apart. */
const clockToleranceMs = 5_000;
/** The subgraph needs a moment to index the last block. */
const indexing = { everyMs: 2_000, attempts: 10 } as const;

const tokenOutput = z.object({ decimals: z.number() });
const eventsOutput = z.object({
  events: z.array(
    z.object({
      eventName: z.string(),
      blockTimestamp: z.string(),
      values: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
    }),
  ),
});

/** @throws TargetError where nothing answers */
export async function readBackWrites(
  options: Written & {
    /** Of anybody who may read tokens. */
    readonly session: PlatformSession;
    readonly sleep: (ms: number) => Promise<void>;
  },
): Promise<ReadBack> {
  const { writes } = options;
  const tokens = [...new Set(writes.map(({ token }) => token))];
  const sum = { checked: 0, doubled: 0, unchecked: 0 };
  const lostAt: number[] = [];
  for (const token of tokens) {
    const own = writes.filter((write) => write.token === token);
    const counts = await settledCounts(token, own, options);
    if (counts === undefined) {
      sum.unchecked += own.length;
      continue;
    }
    for (const write of own) {
      const times = counts.get(keyOf(write)) ?? 0;
      sum.checked += 1;
      if (times > 1) sum.doubled += 1;
      // What was answered with an error may have been carried out or not.
      if (times === 0 && write.outcome === "ok") lostAt.push(write.at);
    }
  }
  return { ...sum, lostAt: lostAt.toSorted((one, next) => one - next) };
}

/** @returns once nothing is missing, or the subgraph has had its time; `undefined` where the token cannot be read */
async function settledCounts(
  token: string,
  writes: readonly WriteSample[],
  { session, since, sleep }: Parameters<typeof readBackWrites>[0],
): Promise<ReadonlyMap<string, number> | undefined> {
  const read = tokenOutput.safeParse(await outputOf(session, "token.read", token));
  if (!read.success) return undefined;
  for (let attempt = 1; ; attempt++) {
    const answer = eventsOutput.safeParse(await outputOf(session, "token.events", token));
    if (!answer.success) return undefined;
    const counts = new Map<string, number>();
    for (const { eventName, blockTimestamp, values = [] } of answer.data.events) {
      if (Date.parse(blockTimestamp) < since - clockToleranceMs) continue;
      for (const { name, value } of values) {
        if (name !== "value" && name !== "amount") continue;
        const key = `${eventName} ${baseUnits(value, read.data.decimals)}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    const isMissing = writes.some((write) => write.outcome === "ok" && !counts.has(keyOf(write)));
    if (!isMissing || attempt === indexing.attempts) return counts;
    await sleep(indexing.everyMs);
  }
}

async function outputOf(session: PlatformSession, name: string, token: string): Promise<unknown> {
  const answer = await session.call(name, { tokenAddress: token });
  return answer.ok ? answer.output : undefined;
}

const keyOf = ({ endpoint, amount }: WriteSample): string =>
  `${eventNames[endpoint] ?? endpoint} ${amount}`;

/** `0.000000000000010001` of a token with 18 decimals is `10001`. */
function baseUnits(value: string, decimals: number): string {
  const [whole = "", fraction = ""] = value.split(".");
  return (whole + fraction.padEnd(decimals, "0")).replace(/^0+(?=\d)/, "");
}

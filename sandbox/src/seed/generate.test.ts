import { expect, test } from "vitest";
import { generateSeed } from "./generate.ts";

const now = 1_800_000_000;

test("the same seed makes the same platform, another seed another", async () => {
  const [first, second, other] = await Promise.all([
    generateSeed(7, now),
    generateSeed(7, now),
    generateSeed(8, now),
  ]);
  // Passwords are salted.
  expect({ ...first, account: [] }).toEqual({ ...second, account: [] });
  expect(first.tokens).not.toEqual(other.tokens);
});

test("it is of a believable size, and hangs together", async () => {
  const seed = await generateSeed(1, now);
  expect(seed.factories).toHaveLength(5);
  expect(seed.tokens).toHaveLength(300);
  expect(seed.balances).toHaveLength(3000);
  expect(seed.events).toHaveLength(8000);
  const accounts = new Set(seed.accounts.map(({ id }) => id));
  expect(accounts.size).toBe(seed.accounts.length);
  expect(seed.balances.every((row) => accounts.has(row["account_id"]))).toBe(true);
  expect(seed.events.every((row) => Number(row["block_timestamp"]) <= now)).toBe(true);
  const loaders = seed.user.filter(({ email }) => String(email).startsWith("load-"));
  expect(loaders).toHaveLength(12);
  const holders = new Set(seed.balances.map((row) => row["account_id"]));
  expect(loaders.every(({ wallet }) => holders.has(wallet))).toBe(true);
});

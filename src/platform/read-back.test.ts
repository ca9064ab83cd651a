import { expect, test } from "vitest";
import type { WriteSample } from "../engine/sample-sink.ts";
import type { PlatformSession } from "./client.ts";
import { readBackWrites } from "./read-back.ts";

const since = Date.parse("2026-11-30T12:00:00Z");

const write = (endpoint: string, amount: string, outcome = "ok", token = "0xa"): WriteSample => ({
  at: since,
  endpoint,
  token,
  amount,
  outcome,
});

const event = (eventName: string, value: string, at = "2026-11-30T12:00:01.000Z") => ({
  eventName,
  blockTimestamp: at,
  values: [
    { name: "to", value: "0x1" },
    { name: "value", value },
  ],
});

/** A platform with one token of two decimals; each reading of its events is the next of these. */
function platform(...readings: readonly (readonly unknown[])[]): PlatformSession {
  let reading = 0;
  return {
    call: async (name, input) => {
      if (JSON.stringify(input) !== '{"tokenAddress":"0xa"}') return { ok: false, status: 404 };
      if (name === "token.read") return { ok: true, output: { decimals: 2 } };
      const events = readings[Math.min(reading++, readings.length - 1)];
      return { ok: true, output: { events } };
    },
  };
}

const readBack = (session: PlatformSession, writes: readonly WriteSample[]) =>
  readBackWrites({ session, writes, since, sleep: async () => undefined });

test("each write once: nothing is lost, nothing doubled", async () => {
  const session = platform([
    event("MintCompleted", "100.01"),
    event("TransferCompleted", "100.01"),
  ]);
  const writes = [write("token.mint", "10001"), write("token.transfer", "10001")];
  expect(await readBack(session, writes)).toEqual({
    checked: 2,
    lostAt: [],
    doubled: 0,
    unchecked: 0,
  });
});

test("lost, doubled, and answered with an error: carried out or not, neither is a loss", async () => {
  const session = platform([
    event("MintCompleted", "100.02"),
    event("MintCompleted", "100.02"),
    event("MintCompleted", "100.03"),
  ]);
  const writes = [
    write("token.mint", "10001"),
    write("token.mint", "10002"),
    write("token.mint", "10003", "http_502"),
    write("token.mint", "10004", "timeout"),
  ];
  expect(await readBack(session, writes)).toEqual({
    checked: 4,
    lostAt: [since],
    doubled: 1,
    unchecked: 0,
  });
});

test("an earlier run's events with the same amounts do not count", async () => {
  const session = platform([event("MintCompleted", "100.01", "2026-11-30T11:00:00.000Z")]);
  expect(await readBack(session, [write("token.mint", "10001")])).toMatchObject({
    lostAt: [since],
  });
});

test("what is indexed a little later is there", async () => {
  const session = platform([], [], [event("MintCompleted", "1")]);
  expect(await readBack(session, [write("token.mint", "100")])).toMatchObject({ lostAt: [] });
});

test("a token that cannot be read leaves its writes unchecked", async () => {
  const session = platform([event("MintCompleted", "1")]);
  const writes = [write("token.mint", "100"), write("token.mint", "200", "ok", "0xb")];
  expect(await readBack(session, writes)).toEqual({
    checked: 1,
    lostAt: [],
    doubled: 0,
    unchecked: 1,
  });
});

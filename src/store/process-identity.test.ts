import { describe, expect, test } from "vitest";
import { deadAfterMs, isAlive, ownIdentity } from "./process-identity.ts";

const now = 1_800_000_000_000;
const own = ownIdentity();

describe("whether the process that writes a run is still there", () => {
  test.each([
    ["this process", own, now, true],
    [
      "the same number of a process that started at another time",
      { ...own, startTicks: 1 },
      now,
      false,
    ],
    ["the same number before a restart of the machine", { ...own, bootId: "another" }, now, false],
    ["a number that no process has", { ...own, pid: 2 ** 22 + 1 }, now, false],
    [
      "another machine that touched its run lately",
      { ...own, host: "elsewhere", pid: 1 },
      now,
      true,
    ],
    [
      "another machine without a sign for ten minutes",
      { ...own, host: "elsewhere" },
      now - deadAfterMs - 1,
      false,
    ],
    ["this process without a sign for ten minutes", own, now - deadAfterMs - 1, false],
  ])("%s", (_reason, identity, touchedAt, alive) => {
    expect(isAlive(identity, touchedAt, now)).toBe(alive);
  });

  test("an identity of a version that kept only the number is judged by it", () => {
    expect(isAlive({ pid: own.pid, host: own.host }, now, now)).toBe(true);
  });
});

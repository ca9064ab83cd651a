/** What a night says of the error budget, with the metrics store handed in. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { environments } from "../profiles/environments/index.ts";
import { loadProfiles } from "../profiles/load/index.ts";
import type { Environment } from "./domain/environment.ts";
import { TargetError } from "./domain/errors.ts";
import { tellNight, type ReadAvailability } from "./nightly.ts";
import { writeSyntheticYear } from "./store/testdata/synthetic-year.ts";

const now = Date.parse("2026-01-03T04:00:00Z");
const prometheus = { url: "http://127.0.0.1:9", labels: {} };

const { availabilityTarget: promise, ...staging } = environments.staging;

async function availability(environment: Environment, readAvailability?: ReadAvailability) {
  const runsRoot = mkdtempSync(path.join(tmpdir(), "headroom-budget-"));
  writeSyntheticYear(runsRoot, { nights: 3, runsPerNight: 1 });
  const run = {
    profile: loadProfiles.nightly,
    environment,
    overrides: {},
    targets: {},
    faults: [],
    seed: 1,
    command: "headroom nightly",
  };
  const request = { run, repetitions: 1, receivers: [], isNotifyDryRun: true };
  const result = await tellNight(
    request,
    {
      runsRoot,
      now: () => now,
      sleep: () => Promise.resolve(),
      ...(readAvailability === undefined ? {} : { readAvailability }),
    },
    [],
  );
  return result.availability;
}

const watched: Environment = { ...environments.staging, observers: { prometheus } };

const counts: ReadAvailability = () =>
  Promise.resolve([{ at: now - 3_600_000, durationMs: 3_600_000, good: 9995, total: 10_000 }]);

test("the store's counts against the environment's target", async () => {
  const answer = await availability(watched, counts);
  expect(promise).toBeGreaterThan(0.9);
  expect(answer).toMatchObject({
    kind: "known",
    budget: { target: promise, availability: 0.9995 },
  });
});

test.each<[string, Environment, ReadAvailability | undefined, RegExp]>([
  [
    "no store",
    { ...watched, observers: {} },
    counts,
    /names no metrics store .* load runs cannot say it/,
  ],
  ["no reader of it", watched, undefined, /names no metrics store .* load runs cannot say it/],
  [
    "a store that is down",
    watched,
    () => Promise.reject(new TargetError("the store did not answer", { code: "metrics-store" })),
    /is not known: the store did not answer/,
  ],
])(
  "%s: the night goes on and says why nobody knows",
  async (_reason, environment, read, message) => {
    const answer = await availability(environment, read);
    expect(answer).toMatchObject({ kind: "not-known", sentence: expect.stringMatching(message) });
  },
);

test("an environment without a promise has no budget", async () => {
  const answer = await availability({ ...staging, observers: { prometheus } }, counts);
  expect(answer).toMatchObject({
    kind: "not-known",
    sentence: expect.stringContaining("staging has no availability target"),
  });
});

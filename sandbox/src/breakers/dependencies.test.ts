import { expect, test } from "vitest";
import { Dependencies } from "./dependencies.ts";

const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

test("an outage: so many slow failures as the specification says, then fast ones, then again an attempt", async () => {
  const clock = { now: 0 };
  const dependencies = new Dependencies(() => clock.now);
  const ask = async (endpoint: string): Promise<string> => {
    try {
      await dependencies.pass(endpoint);
      return "ok";
    } catch (error) {
      return error instanceof Error && "code" in error ? String(error.code) : "another error";
    }
  };
  expect(await ask("user.me")).toBe("ok");
  dependencies.setOut("cache", true);
  for (let failure = 1; failure <= 5; failure++) {
    expect(await ask("user.me")).toBe("DEPENDENCY_FAILED");
  }
  const before = performance.now();
  expect(await ask("user.me")).toBe("CIRCUIT_OPEN");
  expect(performance.now() - before).toBeLessThan(100);
  expect(await ask("token.read")).toBe("ok");
  dependencies.setOut("cache", false);
  expect(await ask("user.me")).toBe("CIRCUIT_OPEN");
  clock.now = 30_000;
  expect(await ask("user.me")).toBe("ok");
  expect(dependencies.breakers.cache).toMatchObject({ failuresBeforeOpen: 5, closedAt: 30_000 });
});

test("of the database's errors only those count that say that it is gone", async () => {
  const dependencies = new Dependencies();
  const { database } = dependencies.breakers;
  for (let i = 0; i < 5; i++) {
    await expect(dependencies.query(failing("23505"))).rejects.toThrow("23505");
  }
  expect(database.isClosed).toBe(true);
  for (const code of ["ECONNREFUSED", "57P01", "ECONNRESET"]) {
    await expect(dependencies.query(failing(code))).rejects.toThrow(code);
  }
  expect(database.isClosed).toBe(false);
  await expect(dependencies.query(() => Promise.resolve(1))).rejects.toThrow("unavailable");
});

test("after a flush fifty reads of the cache are slow, and nothing else", async () => {
  const dependencies = new Dependencies();
  dependencies.flushCache();
  const before = performance.now();
  await dependencies.pass("token.read");
  expect(performance.now() - before).toBeLessThan(100);
  await Promise.all(Array.from({ length: 50 }, () => dependencies.pass("user.me")));
  expect(performance.now() - before).toBeGreaterThan(290);
  expect([dependencies.isCacheFull, dependencies.missed]).toEqual([true, 50]);
  const then = performance.now();
  await dependencies.pass("user.me");
  expect(performance.now() - then).toBeLessThan(100);
});

import { expect, test } from "vitest";
import { databaseVariable, ignoredDatabaseNotice, sandboxDatabaseUrl } from "./database-url.ts";

test.each([
  ["nothing is set", {}, undefined],
  ["an empty value", { [databaseVariable]: "" }, undefined],
  [
    "DATABASE_URL alone, which is another program's",
    { DATABASE_URL: "postgres://db.example/app" },
    undefined,
  ],
  [
    "this machine by name",
    { [databaseVariable]: "postgres://me@localhost/db" },
    "postgres://me@localhost/db",
  ],
  [
    "this machine by address",
    { [databaseVariable]: "postgres://me@127.0.0.1:5433/db" },
    "postgres://me@127.0.0.1:5433/db",
  ],
  [
    "a socket",
    { [databaseVariable]: "postgres://me@/db?host=/var/run/postgresql" },
    "postgres://me@/db?host=/var/run/postgresql",
  ],
  [
    "a host that is named as allowed",
    {
      [databaseVariable]: "postgres://me@DB.example/db",
      HEADROOM_SANDBOX_DATABASE_HOSTS: "other.example, db.example",
    },
    "postgres://me@DB.example/db",
  ],
])("%s", (_reason, env, url) => {
  expect(sandboxDatabaseUrl(env)).toBe(url);
});

test.each([
  ["another host", "postgres://me:secret@db.example/db", "db.example"],
  [
    "the host of a parameter, which the driver prefers",
    "postgres://me:secret@localhost/db?host=db.example",
    "db.example",
  ],
  ["a metadata service", "postgres://me:secret@169.254.169.254/db", "169.254.169.254"],
])("%s is refused, its password not repeated", (_reason, url, host) => {
  const read = () => sandboxDatabaseUrl({ [databaseVariable]: url });
  expect(read).toThrow(
    expect.objectContaining({
      code: "database-elsewhere",
      message: expect.stringContaining(`names a server on ${host}`),
      hint: expect.stringContaining(`HEADROOM_SANDBOX_DATABASE_HOSTS=${host}`),
    }),
  );
  expect(read).not.toThrow("secret");
});

test("what is no URL of PostgreSQL is refused", () => {
  expect(() => sandboxDatabaseUrl({ [databaseVariable]: "mysql://localhost/db" })).toThrow(
    "is not a URL of PostgreSQL",
  );
});

test("DATABASE_URL is ignored with a notice that names what is used instead", () => {
  expect(ignoredDatabaseNotice({})).toBeUndefined();
  expect(ignoredDatabaseNotice({ DATABASE_URL: "postgres://x/y" })).toContain(
    "DATABASE_URL is set and ignored: the sandbox uses its embedded PostgreSQL",
  );
  expect(
    ignoredDatabaseNotice({ DATABASE_URL: "postgres://x/y", [databaseVariable]: "postgres:///z" }),
  ).toContain(`the sandbox uses ${databaseVariable}`);
});

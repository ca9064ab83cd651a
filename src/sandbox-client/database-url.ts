/**
 * The server that a sandbox uses instead of the embedded one. It drops and creates a schema there, so that the variable has
 * a name of its own: `DATABASE_URL` is set in many shells for another purpose.
 */
import { isIP } from "node:net";
import { Client } from "pg";
import { UsageError } from "../domain/errors.ts";

export const databaseVariable = "HEADROOM_SANDBOX_DATABASE_URL";
/** Hosts beyond this machine on which the sandbox may create its schema. */
const allowedHostsVariable = "HEADROOM_SANDBOX_DATABASE_HOSTS";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * @returns the URL; `undefined`: the embedded server
 * @throws UsageError where it is no URL of PostgreSQL, or its host is neither this machine nor named as allowed
 */
export function sandboxDatabaseUrl(
  env: Variables,
  given = env[databaseVariable],
): string | undefined {
  if (given === undefined || given === "") return undefined;
  const host = hostOf(given);
  if (host === undefined)
    throw new UsageError(`${databaseVariable} is not a URL of PostgreSQL`, {
      code: "bad-database-url",
      hint: "Write postgres://user@127.0.0.1:5432/database.",
    });
  const allowed = (env[allowedHostsVariable] ?? "")
    .split(/[,\s]+/)
    .map((name) => name.toLowerCase());
  if (isThisMachine(host) || allowed.includes(host)) return given;
  throw new UsageError(
    `${databaseVariable} names a server on ${host}: the sandbox drops and creates a schema there, and does so on this machine only`,
    {
      code: "database-elsewhere",
      hint: `Use a server on 127.0.0.1, or allow the host with ${allowedHostsVariable}=${host}.`,
    },
  );
}

/** Said where `DATABASE_URL` is set and would once have been used. */
export const ignoredDatabaseNotice = (env: Variables): string | undefined =>
  (env["DATABASE_URL"] ?? "") === ""
    ? undefined
    : `DATABASE_URL is set and ignored: the sandbox uses ${(env[databaseVariable] ?? "") === "" ? "its embedded PostgreSQL" : databaseVariable} (${databaseVariable} names a server for it)`;

/** As the driver reads it: a parameter `host` and PGHOST count. Nothing is connected. */
function hostOf(url: string): string | undefined {
  if (!/^postgres(?:ql)?:\/\//i.test(url)) return undefined;
  try {
    const { host } = new Client({ connectionString: url });
    return host.replaceAll(/[[\]]/g, "").toLowerCase();
  } catch {
    return undefined;
  }
}

/** A path is the directory of a socket. */
const isThisMachine = (host: string): boolean =>
  host === "" ||
  host.startsWith("/") ||
  host === "localhost" ||
  host === "::1" ||
  (isIP(host) === 4 && host.startsWith("127."));

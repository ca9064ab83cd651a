/** What PostgreSQL, or the way to it, said: as one sentence with what to do. Never the URL, never a password. */
import { messageOf } from "../../domain/errors.ts";

/** Something kept the observer from seeing. */
export interface Obstacle {
  readonly sentence: string;
  /** Trying again cannot help, and might lock an account. */
  readonly isLasting: boolean;
}

/** Where a URL leads, for people: host and port, or that it is a socket. Never its path, role or password. */
export function placeOf(url: string): string {
  // With a role and no host it is a URL to PostgreSQL only.
  if (/[?&]host=(?:\/|%2f)/i.test(url)) return "PostgreSQL at its socket";
  try {
    const { hostname, port, searchParams } = new URL(url);
    const host = searchParams.get("host") ?? hostname;
    return `PostgreSQL at ${host}:${searchParams.get("port") ?? (port === "" ? "5432" : port)}`;
  } catch {
    return "PostgreSQL";
  }
}

/** Every form of the URL's password struck out of a text. */
export function withoutPassword(text: string, url: string): string {
  return passwordsIn(url).reduce((left, password) => left.replaceAll(password, "…"), text);
}

function passwordsIn(url: string): string[] {
  const written = [
    /^[a-z]+:\/\/[^/?#]*?:([^/?#]*)@/i.exec(url)?.[1],
    /[?&]password=([^&#]*)/i.exec(url)?.[1],
  ].filter((each) => each !== undefined);
  return [...new Set(written.flatMap((each) => [each, decoded(each)]))]
    .filter((each) => each !== "")
    .toSorted((a, b) => b.length - a.length);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param url what was connected with: its password is struck out of whatever the error says */
export function explain(error: unknown, url: string): Obstacle {
  const place = placeOf(url);
  const code = codeOf(error);
  const known = answers[code] ?? answers[code.slice(0, 2)];
  const words = withoutStop(lineOf(error));
  const { text, isLasting = false, isQuoting = false } = known ?? { text: `said: ${words}` };
  const said = isQuoting ? ` It said: ${words}.` : "";
  return { sentence: withoutPassword(`${place} ${text}.${said}`, url), isLasting };
}

const withoutStop = (text: string): string => text.replace(/[.\s]+$/, "");

interface Answer {
  readonly text: string;
  readonly isLasting?: boolean;
  /** The server's own words tell more than its code. */
  readonly isQuoting?: boolean;
}

/** The certificate is not of an authority that this machine trusts. */
const untrusted: Answer = {
  text: "presents a TLS certificate that cannot be verified: give the authority's certificate with ?sslmode=verify-full&sslrootcert=FILE in the connection URL, or accept any with ?sslmode=no-verify (it was not tried again)",
  isLasting: true,
  isQuoting: true,
};

/** By SQLSTATE, its class, or the code of the operating system. @see PostgreSQL documentation, appendix A */
const answers: Readonly<Record<string, Answer>> = {
  "28P01": {
    text: "refused the password; correct the connection URL in its environment variable (it was not tried again)",
    isLasting: true,
  },
  needsTls: {
    text: "accepts encrypted connections only: add ?sslmode=verify-full&sslrootcert=FILE, or ?sslmode=no-verify, to the connection URL (it was not tried again)",
    isLasting: true,
    isQuoting: true,
  },
  noTls: {
    text: "does not offer TLS, which the connection URL requires: remove sslmode there, or switch ssl on at the server (it was not tried again)",
    isLasting: true,
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: {
    ...untrusted,
    text: "presents a TLS certificate that has expired (it was not tried again)",
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    ...untrusted,
    text: "presents a TLS certificate for a different host name: use the name in the certificate, or ?sslmode=no-verify (it was not tried again)",
  },
  "28": {
    text: "does not let this role in from here; check the role in the connection URL and pg_hba.conf (it was not tried again)",
    isLasting: true,
    isQuoting: true,
  },
  "3D000": {
    text: "has no database of the name in the connection URL (it was not tried again)",
    isLasting: true,
  },
  ERR_INVALID_URL: {
    text: "cannot be reached: the connection URL is not one; write postgres://role:password@host:5432/database",
    isLasting: true,
  },
  "53300": {
    text: "has no connection left for the observer: max_connections, or the connection limit of its role, is used up. Raise it, keep pools smaller, or (from version 16) set reserved_connections and grant pg_use_reserved_connections to the role",
  },
  "57014": { text: "cancelled a statement of the observer at its time-out" },
  "55P03": { text: "cancelled a statement of the observer that waited for a lock" },
  "57P01": {
    text: "ended the observer's connection: it is shutting down, or the connection was terminated",
  },
  "57P02": { text: "ended every connection: one of its processes crashed" },
  "57P03": { text: "accepts no connections now: it is starting up or shutting down" },
  "42501": {
    text: "refuses the observer's role a statement: grant what deploy/postgres/read-only-role.sql grants",
  },
  pooler: {
    text: "is a pooler (PgBouncer or its like), whose sessions belong to the platform: write the server's own address into the connection URL (nothing was set, and it was not tried again)",
    isLasting: true,
  },
  ECONNREFUSED: { text: "refused the connection: nothing listens there" },
  ECONNRESET: { text: "closed the connection" },
  EPIPE: { text: "closed the connection" },
  ENOENT: { text: "cannot be reached: there is no such socket" },
  ENOTFOUND: { text: "cannot be reached: its host name is not known" },
  EAI_AGAIN: { text: "cannot be reached: its host name could not be resolved" },
  EHOSTUNREACH: { text: "cannot be reached: no route to its host" },
  ETIMEDOUT: { text: "did not answer in time; is a firewall in between?" },
};

/** What `pg` says without a code. */
const spoken: readonly (readonly [RegExp, string])[] = [
  [/timeout expired|timed? ?out/i, "ETIMEDOUT"],
  [/Connection terminated/i, "ECONNRESET"],
  [/Invalid URL|ENOTURL/i, "ERR_INVALID_URL"],
  [/does not support SSL/i, "noTls"],
];

function codeOf(error: unknown): string {
  // A host with several addresses fails with one error for each.
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  // pg_hba.conf has entries for encrypted connections only: one code with every other refusal of a role.
  if (/no encryption|SSL off/i.test(lineOf(first))) return "needsTls";
  if (first instanceof Error && "code" in first && typeof first.code === "string") {
    return first.code;
  }
  return spoken.find(([pattern]) => pattern.test(lineOf(first)))?.[1] ?? "";
}

const lineOf = (error: unknown): string => messageOf(error).replaceAll(/\s+/g, " ");

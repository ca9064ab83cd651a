/** The one line that the sandbox process says on standard output: ready, or why not. */
import { HeadroomError } from "../../src/domain/errors.ts";
import type { Announcement, Refusal } from "../../src/sandbox-client/protocol.ts";
import { describe } from "./http.ts";
import type { Sandbox } from "./sandbox.ts";

export function announce(sandbox: Sandbox): string {
  const { urls, noopUrl, databaseUrl, databaseObserverUrl, cluster } = sandbox;
  const line: Announcement = {
    ready: true,
    urls,
    noopUrl,
    databaseUrl: redacted(databaseUrl),
    databaseObserverUrl,
    cluster,
  };
  return JSON.stringify(line);
}

/** Errors do not cross from this package to Headroom's: each has classes of its own. */
export const refusalOf = (error: unknown): Refusal => {
  const known = error instanceof HeadroomError ? error : undefined;
  return {
    kind: known?.name ?? "Error",
    code: known?.code ?? "sandbox-failed",
    message: describe(error),
    hint: known?.hint,
  };
};

export function failureLine(error: unknown): string {
  const line: Announcement = { ready: false, ...refusalOf(error) };
  return JSON.stringify(line);
}

function redacted(url: string): string {
  const parsed = new URL(url);
  if (parsed.password !== "") parsed.password = "redacted";
  // `?password=` is another way to say it.
  if (parsed.searchParams.has("password")) parsed.searchParams.set("password", "redacted");
  return parsed.toString();
}

/** What the sandbox process says on standard output: one line, ready or failed. */
import * as z from "zod";
import { HeadroomError } from "../../src/domain/errors.ts";
import { describe } from "./http.ts";
import type { Sandbox } from "./sandbox.ts";

const ready = z.object({
  ready: z.literal(true),
  urls: z.object({ web: z.string(), api: z.string(), subgraph: z.string() }),
  noopUrl: z.string(),
  /** Without its password. */
  databaseUrl: z.string(),
  /** For an observer of the embedded server: its socket and a role without a password. */
  databaseObserverUrl: z.string().optional(),
  /** Where there is a simulated cluster. */
  cluster: z
    .object({
      kubernetesUrl: z.string(),
      kubeconfig: z.string(),
      metricsUrl: z.string(),
      namespace: z.string(),
      scale: z.number(),
      startedAt: z.number(),
    })
    .optional(),
});
const failed = z.object({
  ready: z.literal(false),
  /** Whose to mend: a `UsageError` of the command line, or the target's. */
  kind: z.string(),
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
});
export const announcement = z.discriminatedUnion("ready", [ready, failed]);
export type Announcement = z.output<typeof announcement>;

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

export function failureLine(error: unknown): string {
  const known = error instanceof HeadroomError ? error : undefined;
  const line: Announcement = {
    ready: false,
    kind: known?.name ?? "Error",
    code: known?.code ?? "sandbox-failed",
    message: describe(error),
    hint: known?.hint,
  };
  return JSON.stringify(line);
}

function redacted(url: string): string {
  const parsed = new URL(url);
  if (parsed.password !== "") parsed.password = "redacted";
  // `?password=` is another way to say it.
  if (parsed.searchParams.has("password")) parsed.searchParams.set("password", "redacted");
  return parsed.toString();
}

/** What a sandbox process is asked, as JSON in its one argument, and the one line that it answers on standard output. */
import * as z from "zod";
import { TargetError, UsageError, type HeadroomError } from "../domain/errors.ts";
import { hpaFaults, workloadMappings } from "../domain/sandbox.ts";

const port = z.int().min(0).max(65_535).optional();

export const sandboxRequest = z.strictObject({
  seed: z.int().min(0).max(4_294_967_295).optional(),
  ports: z.strictObject({ app: port, subgraph: port }).optional(),
  /** As typed: `latency=api:x1.6`. */
  faults: z.array(z.string()).readonly().optional(),
  /** A second database server, to which the first can fail over. */
  standby: z.boolean().optional(),
  /** Absent: the surfaces answer themselves. */
  cluster: z
    .strictObject({
      scale: z.number().min(1).max(10).optional(),
      mapping: z.enum(workloadMappings).optional(),
      replicas: z.int().min(1).optional(),
      hpaFault: z.enum(hpaFaults).optional(),
      kubernetesPort: port,
    })
    .optional(),
});
export type SandboxRequest = z.output<typeof sandboxRequest>;

/** Why not: who can fix it (`UsageError`: the caller), and what to do. */
const refusal = z.object({
  kind: z.string(),
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
});
export type Refusal = z.output<typeof refusal>;

/** The refusal as the error that it was on the other side. */
export const refusalError = ({ kind, message, ...details }: Refusal): HeadroomError =>
  kind === "UsageError" ? new UsageError(message, details) : new TargetError(message, details);

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
export const announcement = z.discriminatedUnion("ready", [
  ready,
  refusal.extend({ ready: z.literal(false) }),
]);
export type Announcement = z.output<typeof announcement>;

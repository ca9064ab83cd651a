/** What is the same on both sides of a sandbox: whoever asks for one, and the package that is one. */
import type { Surface } from "./surface.ts";

/** What may be wrong with an autoscaler, on purpose. */
export const hpaFaults = [
  "stuck",
  "slow",
  "flapping",
  "wrong-policy",
  "missing-metrics",
  "below-minimum",
  "above-maximum",
] as const;
export type HpaFault = (typeof hpaFaults)[number];

/** `separate`: one workload a surface. `dapp`: web and API share one, as in the platform's Helm chart. */
export const workloadMappings = ["separate", "dapp"] as const;
export type WorkloadMapping = (typeof workloadMappings)[number];

/** A simulated cluster before the surfaces. */
export interface SandboxCluster {
  /** How much faster its control plane's clocks run, 1 (default) to 10. */
  readonly scale?: number;
  /** Default: `separate`. */
  readonly mapping?: WorkloadMapping;
  /** Of every workload, held: no autoscaler. Absent: as specified. */
  readonly replicas?: number;
  /** Of every autoscaler, from the beginning: the fault `hpa`. */
  readonly hpaFault?: HpaFault;
  /** Absent: any free port. */
  readonly kubernetesPort?: number;
}

/** Where the surfaces are. */
export type SandboxUrls = Readonly<Record<Surface, string>>;

/** Where the simulated cluster is observed. */
export interface ClusterAccess {
  readonly kubernetesUrl: string;
  /** Path of a kubeconfig file, gone when the sandbox stops. */
  readonly kubeconfig: string;
  /** Prometheus' text format. */
  readonly metricsUrl: string;
  readonly namespace: string;
  readonly scale: number;
  /** Its stamps are startedAt + scale · (wall time − startedAt); epoch milliseconds. */
  readonly startedAt: number;
}

/**
 * Who may sign in to a sandbox. It listens on loopback, lives for one run and holds made-up data: the password
 * is no secret.
 */
export const SANDBOX_EMAIL_PATTERN = "load-{n}@sandbox.test";
export const SANDBOX_ADMIN_EMAIL = "admin@sandbox.test";
export const SANDBOX_PASSWORD = "sandbox-only";
/** What the seeded users answer where a write asks for their pincode. */
export const SANDBOX_PINCODE = "123456";

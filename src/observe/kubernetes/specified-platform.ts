/** What the specification says of the workloads, as far as the lint compares it. */
import type { SpecifiedWorkload } from "../../domain/deployed-workload.ts";
import type { Surface } from "../../domain/surface.ts";

export interface SpecifiedPlatform {
  /** By the surface that is served, whatever workload of the cluster serves it. */
  readonly workloads: Readonly<
    Partial<
      Record<
        Surface,
        SpecifiedWorkload & {
          /** The runtime does not give memory back: Node.js, mostly. */
          readonly keepsMemory?: boolean;
        }
      >
    >
  >;
  /** Pods that all workloads together may have. */
  readonly podLimit?: number;
}

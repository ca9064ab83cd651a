/** What the specification says of the workloads, as far as the lint compares it. */
export interface SpecifiedPlatform {
  readonly workloads: Readonly<
    Record<
      string,
      {
        readonly minReplicas: number;
        readonly maxReplicas: number;
        /** The runtime does not give memory back: Node.js, mostly. */
        readonly keepsMemory?: boolean;
      }
    >
  >;
  /** Pods that all workloads together may have. */
  readonly podLimit?: number;
}

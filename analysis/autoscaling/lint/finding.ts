import type { FindingId } from "../../../src/domain/explained-ids.ts";
import type { Finding } from "../../../src/domain/verdict.ts";

/** A finding of the lint, its id public: it will keep the platform from scaling (P1), scale it wrongly (P2), or mislead people (P3). */
export function finding(
  id: Extract<FindingId, `autoscaling.${string}`>,
  severity: "P1" | "P2" | "P3",
  words: { readonly sentence: string; readonly evidence: string; readonly action: string },
): Finding {
  return { id, severity, ...words };
}

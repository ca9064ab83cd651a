import type { KubernetesObserverOptions } from "./kubernetes/observe-kubernetes.ts";
import type { Watch } from "./start-observers.ts";

/**
 * Before an experiment with the autoscaler: waits until the replicas of the last one have settled. Where they don't, the
 * load begins nevertheless, and the reason is a gap.
 */
export async function coolDown(
  cluster: KubernetesObserverOptions,
  signal: AbortSignal,
  onStage: (line: string) => void,
): Promise<readonly Watch[]> {
  const { awaitSettled } = await import("./kubernetes/await-settled.ts");
  const { isSettled, sentence } = await awaitSettled({ ...cluster, signal, onWait: onStage });
  onStage(sentence);
  if (isSettled) return [];
  const tell: Watch["start"] = async ({ gap }) => {
    gap({ source: "kubernetes", code: "not-settled", at: Date.now(), sentence });
    return { stop: async () => undefined };
  };
  return [{ source: "kubernetes", start: tell }];
}

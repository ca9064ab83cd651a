import { homedir } from "node:os";
import path from "node:path";

/**
 * Where a kubeconfig is, in the order in which kubectl merges them.
 * @param kubeconfig a file that was named; absent: the default ones
 */
export function kubeconfigFiles(kubeconfig: string | undefined): readonly string[] {
  if (kubeconfig !== undefined) return [kubeconfig];
  const named = (process.env["KUBECONFIG"] ?? "").split(path.delimiter).filter((one) => one !== "");
  return named.length > 0 ? named : [path.join(homedir(), ".kube", "config")];
}

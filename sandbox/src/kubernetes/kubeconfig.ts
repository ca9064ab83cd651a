/** A kubeconfig for the sandbox's cluster: any client of Kubernetes finds it by this file. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Kubeconfig {
  readonly path: string;
  remove(): Promise<void>;
}

/** Writes the file into a directory of its own, for this user only. @param server `http://127.0.0.1:…` */
export async function writeKubeconfig(server: string, namespace: string): Promise<Kubeconfig> {
  const folder = await mkdtemp(join(tmpdir(), "headroom-kubeconfig-"));
  const path = join(folder, "config.yaml");
  await writeFile(path, kubeconfigOf(server, namespace), { mode: 0o600 });
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}

function kubeconfigOf(server: string, namespace: string): string {
  return `apiVersion: v1
kind: Config
clusters:
  - name: sandbox
    cluster:
      server: ${server}
      # No TLS on loopback; some clients need it stated.
      insecure-skip-tls-verify: true
users:
  - name: sandbox
    user: {}
contexts:
  - name: sandbox
    context:
      cluster: sandbox
      user: sandbox
      namespace: ${namespace}
current-context: sandbox
`;
}

/**
 * The network policy of Headroom's pods, limited to the hosts of an environment. A policy takes addresses, not names: they
 * are those that the hosts have when it is made. The same addresses always give the same text.
 */
import { cidrOf } from "../../../domain/cidr.ts";
import type { Destination } from "./destinations.ts";

/** @returns a YAML document that takes the place of the policy of `deploy/kubernetes/nightly.yaml` */
export function networkPolicy(
  environment: string,
  destinations: readonly (Destination & { readonly addresses: readonly string[] })[],
): string {
  const rules = destinations.map(({ purposes, host, addresses, port }) =>
    [
      `    # ${purposes.join(", ")}: ${host}`,
      "    - to:",
      ...[...new Set(addresses)]
        .toSorted()
        .map((address) => `        - ipBlock: { cidr: "${cidrOf(address)}" }`),
      "      ports:",
      `        - { protocol: TCP, port: ${port} }`,
    ].join("\n"),
  );
  return `# Headroom's pods connect to the hosts of ${environment} at the addresses that these have now, and to nothing else. Where they
# change: headroom manifests network-policy --env ${environment} | kubectl apply -f -
${head}
${rules.join("\n")}
`;
}

const head = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: headroom
  namespace: headroom
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: headroom
  # Without rules of ingress nothing may connect.
  policyTypes: [Ingress, Egress]
  egress:
    - to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
      ports:
        - { protocol: UDP, port: 53 }
        - { protocol: TCP, port: 53 }`;

#!/usr/bin/env bash
# Tool: @kubernetes/client-node 1.4.0 (Node), a kubeconfig whose user has `tokenFile` (a path) instead of `token`.
# Expected: the file's content is sent as the bearer token, as kubectl and client-go do; CI systems and projected service accounts write such files.
# Actual: the field is ignored: the request is sent without an Authorization header, as anonymous, without an error.
# Impact: a tool that observes a cluster with this client is refused (403 for system:anonymous), although kubectl works with
# the same kubeconfig. Put the token itself into the kubeconfig, or read the file first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @kubernetes/client-node@1.4.0
printf 'a-token-for-the-test' > token
cat > try.mjs <<'JS'
import { createServer } from "node:http";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
const seen = [];
const server = createServer((request, answer) => {
  seen.push(request.headers.authorization ?? "none");
  answer.setHeader("content-type", "application/json");
  answer.end(JSON.stringify({ apiVersion: "v1", kind: "PodList", metadata: {}, items: [] }));
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const kubeconfig = (user) => `
apiVersion: v1
kind: Config
current-context: here
clusters: [{ name: here, cluster: { server: "http://127.0.0.1:${server.address().port}", insecure-skip-tls-verify: true } }]
contexts: [{ name: here, context: { cluster: here, user: me } }]
users: [{ name: me, user: ${JSON.stringify(user)} }]
`;
for (const user of [{ token: "a-token-for-the-test" }, { tokenFile: `${process.cwd()}/token` }]) {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig(user));
  await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: "default" });
}
server.close();
console.log(`token: Authorization ${seen[0]}; tokenFile: Authorization ${seen[1]}`);
const asDescribed = seen[0] === "Bearer a-token-for-the-test" && seen[1] === "none";
console.log(asDescribed ? "as described: a token file is not sent" : "CHANGED");
process.exit(asDescribed ? 0 : 1);
JS
timeout 60 node try.mjs

/**
 * Credentials in kubeconfig files: a server may repeat what it refuses. Read as text, so that they are known before a
 * client library (57 MB) is loaded, and also of users that are not used.
 */
import { existsSync, readFileSync } from "node:fs";
import { knownSecrets } from "./known-secrets.ts";
import { addUrlSecrets } from "./url-secrets.ts";

/** In YAML or JSON; certificates and commands are not secrets. */
const credential =
  /["']?\b(token|password|client-key-data|id-token|access-token|refresh-token|client-secret)["']?\s*:\s*["']?([^\s"',}]+)/g;

/** @param files missing ones are skipped: their reader reports them */
export function addKubeconfigSecrets(files: readonly string[]): void {
  for (const file of files.filter((each) => existsSync(each))) {
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch {
      continue;
    }
    addUrlSecrets("kubeconfig", text);
    for (const [, name = "", value = ""] of text.matchAll(credential)) {
      knownSecrets.add(`kubeconfig ${name}`, value);
      if (name === "client-key-data")
        knownSecrets.add("kubeconfig client key", Buffer.from(value, "base64").toString("utf8"));
    }
  }
}

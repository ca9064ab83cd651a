/** `tokenFile` of a kubeconfig's user, which the client library does not read. */
import type { KubeConfig } from "@kubernetes/client-node";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import * as z from "zod";

const kubeconfigShape = z.object({
  users: z
    .array(
      z.object({
        name: z.string(),
        user: z.object({ tokenFile: z.string().optional() }).nullish(),
      }),
    )
    .nullish(),
});

/** Where a kubeconfig is looked for without a flag, in the order in which kubectl merges them. */
function defaultFiles(): readonly string[] {
  const named = (process.env["KUBECONFIG"] ?? "").split(path.delimiter).filter((one) => one !== "");
  return named.length > 0 ? named : [path.join(homedir(), ".kube", "config")];
}

/**
 * The file that holds the token of the current user, relative to its kubeconfig as kubectl resolves it.
 * @param kubeconfig absent: the default ones @returns `undefined` where the user names no file
 */
export function tokenFileOf(
  config: KubeConfig,
  kubeconfig: string | undefined,
  loadYaml: (text: string) => unknown,
): string | undefined {
  const name = config.getCurrentUser()?.name;
  const files = kubeconfig === undefined ? defaultFiles() : [kubeconfig];
  for (const file of files.filter((one) => existsSync(one))) {
    const parsed = kubeconfigShape.safeParse(loadYaml(readFileSync(file, "utf8")));
    const user = parsed.data?.users?.find((one) => one.name === name)?.user;
    if (user?.tokenFile !== undefined) return path.resolve(path.dirname(file), user.tokenFile);
  }
  return undefined;
}

/** @throws Error with a sentence where the file cannot be read, or is empty */
export function readToken(file: string): string {
  const token = readFileSync(file, "utf8").trim();
  if (token === "") throw new Error(`the kubeconfig's tokenFile ${file} is empty`);
  return token;
}

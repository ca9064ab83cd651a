/** `tokenFile` of a kubeconfig's user, which the client library does not read. */
import type { KubeConfig } from "@kubernetes/client-node";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { kubeconfigFiles } from "./kubeconfig-files.ts";

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
  for (const file of kubeconfigFiles(kubeconfig).filter((one) => existsSync(one))) {
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

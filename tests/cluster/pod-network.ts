/**
 * The addresses of pods, where they are not of loopback: an API server connects to none of those. Their network is made in a
 * network namespace of its own, so that nothing of this machine changes; that takes root.
 */
import { spawnSync } from "node:child_process";

const variable = "HEADROOM_POD_NETWORK";

/** First two numbers of the pods' addresses, inside of the namespace. */
export const podNetwork = process.env[variable];

const network = "10.77";
const inNamespace = (command: string): readonly string[] => [
  "-n",
  "sh",
  "-c",
  `ip link set lo up && ip route add local ${network}.0.0/16 dev lo && ${command}`,
];

/** May this process make one? */
export const canMakeNetwork = (): boolean => spawnSync("unshare", inNamespace("true")).status === 0;

/** @param command of the shell, for which the namespace is all of the network */
export const inPodNetwork = (command: string) =>
  spawnSync("unshare", inNamespace(command), {
    env: { ...process.env, [variable]: network },
    encoding: "utf8",
  });

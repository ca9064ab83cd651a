/** Two loads of one host at the same time disturb each other, and pass its ceiling together. */
import { isIP } from "node:net";
import type { Plan } from "../domain/plan.ts";
import { takeLock, type Lock } from "./lock.ts";

type LoadedHosts = Pick<Plan, "sandbox" | "targets" | "resolvedAddresses">;

/** The names of this machine are one host, whatever the port. */
const thisMachine = "loopback";

/** Hosts of a plan, each once; none of a sandbox, which is started for its run alone. */
export function hostsToLock({ sandbox, targets, resolvedAddresses }: LoadedHosts): string[] {
  if (sandbox) return [];
  const hosts = Object.values(targets).map((url) => {
    const host = new URL(url).hostname;
    const addresses = resolvedAddresses[host] ?? [];
    return addresses.length > 0 && addresses.every(isLoopback) ? thisMachine : host;
  });
  return [...new Set(hosts)].toSorted();
}

const isLoopback = (address: string): boolean =>
  isIP(address) === 4 ? address.startsWith("127.") : address === "::1";

export interface HostLockRequest {
  /** Of all runs. */
  readonly root: string;
  readonly run: string;
  readonly now: number;
  readonly onTakenOver: (line: string) => void;
}

/** @returns what releases them @throws StoreError naming the run that loads one of the hosts */
export function lockHosts(plan: LoadedHosts, request: HostLockRequest): () => void {
  const { root, run, now, onTakenOver } = request;
  const locks: Lock[] = [];
  const release = (): void => {
    for (const lock of locks) lock.release();
  };
  try {
    for (const host of hostsToLock(plan)) {
      const lock = takeLock(root, now, {
        file: `load-${host.replaceAll(/[^a-z0-9.-]/gi, "_")}.lock`,
        busy: `another run loads ${host === thisMachine ? "this machine" : host} at this moment`,
        hint: "Wait until it has ended, or stop it with Ctrl-C in its terminal: two loads of one host disturb each other and exceed its ceiling together.",
        run,
      });
      locks.push(lock);
      if (lock.takenOverFrom !== undefined)
        onTakenOver(`took over the lock on ${host} that ${lock.takenOverFrom} left behind`);
    }
  } catch (error) {
    release();
    throw error;
  }
  return release;
}

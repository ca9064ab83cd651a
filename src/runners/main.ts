/** Entry of `k6` in the runner image: deploy/container/k6 calls it. */
import { writeFileSync } from "node:fs";
import { messageOf } from "../domain/errors.ts";
import { exitStatusOfError } from "../domain/exit-status.ts";
import { headroomVersion } from "../cli/version.ts";
import { runInPod } from "./run-in-pod.ts";

/** Where the kubelet reads why a container ended: it becomes part of the pod's status. */
function leaveMessage(message: string): void {
  try {
    writeFileSync("/dev/termination-log", message, { flag: "r+" });
  } catch {
    // Not in a pod.
  }
}

/** @param words what k6 was called with @returns exit status */
export async function main(words: readonly string[], packageRoot: string): Promise<number> {
  const terminated = new AbortController();
  process.once("SIGTERM", () => terminated.abort());
  try {
    return await runInPod({
      words,
      env: process.env,
      versions: { headroom: headroomVersion(packageRoot) },
      terminated: terminated.signal,
    });
  } catch (error) {
    const message = messageOf(error);
    process.stderr.write(`headroom: ${message}\n`);
    leaveMessage(message);
    return exitStatusOfError(error);
  }
}

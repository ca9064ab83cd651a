import { plural } from "../../../src/domain/number-text.ts";
import type { Finding } from "../../../src/domain/verdict.ts";
import { subjectOf, type ObservedLine } from "../observed-lines.ts";
import type { PlatformRule } from "../platform-context.ts";

/** So many restarts of one container are a loop. */
const loop = 3;
const named = 3;

/** Containers that ended and began again while the run went on, and those among them that ran out of memory. */
export const restarts: PlatformRule = ({ lines }) => {
  const ooms = (lines.get("container.oom") ?? []).filter(ranOut);
  const restarted = (lines.get("container.restarts") ?? [])
    .map((line) => ({ line, times: increaseOf(line) }))
    .filter(({ times }) => times > 0)
    .toSorted((one, other) => other.times - one.times);
  const isOom = ({ labels: { pod, container } }: ObservedLine): boolean =>
    ooms.some(({ labels }) => labels["pod"] === pod && labels["container"] === container);
  const total = restarted.reduce((sum, { times }) => sum + times, 0);
  const outOfMemory = restarted.filter(({ line }) => isOom(line));
  const [worst] = restarted;
  if (worst === undefined) return [];
  const list = restarted
    .slice(0, named)
    .map(
      ({ line, times }) => `${subjectOf(line)} (${times}×${isOom(line) ? ", out of memory" : ""})`,
    )
    .join(", ");
  const finding: Finding = {
    id: "restarts",
    severity: outOfMemory.length > 0 || worst.times >= loop ? "P2" : "P3",
    sentence: `${plural(total, "restart")} of ${plural(restarted.length, "container")} during the run${outOfMemory.length > 0 ? `, ${outOfMemory.length} of them out of memory` : ""}: ${list}.`,
    evidence: `kube_pod_container_status_restarts_total grew by ${total} from a minute before the load to its end${outOfMemory.length > 0 ? "; last reason OOMKilled" : ""}.`,
    action:
      outOfMemory.length > 0
        ? "Compare the working set with its limit: a leak grows with every request, too small a limit is reached at once."
        : "Read why they ended: the last state of the container and its log before the restart.",
  };
  return [finding];
};

/** All steps upwards: a pod of a StatefulSet that is made anew keeps its name and counts from 0 again. */
function increaseOf({ points }: ObservedLine): number {
  const steps = points.map(([, value], index) => value - (points[index - 1]?.[1] ?? value));
  return Math.round(steps.reduce((sum, step) => sum + Math.max(0, step), 0));
}

const ranOut = ({ points }: ObservedLine): boolean => (points.at(-1)?.[1] ?? 0) >= 1;

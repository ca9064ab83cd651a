/** A gate that makes its runs: two targets, or the sandbox with and without a fault. */
import { liveGate, type FinishedGate, type GateHead } from "../../../gate.ts";
import type { RunRequest } from "../../../pipeline.ts";
import type { Arguments } from "../../command.ts";
import { runContext } from "../../context.ts";
import type { Io } from "../../io.ts";
import { runRequest } from "../../run-options.ts";
import type { GateOptions } from "./options.ts";

export const isLive = (args: Arguments): boolean =>
  ["baseline-target", "candidate-target", "sandbox", "sandbox-fault"].some((name) =>
    args.flag(name),
  );

export async function runLive(
  { looks, maxDurationMs }: GateOptions,
  head: GateHead,
  args: Arguments,
  io: Io,
): Promise<FinishedGate> {
  const baseline = requestOf({ target: args.values("baseline-target"), fault: [] }, args, io);
  const fault = args.values("sandbox-fault");
  const candidate = requestOf({ target: args.values("candidate-target"), fault }, args, io);
  const context = runContext(args, io);
  try {
    return await liveGate(
      {
        ...head,
        labels: {
          baseline: labelOf(baseline, []),
          candidate: args.value("candidate-label") ?? labelOf(candidate, fault),
          nullArm: `${labelOf(baseline, [])}, once more`,
        },
        baseline,
        candidate,
        ...(args.flag("null") ? { nullArm: baseline } : {}),
        looks,
        seed: baseline.seed,
        ...(maxDurationMs === undefined ? {} : { maxDurationMs }),
      },
      context,
    );
  } finally {
    context.endProgress();
  }
}

/** The request of one arm: the flags of `headroom run` with the arm's own targets and faults. */
function requestOf(
  own: { readonly target: readonly string[]; readonly fault: readonly string[] },
  args: Arguments,
  io: Io,
): RunRequest {
  const values = new Map<string, readonly string[]>(Object.entries(own));
  const arm: Arguments = { ...args, values: (name) => values.get(name) ?? args.values(name) };
  return runRequest(args.value("profile") ?? "gate", arm, io);
}

function labelOf({ environment, targets }: RunRequest, faults: readonly string[]): string {
  if (!environment.sandbox) return Object.values(targets).join(", ");
  return faults.length === 0 ? "sandbox" : `sandbox with ${faults.join(", ")}`;
}

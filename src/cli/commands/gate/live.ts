/** A gate that makes its runs: two targets, or the sandbox with and without a fault. */
import { nightly } from "../../../../profiles/load/nightly.ts";
import { checkHosts } from "../../../config/hosts.ts";
import { passwordOf } from "../../../config/password.ts";
import type { ServiceHealth } from "../../../domain/health.ts";
import { minutes, seconds } from "../../../domain/units.ts";
import { liveGate, type FinishedGate, type LiveGate } from "../../../gate.ts";
import type { GateHead } from "../../../gate/gate-document.ts";
import { checkHealth } from "../../../observe/health.ts";
import { plan, planCommand, type RunContext, type RunRequest } from "../../../pipeline.ts";
import { SANDBOX_PASSWORD } from "../../../domain/sandbox.ts";
import { startSandboxProcess } from "../../../sandbox-client/process.ts";
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
  { looks, maxDurationMs, isQuick }: GateOptions,
  head: GateHead,
  args: Arguments,
  io: Io,
): Promise<FinishedGate> {
  const baseline = await requestOf({ target: args.values("baseline-target"), fault: [] }, args, io);
  const fault = args.values("sandbox-fault");
  const candidate = await requestOf({ target: args.values("candidate-target"), fault }, args, io);
  const context = runContext(args, io);
  const nullArm = args.flag("null") ? baseline : undefined;
  const quick = isQuick ? quickOf(candidate, context) : undefined;
  const pairs = looks.at(-1)?.pairs ?? 0;
  await planCommand(
    [
      { request: baseline, times: nullArm === undefined ? pairs : 2 * pairs },
      { request: candidate, times: pairs },
      ...(quick === undefined ? [] : [{ request: quick.budgets, times: 1 }]),
    ],
    context,
    maxDurationMs,
  );
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
        nullArm,
        looks,
        seed: baseline.seed,
        maxDurationMs,
        quick,
      },
      context,
    );
  } finally {
    context.endProgress();
  }
}

/** Long enough for every budget, short enough for a quick gate. */
const budgetRun = { durationMs: minutes(2), warmUpMs: seconds(20) } as const;

/** Budgets under the nightly run's load; under the pairs' own where a rate is given or the environment allows no more. */
function quickOf(candidate: RunRequest, context: RunContext): NonNullable<LiveGate["quick"]> {
  const { overrides, environment } = candidate;
  const isFull =
    overrides.requestsPerMinute === undefined &&
    environment.ceilings.requestsPerMinute >= nightly.requestsPerMinute;
  return {
    checkHealth: () => healthOf(candidate, context),
    budgets: {
      ...candidate,
      profile: isFull ? nightly : candidate.profile,
      overrides: { ...overrides, ...budgetRun },
    },
  };
}

/** Asks the candidate; a sandbox is started for it, with the candidate's faults, and stopped again. */
async function healthOf(request: RunRequest, context: RunContext): Promise<ServiceHealth[]> {
  const { environment, faults, seed } = request;
  const { emailPattern } = environment.identities;
  if (!environment.sandbox) {
    await checkHosts(environment, request.targets);
    const password = passwordOf(await plan(request, context), context.env);
    const identity =
      password === undefined ? {} : { identity: { email: emailOf(emailPattern), password } };
    return checkHealth({ targets: request.targets, ...identity });
  }
  const sandbox = await startSandboxProcess({ faults, seed });
  try {
    const identity = { email: emailOf(emailPattern), password: SANDBOX_PASSWORD };
    return await checkHealth({ targets: { ...sandbox.urls }, identity });
  } finally {
    await sandbox.stop();
  }
}

const emailOf = (pattern: string): string => pattern.replaceAll("{n}", "1");

/** The request of one arm: the flags of `headroom run` with the arm's own targets and faults. */
function requestOf(
  own: { readonly target: readonly string[]; readonly fault: readonly string[] },
  args: Arguments,
  io: Io,
): Promise<RunRequest> {
  const values = new Map<string, readonly string[]>(Object.entries(own));
  const arm: Arguments = { ...args, values: (name) => values.get(name) ?? args.values(name) };
  return runRequest(args.value("profile") ?? "gate", arm, io);
}

function labelOf({ environment, targets }: RunRequest, faults: readonly string[]): string {
  if (!environment.sandbox) return Object.values(targets).join(", ");
  return faults.length === 0 ? "sandbox" : `sandbox with ${faults.join(", ")}`;
}

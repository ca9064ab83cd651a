/** A gate that makes its runs: two targets, or the sandbox with and without a fault. */
import { nightly } from "../../../../profiles/load/nightly.ts";
import { checkHosts } from "../../../config/hosts.ts";
import { passwordOf } from "../../../config/password.ts";
import type { ServiceHealth } from "../../../domain/health.ts";
import { minutes, seconds } from "../../../domain/units.ts";
import { gateFiles, liveGate, type FinishedGate, type LiveGate } from "../../../gate.ts";
import type { GateHead } from "../../../gate/gate-document.ts";
import type { LiveSession } from "../../../live/live-session.ts";
import { checkHealth } from "../../../observe/health.ts";
import { plan, planCommand, type RunContext, type RunRequest } from "../../../pipeline.ts";
import { SANDBOX_PASSWORD } from "../../../domain/sandbox.ts";
import { startSandboxProcess } from "../../../sandbox-client/process.ts";
import { runContext } from "../../context.ts";
import type { Io } from "../../io.ts";
import { withLiveView } from "../../live.ts";
import { runRequest, type LoadValues } from "../../run-options.ts";
import type { GateRequest } from "./options.ts";

/** @param whole adds what else there is to say of the gate, before its report is shown */
export async function runLive(
  options: GateRequest,
  head: GateHead,
  io: Io,
  whole: (finished: FinishedGate) => FinishedGate,
): Promise<FinishedGate> {
  const { analyses, maxDurationMs, sandboxFault: fault } = options;
  const ofArm = (target: LoadValues["target"], faults: LoadValues["fault"]): Promise<RunRequest> =>
    runRequest(options.profile, { ...options, target, fault: faults }, io);
  const baseline = await ofArm(options.baselineTarget, []);
  const candidate = await ofArm(options.candidateTarget, fault);
  const context = runContext(options, io);
  const control = options.aaControl ? baseline : undefined;
  const quick = options.quick ? quickOf(candidate, context) : undefined;
  const pairs = analyses.at(-1)?.pairs ?? 0;
  await planCommand(
    [
      { request: baseline, times: control === undefined ? pairs : 2 * pairs },
      { request: candidate, times: pairs },
      ...(quick === undefined ? [] : [{ request: quick.objectives, times: 1 }]),
    ],
    context,
    maxDurationMs,
  );
  const follow = async (followed: RunContext, live?: LiveSession): Promise<FinishedGate> => {
    live?.pairs(analyses.map((analysis) => analysis.pairs));
    const judged = await liveGate(
      {
        ...head,
        labels: {
          baseline: labelOf(baseline, []),
          candidate: options.candidateLabel ?? labelOf(candidate, fault),
          control: `${labelOf(baseline, [])}, once more`,
        },
        baseline,
        candidate,
        control,
        analyses,
        seed: baseline.seed,
        maxDurationMs,
        quick,
        onPair: live === undefined ? undefined : (document) => live.pair(document),
      },
      followed,
    );
    const finished = whole(judged);
    live?.gateJudged(finished.directory, gateFiles.html);
    return finished;
  };
  try {
    return await withLiveView(options, context, io, follow);
  } finally {
    context.endProgress();
  }
}

/** Long enough for every objective, short enough for a quick gate. */
const objectivesRun = { durationMs: minutes(2), warmUpMs: seconds(20) } as const;

/** Objectives under the nightly run's load; under the pairs' own where a rate is given or the environment allows no more. */
function quickOf(candidate: RunRequest, context: RunContext): NonNullable<LiveGate["quick"]> {
  const { overrides, environment } = candidate;
  const isFull =
    overrides.requestsPerMinute === undefined &&
    environment.ceilings.requestsPerMinute >= nightly.requestsPerMinute;
  return {
    checkHealth: () => healthOf(candidate, context),
    objectives: {
      ...candidate,
      profile: isFull ? nightly : candidate.profile,
      overrides: { ...overrides, ...objectivesRun },
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

function labelOf({ environment, targets }: RunRequest, faults: readonly string[]): string {
  if (!environment.sandbox) return Object.values(targets).join(", ");
  return faults.length === 0 ? "sandbox" : `sandbox with ${faults.join(", ")}`;
}

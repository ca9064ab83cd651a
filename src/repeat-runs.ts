/** Runs one after the other, as often as asked, until somebody stops them. A verdict is never retried. */
import { EngineError, TargetError } from "./domain/errors.ts";
import type { Report } from "./domain/report.ts";
import type { Interruption } from "./domain/run.ts";
import type { JudgedRun, RunContext, RunRequest } from "./pipeline.ts";

export interface RepeatContext extends RunContext {
  /** The main job; handed in so that it can be tried without k6. */
  readonly perform: (request: RunRequest, context: RunContext) => Promise<JudgedRun>;
  readonly onRun: (run: JudgedRun) => void;
}

export interface RepeatedRuns {
  /** Of the last attempt at each. */
  readonly reports: readonly Report[];
  /** Every attempt, so that nothing is hidden. */
  readonly members: readonly JudgedRun[];
  /** Why a run could not be started in all its attempts. */
  readonly failure?: TargetError | EngineError;
}

/**
 * @param attempts at each run, where the infrastructure fails
 * @throws what a run throws; a fault of the infrastructure only where one attempt is all
 */
export async function repeatRuns(
  request: RunRequest,
  { times, attempts }: { readonly times: number; readonly attempts: number },
  context: RepeatContext,
): Promise<RepeatedRuns> {
  const members: JudgedRun[] = [];
  const reports: Report[] = [];
  for (let index = 0; index < times && !context.interrupted.aborted; index++) {
    if (times > 1) context.onStage(`run ${index + 1} of ${times}`);
    let last: JudgedRun | undefined;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      try {
        last = await context.perform(request, context);
        members.push(last);
        context.onRun(last);
      } catch (error) {
        if (attempts === 1 || !isInfrastructure(error)) throw error;
        if (context.interrupted.aborted) return { reports, members };
        if (attempt === attempts) return { reports, members, failure: error };
        context.onStage(`${String(error)}: retrying once`);
        continue;
      }
      if (!isInfrastructureFailure(last.report) || context.interrupted.aborted) break;
      if (attempt < attempts) context.onStage(`${last.report.sentence} Retrying once.`);
    }
    if (last !== undefined) reports.push(last.report);
  }
  return { reports, members };
}

const isInfrastructure = (error: unknown): error is TargetError | EngineError =>
  error instanceof TargetError || error instanceof EngineError;

/** Incomplete by a fault of k6 or because the target could not be reached; an invalid run is an answer. */
const isInfrastructureFailure = ({ outcome, run }: Report): boolean =>
  outcome === "incomplete" && isOfInfrastructure(run.interruption?.cause);

export const isOfInfrastructure = (cause: Interruption["cause"] | undefined): boolean =>
  cause === "engine" || cause === "target";

/** Runs a request as often as asked, tells people how it went, and decides the exit status. */
import path from "node:path";
import { reporters } from "../../reports/index.ts";
import {
  exitStatus,
  exitStatusOfOutcome,
  type ExitStatus,
  type RunOutcome,
} from "../domain/exit-status.ts";
import { toJson } from "../domain/json.ts";
import type { Plan } from "../domain/plan.ts";
import type { Report } from "../domain/report.ts";
import { planCommand, run, type JudgedRun, type RunRequest } from "../pipeline.ts";
import { repeatRuns } from "../repeat-runs.ts";
import { runFiles } from "../store/run-directory.ts";
import type { Arguments } from "./command.ts";
import { runContext } from "./context.ts";
import { hasColor, say, type Io } from "./io.ts";
import { openInBrowser } from "./open.ts";
import { planText } from "./plan-text.ts";

export async function performRun(
  request: RunRequest,
  args: Arguments,
  io: Io,
  repetitions: number,
): Promise<ExitStatus> {
  const context = runContext(args, io);
  const [resolved] = await planCommand([{ request, times: repetitions }], context);
  if (args.flag("dry-run") && resolved !== undefined) return showPlan(resolved, args, io);
  const onRun = showingRuns(context, io);
  const { reports, members } = await repeatRuns(
    request,
    { times: repetitions, attempts: 1 },
    { ...context, perform: run, onRun },
  ).finally(() => context.endProgress());
  if (args.flag("json") && reports.length > 0)
    io.stdout.write(`${repetitions === 1 ? toJson(reports[0], 2) : toJson(reports, 2)}\n`);
  const last = members.at(-1);
  if (args.flag("open") && last !== undefined)
    openInBrowser(path.join(last.directory, runFiles.html), io);
  return io.interrupted.aborted && reports.length < repetitions
    ? exitStatus.interrupted
    : statusOf(reports);
}

/** The resolved plan of `--dry-run`. */
export function showPlan(plan: Plan, args: Arguments, io: Io): ExitStatus {
  io.stdout.write(args.flag("json") ? `${toJson(plan, 2)}\n` : planText(plan));
  return exitStatus.pass;
}

/** For `repeatRuns`: shows each run below the progress of its load. */
export const showingRuns =
  (context: ReturnType<typeof runContext>, io: Io) =>
  (judged: JudgedRun): void => {
    context.endProgress();
    showRun(judged, io);
  };

/** What a person sees at the end of a run: the verdict, the table, where the report is. */
export function showRun(judged: JudgedRun, io: Io): void {
  io.stderr.write(reporters.terminal(judged.report, { color: hasColor(io, io.stderr) }));
  say(io, `Report: ${path.relative(io.cwd, path.join(judged.directory, runFiles.html))}`);
}

/** The worst of all runs: invalid, then fail, then inconclusive; a run stopped by hand is 130. Without a run nothing passed. */
export function statusOf(reports: readonly Report[]): ExitStatus {
  if (reports.some(({ run: record }) => record.interruption?.cause === "user"))
    return exitStatus.interrupted;
  const worstFirst: readonly RunOutcome[] = [
    "invalid",
    "incomplete",
    "fail",
    "inconclusive",
    "pass",
  ];
  const worst = worstFirst.find((outcome) => reports.some((report) => report.outcome === outcome));
  return exitStatusOfOutcome(worst ?? "invalid");
}

/** Runs a request as often as asked, tells people how it went, and decides the exit status. */
import path from "node:path";
import { generatorNeed } from "../../analysis/generator-need.ts";
import { repeatedRecoveries } from "../../analysis/resilience/repeated.ts";
import { reporters } from "../../reports/index.ts";
import { ConfigError } from "../domain/errors.ts";
import {
  exitStatus,
  exitStatusOfOutcome,
  type ExitStatus,
  type RunOutcome,
} from "../domain/exit-status.ts";
import { toJson } from "../domain/json.ts";
import type { Plan } from "../domain/plan.ts";
import type { Report } from "../domain/report.ts";
import { generatorFingerprint } from "../engine/fingerprint.ts";
import { planCommand, run, type JudgedRun, type RunContext, type RunRequest } from "../pipeline.ts";
import { repeatRuns } from "../repeat-runs.ts";
import { runFiles } from "../store/run-directory.ts";
import type { LiveSession } from "../live/live-session.ts";
import { annotateRuns } from "./annotate.ts";
import { runContext } from "./context.ts";
import { hasColor, say, type Io } from "./io.ts";
import { withLiveView } from "./live.ts";
import { openInBrowser } from "./open.ts";
import { planText } from "./plan-text.ts";
import type { LoadValues } from "./run-options.ts";

export async function performRun(
  request: RunRequest,
  options: LoadValues,
  io: Io,
  repetitions: number,
): Promise<ExitStatus> {
  const context = runContext(options, io);
  const [resolved] = await planCommand([{ request, times: repetitions }], context);
  if (options.dryRun === true && resolved !== undefined)
    return showPlan(resolved, options, context, io);
  const { reports, members } = await withLiveView(options, context, io, (followed, live) =>
    repeatRuns(
      request,
      { times: repetitions, attempts: 1 },
      { ...followed, perform: run, onRun: showingRuns(context, io, live) },
    ),
  ).finally(() => context.endProgress());
  for (const sentence of repeatedRecoveries(reports)) say(io, sentence);
  if (options.json === true && reports.length > 0)
    io.stdout.write(`${repetitions === 1 ? toJson(reports[0], 2) : toJson(reports, 2)}\n`);
  await annotateRuns(reports, options, io);
  const last = members.at(-1);
  if (options.open === true && options.live === undefined && last !== undefined)
    openInBrowser(path.join(last.directory, runFiles.html), io);
  return io.interrupted.aborted && reports.length < repetitions
    ? exitStatus.interrupted
    : statusOf(reports);
}

/** The resolved plan of `--dry-run`. @throws ConfigError where the load would saturate this machine */
export function showPlan(
  plan: Plan,
  options: Pick<LoadValues, "json" | "on">,
  { calibration }: Pick<RunContext, "calibration">,
  io: Io,
): ExitStatus {
  const isHere = options.on !== "kubernetes";
  const need = generatorNeed(plan, isHere ? { ...generatorFingerprint(), calibration } : undefined);
  io.stdout.write(options.json === true ? `${toJson(plan, 2)}\n` : planText(plan, need));
  if (need.refusals.length === 0) return exitStatus.pass;
  throw new ConfigError(`this machine cannot make the load: ${need.refusals.join("; ")}`, {
    code: "would-saturate",
    hint: "Lower --rate, or make the load on a larger machine: more runners on one do not raise its ceiling.",
  });
}

/** For `repeatRuns`: shows each run below the progress of its load. */
export const showingRuns =
  (context: ReturnType<typeof runContext>, io: Io, live?: LiveSession) =>
  (judged: JudgedRun): void => {
    context.endProgress();
    showRun(judged, io);
    live?.judged(judged);
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

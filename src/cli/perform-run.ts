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
import type { Report } from "../domain/report.ts";
import { planCommand, run, type JudgedRun, type RunRequest } from "../pipeline.ts";
import { runFiles } from "../store/run-directory.ts";
import { runContext } from "./context.ts";
import { hasColor, say, type Io } from "./io.ts";
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
  if (options.dryRun === true && resolved !== undefined) {
    if (options.json === true) io.stdout.write(`${toJson(resolved, 2)}\n`);
    else io.stdout.write(planText(resolved));
    return exitStatus.pass;
  }
  const judged: JudgedRun[] = [];
  try {
    for (let index = 0; index < repetitions && !io.interrupted.aborted; index++) {
      if (repetitions > 1) context.onStage(`run ${index + 1} of ${repetitions}`);
      judged.push(await run(request, context));
      context.endProgress();
      showRun(judged.at(-1), io);
    }
  } finally {
    context.endProgress();
  }
  const reports = judged.map(({ report }) => report);
  if (options.json === true && reports.length > 0)
    io.stdout.write(`${repetitions === 1 ? toJson(reports[0], 2) : toJson(reports, 2)}\n`);
  const last = judged.at(-1);
  if (options.open === true && last !== undefined)
    openInBrowser(path.join(last.directory, runFiles.html), io);
  return io.interrupted.aborted && reports.length < repetitions
    ? exitStatus.interrupted
    : statusOf(reports);
}

/** What a person sees at the end of a run: the verdict, the table, where the report is. */
export function showRun(judged: JudgedRun | undefined, io: Io): void {
  if (judged === undefined) return;
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

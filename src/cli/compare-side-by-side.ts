/** `headroom compare BEFORE AFTER`: any two stored runs beside each other. It describes, and judges nothing. */
import { sideBySide } from "../../analysis/comparison/side-by-side.ts";
import { compareMarkdown, comparePage } from "../../reports/compare/page.ts";
import { exitStatus, type ExitStatus } from "../domain/exit-status.ts";
import { readJudgeableRun } from "../store/judgeable-run.ts";
import { runsRoot } from "./context.ts";
import { say, type Io } from "./io.ts";
import { chosenRunDirectory } from "./named-runs.ts";
import { writeOutput } from "./write-output.ts";

interface SideBySideOptions {
  readonly before: string;
  readonly after: string;
  readonly html?: string | undefined;
  readonly markdown?: string | undefined;
  readonly runs?: string | undefined;
}

/** @throws UsageError where a run or a file cannot be had */
export function compareSideBySide(options: SideBySideOptions, io: Io): ExitStatus {
  const { before, after, html, markdown = html === undefined ? "-" : undefined } = options;
  const [first, second] = [before, after].map((name) =>
    readJudgeableRun(chosenRunDirectory(runsRoot(options, io), name)),
  );
  if (first === undefined || second === undefined) throw new Error("two runs were named");
  const compared = sideBySide(first, second);
  const write = (option: string, named: string, text: string): void => {
    writeOutput(text, { option, named, cwd: io.cwd });
    say(io, `Wrote ${named}`);
  };
  if (html !== undefined) write("--html", html, comparePage(compared));
  if (markdown === "-") io.stdout.write(compareMarkdown(compared));
  else if (markdown !== undefined) write("--markdown", markdown, compareMarkdown(compared));
  return exitStatus.pass;
}

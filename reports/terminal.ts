import { formatDuration, formatInstant } from "../src/domain/time-text.ts";
import type { Report } from "../src/domain/report.ts";
import type { Finding, InvalidReason, Verdict } from "../src/domain/verdict.ts";
import { explanationOf } from "./explained/index.ts";
import { idsOfRun } from "./explained/part.ts";
import { lineText } from "./kit/inline.ts";
import { silencedLines } from "./silenced.ts";
import { cellText, tableOf, type Table } from "./kit/block.ts";
import { columnWidths, textTable } from "./kit/text-table.ts";
import { podWords } from "./platform-words.ts";
import { cut, printable } from "./printable.ts";
import { runnerColumns } from "./run/generator.ts";
import { objectiveColumns } from "./run/objectives.ts";
import { eventWords } from "./run/resilience.ts";
import {
  groupVerdicts,
  missedChecks,
  policyTone,
  policyWords,
  withoutName,
} from "./verdict-groups.ts";
import {
  countOutcomes,
  coverageSentence,
  mostFindings,
  invalidReasons,
  isJudged,
  nextStep,
  outcomeWord,
  outcomeWords,
  symbols,
  targetWord,
  verdictWord,
  type Tone,
} from "./wording.ts";

export interface TerminalOptions {
  /** The caller knows the stream, `NO_COLOR` and `FORCE_COLOR`. */
  readonly color: boolean;
}

const width = 100;

/** The end of a run for people: at most 100 columns, readable without colour. */
export function terminal(report: Report, options: TerminalOptions = { color: false }): string {
  const paint = painter(options.color);
  const blocks = [
    head(report, paint),
    reasons(report),
    objectives(report, paint),
    checks(report, paint),
    (report.resilience?.events ?? []).flatMap((event) => wrap(eventWords(report, event))),
    findings(report),
    runners(report),
    explained(report),
    [...wrap(`Next: ${nextStep(report)}`)],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

type Paint = (tone: Tone, text: string) => string;

function head(report: Report, paint: Paint): readonly string[] {
  const { outcome, run, coverage } = report;
  const partial = coverage.partial ? "  PARTIAL" : "";
  const verdict = `${symbols[outcome]} ${outcomeWord(outcome)}${partial}`;
  const facts = `${run.plan.profile} on ${run.plan.environment} (${targetWord(report)}), ${formatInstant(run.startedAt)}`;
  const cover = coverage.partial ? coverageSentence(coverage) : formatDuration(coverage.achievedMs);
  return [
    `${paint(outcome, verdict)}  exit status ${report.exitStatus}`,
    ...wrap(report.sentence),
    ...wrap(coverage.partial ? facts : `${facts}, ${cover}`),
    ...(coverage.partial ? wrap(cover) : []),
  ];
}

const reasons = (report: Report): readonly string[] => invalidReasons(report).flatMap(reasonLines);

const reasonLines = ({ code, fault, message, hint }: InvalidReason): readonly string[] => [
  ...wrap(`${code} (${fault}): ${message}`, "- "),
  ...(hint === undefined ? [] : wrap(`Hint: ${hint}`, "  ")),
];

function objectives(report: Report, paint: Paint): readonly string[] {
  const { objectives: verdicts } = groupVerdicts(report);
  const judged = verdicts.filter(isJudged);
  const [header, ...lines] = judged.length === 0 ? [] : align(rowsOf(judged));
  const painted = judged.map((verdict, index) => {
    const word = verdictWord(verdict);
    return paint(verdict.outcome, word) + (lines[index] ?? "").slice(word.length);
  });
  return [
    ...(header === undefined ? [] : [header]),
    ...painted,
    ...notJudged(verdicts.filter((verdict) => !isJudged(verdict))),
  ];
}

/** The policy's words name all of them. */
const mostMissed = 4;

/** A line for each autoscaler: whether it kept to its policy, its pods, its checks counted; then what was missed. */
function checks(report: Report, paint: Paint): readonly string[] {
  return groupVerdicts(report).checked.flatMap((workload) => {
    const { workload: name } = workload;
    const tone = policyTone(workload);
    const counts = countOutcomes(workload.checks.map(({ verdict }) => verdict));
    const facts = [
      podWords(workload),
      counts.map(([each, count]) => `${count} ${outcomeWords[each]}`).join(", "),
    ].filter((fact) => fact !== undefined);
    const [first = "", ...rest] = wrap(
      `${policyWords(workload)}  ${workload.workload}: ${facts.join("; ")}`,
    );
    const word = policyWords(workload);
    const missed = missedChecks(workload)
      .slice(0, mostMissed)
      .flatMap(({ number, verdict }) =>
        wrap(
          `${number} ${withoutName(verdict.title, name)}: ${withoutName(verdict.reason, name)}`,
          "  ",
        ),
      );
    return [paint(tone, word) + first.slice(word.length), ...rest, ...missed];
  });
}

/** One line a cause; the report has each reason. */
function notJudged(verdicts: readonly Verdict[]): readonly string[] {
  const words = [...new Set(verdicts.map((verdict) => verdictWord(verdict)))];
  return words.flatMap((word) => {
    const same = verdicts.filter((verdict) => verdictWord(verdict) === word);
    return wrap(`${word}: ${same.map(({ title }) => title).join("; ")}`);
  });
}

function rowsOf(judged: readonly Verdict[]): readonly (readonly string[])[] {
  const { verdict, objective, measured, limit, margin, count } = objectiveColumns;
  const short = { ...measured, title: "Measured (interval)" };
  const columns = [verdict, objective, short, limit, margin, count];
  return textRows(tableOf({ id: "objectives", title: "Objectives" }, judged, columns));
}

/** The title has what the other columns leave. Numbers stand right. */
function align(rows: readonly (readonly string[])[]): readonly string[] {
  const others = columnWidths(rows).reduce((sum, each, i) => sum + (i === 1 ? 2 : each + 2), -2);
  const shown = rows.map((row) =>
    row.map((cell, i) => (i === 1 ? cut(cell, Math.max(12, width - others)) : cell)),
  );
  return textTable(shown, [0, 1]).trimEnd().split("\n");
}

/** Each of several, so that a sick one is noticed. */
function runners({ generator }: Report): readonly string[] {
  const { runners: all = [] } = generator;
  if (all.length === 0) return [];
  return textTable(textRows(tableOf({ id: "runners", title: "Runners" }, all, runnerColumns)), [0])
    .trimEnd()
    .split("\n");
}

const textRows = ({ columns, rows }: Table): readonly (readonly string[])[] => [
  columns.map(({ title }) => title),
  ...rows.map((row) => row.map((cell) => printable(cellText(cell)))),
];

function findings({ findings: all, silenced }: Report): readonly string[] {
  const more = all.length - mostFindings;
  return [
    ...all.slice(0, mostFindings).flatMap(findingLines),
    ...(more > 0 ? [`- ${more} more in the report`] : []),
    ...silencedLines(silenced).flatMap((line) => wrap(lineText(line), "- ")),
  ];
}

/** What the ids of the lines above mean. */
function explained(report: Report): readonly string[] {
  const pages = new Set(idsOfRun(report).flatMap((id) => explanationOf(id)?.id ?? []));
  return pages.size === 0 ? [] : wrap(`What these mean: headroom explain ${[...pages].join(" ")}`);
}

const findingLines = ({ severity, sentence, evidence }: Finding): readonly string[] => [
  ...wrap(`${severity} ${sentence}`, "- "),
  ...wrap(evidence, "  "),
];

/** Breaks at spaces; words longer than a line are cut. Later lines are indented like the first. */
function wrap(text: string, lead = ""): readonly string[] {
  const room = width - lead.length;
  const lines: string[] = [];
  for (const word of printable(text, 600)
    .split(" ")
    .map((each) => cut(each, room))) {
    const last = lines.at(-1);
    const joined = `${last ?? ""} ${word}`;
    if (last === undefined || joined.length > room) lines.push(word);
    else lines[lines.length - 1] = joined;
  }
  return lines.map((line, index) => (index === 0 ? lead : " ".repeat(lead.length)) + line);
}

/** Escape sequences by hand: this folder uses no Node API, and the caller has decided about colour. */
const colors: Readonly<Record<Tone, number>> = {
  pass: 32,
  fail: 31,
  inconclusive: 33,
  invalid: 35,
  incomplete: 36,
  "not-applicable": 90,
};

const painter =
  (color: boolean): Paint =>
  (tone, text) =>
    color ? `\u001B[1;${colors[tone]}m${text}\u001B[0m` : text;

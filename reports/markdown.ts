import { absent, formatCount, formatShare } from "../src/domain/number-text.ts";
import { formatInstant } from "../src/domain/time-text.ts";
import type { WorkloadScaling } from "../src/domain/autoscaling.ts";
import type { Report } from "../src/domain/report.ts";
import { markdownText as text } from "./markdown-text.ts";
import { databaseWords, pageWords, podWords } from "./platform-words.ts";
import { printable } from "./printable.ts";
import { groupVerdicts, missedChecks, policyWords, withoutName } from "./verdict-groups.ts";
import {
  coverageSentence,
  invalidReasons,
  nextStep,
  objectiveCells,
  outcomeWord,
  outcomeWords,
  surfaceNames,
  symbols,
  targetWord,
  verdictWord,
} from "./wording.ts";

const shownErrors = 10;
const shownLines = 24;

/** `report.md`: the report in the length of a pull request comment. */
export function markdown(report: Report): string {
  const parts = [
    heading(report),
    objectives(report),
    findings(report),
    platform(report),
    errors(report),
    measurement(report),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function heading(report: Report): string {
  const { outcome, run, coverage } = report;
  const partial = coverage.partial ? ", PARTIAL" : "";
  const facts = [
    `profile ${code(run.plan.profile)}`,
    `environment ${code(run.plan.environment)} (${targetWord(report)})`,
    formatInstant(run.startedAt),
    `exit status ${report.exitStatus}`,
  ];
  return [
    `# ${symbols[outcome]} ${outcomeWord(outcome)}${partial}`,
    `**${text(report.sentence)}**`,
    `Next: ${text(nextStep(report))}`,
    facts.join(" · "),
  ].join("\n\n");
}

function objectives(report: Report): string {
  const { objectives: verdicts, checked } = groupVerdicts(report);
  const checks = checkedAutoscalers(checked);
  if (verdicts.length === 0)
    return ["## Objectives", "No objective was judged.", ...checks].join("\n\n");
  const rows = verdicts.map((verdict) => {
    const cells = objectiveCells(verdict);
    const { measured, interval, limit, margin, sampleCount, detectable } = cells;
    const words = [measured, interval, limit, margin, sampleCount, detectable];
    return [verdictWord(verdict), text(verdict.title), ...words.map(text)];
  });
  const notes = verdicts
    .filter(({ outcome }) => outcome !== "pass")
    .map((verdict) => `- ${text(verdict.title)}: ${text(verdict.reason)}`);
  const head = [
    "Verdict",
    "Objective",
    "Measured",
    "Interval",
    "Limit",
    "Margin",
    "n",
    "Detectable",
  ];
  return ["## Objectives", table(head, rows, 2), notes.join("\n"), ...checks]
    .filter(Boolean)
    .join("\n\n");
}

/** A row a workload, and a line for each check that it missed; the page and the other files have all of them. */
function checkedAutoscalers(checked: readonly WorkloadScaling[]): readonly string[] {
  if (checked.length === 0) return [];
  const tones = ["fail", "inconclusive", "pass", "not-applicable"] as const;
  const rows = checked.map((workload) => [
    text(workload.workload),
    text(policyWords(workload)),
    text(podWords(workload) ?? absent),
    ...tones.map((tone) =>
      formatCount(workload.checks.filter(({ verdict }) => verdict.outcome === tone).length),
    ),
  ]);
  const head = [
    "Workload",
    "Policy",
    "Pods",
    ...tones.map((tone) => `${symbols[tone]} ${outcomeWords[tone]}`),
  ];
  const missed = checked.flatMap((workload) =>
    missedChecks(workload).map(
      ({ number, verdict }) =>
        `- ${text(workload.workload)} ${text(number)}, ${text(withoutName(verdict.title, workload.workload))}: ${text(withoutName(verdict.reason, workload.workload))}`,
    ),
  );
  return ["### Autoscaling checks", table(head, rows, 3), missed.join("\n")];
}

/** What the observers of the platform saw, a line each. */
function platform({ database, browser, autoscaling }: Report): string {
  const gaps = [
    ...(autoscaling?.gaps ?? []),
    ...(autoscaling?.workloads ?? []).flatMap(({ workload, gaps: own }) =>
      own.map((gap) => `${workload}: ${gap}`),
    ),
    ...(browser?.gaps ?? []),
    ...(database?.gaps ?? []),
  ];
  const lines = [
    ...(browser?.pages ?? []).map((page) => `- Page ${text(page.page)}: ${text(pageWords(page))}`),
    ...(database === undefined ? [] : [`- Database: ${text(databaseWords(database))}`]),
    ...gaps.map((gap) => `- Not observed: ${text(gap)}`),
  ];
  return lines.length === 0
    ? ""
    : `## Platform\n\n${lines.slice(0, shownLines).join("\n")}${moreLines(lines.length - shownLines)}`;
}

const moreLines = (count: number): string =>
  count > 0 ? `\n\n…and ${count} more lines in the full report.` : "";

function findings(report: Report): string {
  if (report.findings.length === 0) return "";
  const lines = report.findings.map(
    (each, index) =>
      `${index + 1}. **${each.severity}** ${text(each.sentence)} ${text(each.evidence)} → ${text(each.action)}`,
  );
  return `## Findings\n\n${lines.join("\n")}`;
}

function errors(report: Report): string {
  if (report.errors.length === 0) return "";
  const total = report.errors.reduce((sum, group) => sum + group.count, 0);
  const groups = report.errors.toSorted((a, b) => b.count - a.count).slice(0, shownErrors);
  const rows = groups.map((group) => [
    surfaceNames[group.surface],
    text(group.endpoint),
    text(group.outcome),
    formatCount(group.count),
    formatShare(group.count, total),
    formatInstant(group.firstSeen),
  ]);
  const more = report.errors.length - rows.length;
  const rest = more > 0 ? `\n\n…and ${more} more groups in the full report.` : "";
  const head = ["Surface", "Endpoint", "Outcome", "Count", "Share", "First seen"];
  return `## Errors\n\n${table(head, rows, 3)}${rest}`;
}

function measurement(report: Report): string {
  const { run, generator, validity } = report;
  const reasons = invalidReasons(report).map(
    (each) =>
      `- ${code(each.code)} (${each.fault}): ${text(each.message)}${each.hint === undefined ? "" : ` Hint: ${text(each.hint)}`}`,
  );
  const notes = validity.state === "valid" ? validity.notes.map((note) => `- ${text(note)}`) : [];
  const dropped = `${formatCount(generator.droppedIterations)} of ${formatCount(generator.plannedIterations)} planned iterations dropped`;
  return [
    "## Measurement",
    [
      `- ${validity.state === "valid" ? "Valid." : "**Not valid.**"} ${coverageSentence(report.coverage)}`,
      ...reasons,
      ...notes,
      `- ${dropped}; k6 ${text(run.versions.k6)}, Headroom ${text(run.versions.headroom)}, seed ${run.plan.seed}, run ${code(run.id)}`,
    ].join("\n"),
  ].join("\n\n");
}

/** @param firstNumber index of the first column that is set right */
function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  firstNumber: number,
): string {
  const rule = head.map((_, index) => (index < firstNumber ? "---" : "---:"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const code = (value: string): string => `\`${printable(value).replace(/[`|]/g, "'")}\``;

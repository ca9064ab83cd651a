import { markdownText as text } from "./markdown-text.ts";
import type { Report } from "../src/domain/report.ts";
import { formatCount, formatInstant, formatShare } from "./format.ts";
import { printable } from "./printable.ts";
import {
  coverageSentence,
  invalidReasons,
  nextStep,
  objectiveCells,
  outcomeWord,
  surfaceNames,
  symbols,
  targetWord,
  verdictWord,
} from "./wording.ts";

const shownErrors = 10;

/** `report.md`: the report in the length of a pull request comment. */
export function markdown(report: Report): string {
  const parts = [
    heading(report),
    objectives(report),
    findings(report),
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

function objectives({ verdicts }: Report): string {
  if (verdicts.length === 0) return "## Objectives\n\nNo objective was judged.";
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
  return ["## Objectives", table(head, rows, 2), notes.join("\n")].filter(Boolean).join("\n\n");
}

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

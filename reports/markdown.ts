import { absent, formatCount, formatShare } from "../src/domain/number-text.ts";
import { formatInstant } from "../src/domain/time-text.ts";
import type { WorkloadScaling } from "../src/domain/autoscaling.ts";
import type { Report } from "../src/domain/report.ts";

import { heading, listed, markdownFile, paragraph, type MarkdownBlock } from "./kit/markdown.ts";
import { findingItems } from "./kit/block-markdown.ts";
import type { Line } from "./kit/inline.ts";
import { databaseWords, pageWords, podWords } from "./platform-words.ts";
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
export const markdown = (report: Report): string =>
  markdownFile([
    ...head(report),
    ...objectives(report),
    ...listed("Findings", findingItems(report.findings), true),
    ...platform(report),
    ...errors(report),
    ...listed("Measurement", measurement(report)),
  ]);

function head(report: Report): readonly MarkdownBlock[] {
  const { outcome, run, coverage } = report;
  return [
    heading(1, `${symbols[outcome]} ${outcomeWord(outcome)}${coverage.partial ? ", PARTIAL" : ""}`),
    paragraph({ strong: report.sentence }),
    paragraph(`Next: ${nextStep(report)}`),
    paragraph(
      "profile ",
      { code: run.plan.profile },
      " · environment ",
      { code: run.plan.environment },
      ` (${targetWord(report)}) · ${formatInstant(run.startedAt)} · exit status ${report.exitStatus}`,
    ),
  ];
}

function objectives(report: Report): readonly MarkdownBlock[] {
  const { objectives: verdicts, checked } = groupVerdicts(report);
  const title = heading(2, "Objectives");
  if (verdicts.length === 0)
    return [title, paragraph("No objective was judged."), ...checkedAutoscalers(checked)];
  const rows = verdicts.map((verdict) => {
    const { measured, interval, limit, margin, sampleCount, detectable } = objectiveCells(verdict);
    const words = [measured, interval, limit, margin, sampleCount, detectable];
    return [verdictWord(verdict), verdict.title, ...words];
  });
  return [
    title,
    {
      kind: "table",
      head: ["Verdict", "Objective", "Measured", "Interval", "Limit", "Margin", "n", "Detectable"],
      rows,
      left: [0, 1],
    },
    {
      kind: "list",
      items: verdicts
        .filter(({ outcome }) => outcome !== "pass")
        .map((verdict) => `${verdict.title}: ${verdict.reason}`),
    },
    ...checkedAutoscalers(checked),
  ];
}

/** A row a workload, and a line for each check that it missed; the page and the other files have all of them. */
function checkedAutoscalers(checked: readonly WorkloadScaling[]): readonly MarkdownBlock[] {
  if (checked.length === 0) return [];
  const tones = ["fail", "inconclusive", "pass", "not-applicable"] as const;
  const rows = checked.map((workload) => [
    workload.workload,
    policyWords(workload),
    podWords(workload) ?? absent,
    ...tones.map((tone) =>
      formatCount(workload.checks.filter(({ verdict }) => verdict.outcome === tone).length),
    ),
  ]);
  const counted = tones.map((tone) => `${symbols[tone]} ${outcomeWords[tone]}`);
  const missed = checked.flatMap((workload) =>
    missedChecks(workload).map(
      ({ number, verdict }) =>
        `${workload.workload} ${number}, ${withoutName(verdict.title, workload.workload)}: ${withoutName(verdict.reason, workload.workload)}`,
    ),
  );
  return [
    heading(3, "Autoscaling checks"),
    { kind: "table", head: ["Workload", "Policy", "Pods", ...counted], rows, left: [0, 1, 2] },
    { kind: "list", items: missed },
  ];
}

/** What the observers of the platform saw, a line each. */
function platform({ database, browser, autoscaling }: Report): readonly MarkdownBlock[] {
  const gaps = [
    ...(autoscaling?.gaps ?? []),
    ...(autoscaling?.workloads ?? []).flatMap(({ workload, gaps: own }) =>
      own.map((gap) => `${workload}: ${gap}`),
    ),
    ...(browser?.gaps ?? []),
    ...(database?.gaps ?? []),
  ];
  const lines = [
    ...(browser?.pages ?? []).map((page) => `Page ${page.page}: ${pageWords(page)}`),
    ...(database === undefined ? [] : [`Database: ${databaseWords(database)}`]),
    ...gaps.map((gap) => `Not observed: ${gap}`),
  ];
  return [
    ...listed("Platform", lines.slice(0, shownLines)),
    ...rest(lines.length - shownLines, "lines"),
  ];
}

const rest = (count: number, what: string): readonly MarkdownBlock[] =>
  count > 0 ? [paragraph(`…and ${count} more ${what} in the full report.`)] : [];

function errors({ errors: all }: Report): readonly MarkdownBlock[] {
  if (all.length === 0) return [];
  const total = all.reduce((sum, group) => sum + group.count, 0);
  const groups = all.toSorted((a, b) => b.count - a.count).slice(0, shownErrors);
  const rows = groups.map((group) => [
    surfaceNames[group.surface],
    group.endpoint,
    group.outcome,
    formatCount(group.count),
    formatShare(group.count, total),
    formatInstant(group.firstSeen),
  ]);
  return [
    heading(2, "Errors"),
    {
      kind: "table",
      head: ["Surface", "Endpoint", "Outcome", "Count", "Share", "First seen"],
      rows,
      left: [0, 1, 2],
    },
    ...rest(all.length - rows.length, "groups"),
  ];
}

function measurement(report: Report): readonly Line[] {
  const { run, generator, validity } = report;
  const cover = ` ${coverageSentence(report.coverage)}`;
  const dropped = `${formatCount(generator.droppedIterations)} of ${formatCount(generator.plannedIterations)} planned iterations dropped`;
  return [
    validity.state === "valid" ? `Valid.${cover}` : [{ strong: "Not valid." }, cover],
    ...invalidReasons(report).map(({ code, fault, message, hint }): Line => [
      { code },
      ` (${fault}): ${message}${hint === undefined ? "" : ` Hint: ${hint}`}`,
    ]),
    ...(validity.state === "valid" ? validity.notes : []),
    [
      `${dropped}; k6 ${run.versions.k6}, Headroom ${run.versions.headroom}, seed ${run.plan.seed}, run `,
      { code: run.id },
    ],
  ];
}

import { formatCount } from "../src/domain/number-text.ts";
import { formatInstant } from "../src/domain/time-text.ts";
import type { WorkloadScaling } from "../src/domain/autoscaling.ts";
import type { LatencyRow, Report } from "../src/domain/report.ts";
import type { Verdict } from "../src/domain/verdict.ts";
import { column, numberColumn, tableOf } from "./kit/block.ts";
import { details, heading, kept, listed, paragraph, type MarkdownBlock } from "./kit/markdown.ts";
import { markdownWithin } from "./kit/markdown-limit.ts";
import { findingItems, partMarkdown, tableMarkdown } from "./kit/block-markdown.ts";
import type { Line } from "./kit/inline.ts";
import { endpointColumns, slowestFirst } from "./run/latency.ts";
import { silencedLines } from "./silenced.ts";
import { databaseWords, pageWords } from "./platform-words.ts";
import { workloadColumns } from "./run/autoscaling.ts";
import { errorColumns, errorsByCount } from "./run/errors.ts";
import { runnerColumns } from "./run/generator.ts";
import { objectiveColumns } from "./run/objectives.ts";
import { resilience } from "./run/resilience.ts";
import { groupVerdicts, missedChecks, withoutName } from "./verdict-groups.ts";
import {
  coverageSentence,
  mostFindings,
  invalidReasons,
  nextStep,
  outcomeWord,
  outcomeWords,
  surfaceNames,
  symbols,
  targetWord,
} from "./wording.ts";

const shownErrors = 10;
const shownLines = 24;

/** `report.md`: the report in the length of a pull request comment; what is least important stands last. */
export const markdown = (report: Report): string =>
  markdownWithin(
    [
      kept(...head(report)),
      ...objectives(report),
      ...listed("Findings", findingItems(report.findings.slice(0, mostFindings)), true),
      ...rest(report.findings.length - mostFindings, "findings"),
      ...listed("Silenced", silencedLines(report.silenced)),
      ...events(report),
      ...measurementBlocks(report),
      ...details("Errors", errors(report)),
      ...details("Platform", platform(report)),
      ...details("Runners", runners(report)),
      ...details("Endpoints", endpoints(report)),
    ],
    { elsewhere: "report.html" },
  );

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
    return [title, paragraph("No objective was judged."), ...checkedAutoscalers(report, checked)];
  const { verdict, objective, value, interval, limit, margin, count, detectable } =
    objectiveColumns;
  const short = { ...detectable, title: "Detectable" };
  const columns = [verdict, objective, value, interval, limit, margin, count, short];
  return [
    title,
    tableMarkdown(tableOf({ id: "objectives", title: "Objectives" }, verdicts, columns)),
    kept({ kind: "list", items: missed(verdicts) }),
    ...details("Not judged", notJudged(verdicts)),
    ...checkedAutoscalers(report, checked),
  ];
}

/** What did not pass, failed checks first. */
const missed = (verdicts: readonly Verdict[]): readonly Line[] =>
  (["fail", "inconclusive"] as const).flatMap((outcome) =>
    verdicts
      .filter((each) => each.outcome === outcome)
      .map((each) => `${symbols[outcome]} ${each.title}: ${each.reason}`),
  );

function notJudged(verdicts: readonly Verdict[]): readonly MarkdownBlock[] {
  const items = verdicts.filter(({ outcome }) => outcome === "not-applicable");
  return items.length === 0
    ? []
    : [{ kind: "list", items: items.map(({ title, reason }) => `${title}: ${reason}`) }];
}

function runners({ generator }: Report): readonly MarkdownBlock[] {
  const { runners: all = [] } = generator;
  if (all.length === 0) return [];
  return [tableMarkdown(tableOf({ id: "runners", title: "Runners" }, all, runnerColumns))];
}

/** A row a workload, and a line for each check that it missed; the page and the other files have all of them. */
function checkedAutoscalers(
  report: Report,
  checked: readonly WorkloadScaling[],
): readonly MarkdownBlock[] {
  if (checked.length === 0) return [];
  const { name, policy, pods } = workloadColumns(report);
  const counted = (["fail", "inconclusive", "pass", "not-applicable"] as const).map((tone) =>
    numberColumn(tone, `${symbols[tone]} ${outcomeWords[tone]}`, ({ checks }: WorkloadScaling) =>
      formatCount(checks.filter(({ verdict }) => verdict.outcome === tone).length),
    ),
  );
  const title = "Autoscaling checks";
  const items = checked.flatMap((workload) =>
    missedChecks(workload).map(
      ({ number, verdict }) =>
        `${workload.workload} ${number}, ${withoutName(verdict.title, workload.workload)}: ${withoutName(verdict.reason, workload.workload)}`,
    ),
  );
  return [
    heading(3, title),
    tableMarkdown(tableOf({ id: "checked", title }, checked, [name, policy, pods, ...counted])),
    kept({ kind: "list", items }),
  ];
}

function events(report: Report): readonly MarkdownBlock[] {
  const part = resilience(report);
  return part === undefined ? [] : partMarkdown(part);
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
  if (lines.length === 0) return [];
  return [
    { kind: "list", items: lines.slice(0, shownLines) },
    ...rest(lines.length - shownLines, "lines"),
  ];
}

const rest = (count: number, what: string): readonly MarkdownBlock[] =>
  count > 0 ? [paragraph(`…and ${count} more ${what} in the full report.`)] : [];

function errors(report: Report): readonly MarkdownBlock[] {
  const groups = errorsByCount(report);
  if (groups.length === 0) return [];
  const { surface, endpoint, outcome, number, share, firstSeen } = errorColumns(report);
  const columns = [surface, endpoint, outcome, number, share, { ...firstSeen, numeric: true }];
  const title = "Errors";
  return [
    tableMarkdown(tableOf({ id: "errors", title }, groups.slice(0, shownErrors), columns)),
    ...rest(groups.length - shownErrors, "groups"),
  ];
}

/** Slowest first: the least of them stand last. */
function endpoints({ endpoints: all }: Report): readonly MarkdownBlock[] {
  if (all.length === 0) return [];
  const surface = column("surface", "Surface", (row: LatencyRow) => surfaceNames[row.surface]);
  const table = { id: "endpoints", title: "Endpoints" };
  return [tableMarkdown(tableOf(table, slowestFirst(all), [surface, ...endpointColumns]))];
}

/** Why a run is not valid stands open. */
function measurementBlocks(report: Report): readonly MarkdownBlock[] {
  const items = measurement(report);
  return report.validity.state === "valid" && report.outcome !== "incomplete"
    ? details("Measurement", [{ kind: "list", items }])
    : [kept(...listed("Measurement", items))];
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

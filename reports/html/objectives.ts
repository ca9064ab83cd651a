import { absent, formatCount, formatValue } from "../../src/domain/number-text.ts";
import type { WorkloadScaling } from "../../src/domain/autoscaling.ts";
import type { Report } from "../../src/domain/report.ts";
import type { Verdict } from "../../src/domain/verdict.ts";
import { markup, type Fragment } from "../markup.ts";
import { verdictBar } from "../svg/interval-bar.ts";
import { groupVerdicts, missedChecks, withoutName } from "../verdict-groups.ts";
import { countOutcomes, isJudged, objectiveCells, outcomeWords } from "../wording.ts";
import { verdictBadge } from "./badge.ts";
import { badge } from "../kit/inline.ts";
import { mostWorkloads } from "./chart-plan.ts";
import { nothing, section, table, type Column, type Section } from "../kit/layout.ts";
import { scalingAnchor } from "./workload.ts";

const columns: readonly Column[] = [
  { title: "Objective" },
  { title: "Verdict" },
  { title: "Measured, with its interval against the limit" },
  { title: "Limit", numeric: true },
  { title: "Margin", numeric: true },
  { title: "n", numeric: true },
  { title: "Smallest detectable", numeric: true },
];

/** Says the confidence once where all intervals share it. */
function lead(verdicts: readonly Verdict[]): string {
  const levels = new Set(verdicts.filter(isJudged).map(({ observed }) => observed.confidence));
  const [level] = levels;
  const share = levels.size === 1 ? `${formatValue(level, "ratio")} interval` : "interval";
  return `Each estimate stands with its ${share}; in its bar the line in the middle is the limit and the tinted side is good. An interval that reaches across the limit decides nothing.`;
}

/** What had to hold, what was measured, how sure that is, and how small a breach would have shown. */
export function objectives(report: Report): Section {
  const title = "Objectives";
  const { objectives: verdicts, checked } = groupVerdicts(report);
  const checks = checksOf(report, checked);
  if (verdicts.length === 0)
    return section("objectives", title, undefined, [
      nothing("No objective could be judged."),
      checks,
    ]);
  const judged = verdicts.filter(isJudged);
  const rest = verdicts.filter((verdict) => !isJudged(verdict));
  const content = markup`${judged.length === 0 ? nothing("No objective could be judged.") : table("Objectives of this run", columns, judged.map(row))}${notJudged(rest)}${checks}`;
  return section("objectives", title, lead(verdicts), content);
}

const checkColumns: readonly Column[] = [
  { title: "Workload" },
  { title: "Verdicts" },
  { title: "What was missed" },
];

/** One row a workload: the thirteen checks of each stand in the section about autoscaling. */
function checksOf({ autoscaling }: Report, checked: readonly WorkloadScaling[]): Fragment {
  if (checked.length === 0) return undefined;
  const rows = checked.slice(0, mostWorkloads).map((workload) => {
    const anchor = scalingAnchor(autoscaling?.workloads.indexOf(workload) ?? 0);
    const counts = countOutcomes(workload.checks.map(({ verdict }) => verdict)).map(
      ([tone, count]) => badge(tone, `${count} ${outcomeWords[tone]}`),
    );
    return [
      markup`<a href="#${anchor}">${workload.workload}</a>`,
      markup`<span class="counts">${counts}</span>`,
      missed(workload),
    ];
  });
  return markup`<h3>Autoscaling checks</h3>
${table("Checks of each autoscaler, counted", checkColumns, rows)}`;
}

function missed(workload: WorkloadScaling): Fragment {
  const all = missedChecks(workload);
  if (all.length === 0) return markup`<span class="muted">nothing</span>`;
  return all.map(
    ({ number, verdict }) =>
      markup`<span class="missed"><strong>${number}</strong> ${withoutName(verdict.title, workload.workload)}: ${withoutName(verdict.reason, workload.workload)}</span>`,
  );
}

const notJudgedColumns: readonly Column[] = [
  { title: "Objective" },
  { title: "Verdict" },
  { title: "Why" },
];

/** Folded: nobody acts on what was not asked for, and who misses it finds the reason. */
function notJudged(verdicts: readonly Verdict[]): Fragment {
  if (verdicts.length === 0) return "";
  const rows = verdicts.map((verdict) => [verdict.title, verdictBadge(verdict), verdict.reason]);
  return markup`<details class="not-judged"><summary>${formatCount(verdicts.length)} not judged: ${verdicts.map(({ title }) => title).join("; ")}</summary>${table("Objectives that were not judged", notJudgedColumns, rows)}</details>`;
}

function row(verdict: Verdict): readonly Fragment[] {
  const cells = objectiveCells(verdict);
  const count = isJudged(verdict)
    ? markup`${cells.sampleCount}<br><span class="muted">needs ≥ ${formatCount(verdict.minimumCount)}</span>`
    : cells.sampleCount;
  return [
    markup`<span class="name">${verdict.title}</span><span class="reason">${verdict.reason}</span>`,
    verdictBadge(verdict),
    measured(verdict),
    cells.limit,
    cells.margin,
    count,
    cells.detectable,
  ];
}

function measured(verdict: Verdict): Fragment {
  if (!isJudged(verdict)) return absent;
  const { measured: value, interval } = objectiveCells(verdict);
  const warnings = verdict.observed.warnings.map(
    ({ message }) => markup`<span class="warning">⚠ ${message}</span>`,
  );
  return markup`<span class="measured"><strong>${value}</strong> <span class="muted">${interval}</span></span>${verdictBar(verdict)}${warnings}`;
}

import { formatCount, formatShare } from "../../src/domain/number-text.ts";
import { formatElapsed, formatTimeOfDay } from "../../src/domain/time-text.ts";
import type { RunEvent } from "../../src/domain/observation.ts";
import type { ErrorGroup, Report } from "../../src/domain/report.ts";
import { markup, type Fragment, type Markup } from "../markup.ts";
import { surfaceNames } from "../wording.ts";
import { nothing, section, table, type Column, type Section } from "../kit/layout.ts";

const most = 40;
const mostExamples = 10;

const columns: readonly Column[] = [
  { title: "Endpoint" },
  { title: "Surface" },
  { title: "Outcome" },
  { title: "Count", numeric: true },
  { title: "Share", numeric: true },
  { title: "First seen" },
];

/** Failures by endpoint and outcome, most frequent first, and the first ones as the target worded them. */
export function errors(report: Report): Section {
  const title = "Errors";
  const examples = firstFailures(report);
  if (report.errors.length === 0)
    return section("errors", title, undefined, [nothing("No request failed."), examples]);
  const total = report.errors.reduce((sum, group) => sum + group.count, 0);
  const shown = report.errors.toSorted((a, b) => b.count - a.count).slice(0, most);
  const more = report.errors.length - shown.length;
  return section(
    "errors",
    title,
    `${formatCount(total)} failed requests, by endpoint and outcome.`,
    [
      table(
        "Failed requests",
        columns,
        shown.map((group) => row(group, total, report)),
      ),
      more > 0 && markup`<p class="muted">${more} rarer groups are in verdicts.json.</p>`,
      examples,
    ],
  );
}

function row(group: ErrorGroup, total: number, { run }: Report): readonly Fragment[] {
  const since = formatElapsed(group.firstSeen - (run.loadStartedAt ?? run.startedAt));
  return [
    group.endpoint,
    surfaceNames[group.surface],
    markup`<code>${group.outcome}</code>`,
    formatCount(group.count),
    formatShare(group.count, total),
    markup`${since} <span class="muted">${formatTimeOfDay(group.firstSeen)}</span>`,
  ];
}

type Failure = Extract<RunEvent, { type: "failure" }>;

function firstFailures({ events }: Report): Markup | undefined {
  const failures = events.filter((event): event is Failure => event.type === "failure");
  if (failures.length === 0) return undefined;
  const items = failures.slice(0, mostExamples).map(
    ({
      at,
      endpoint,
      detail,
    }) => markup`<li><code>${endpoint}</code> ${detail} <span class="muted">${formatTimeOfDay(at)}</span></li>
`,
  );
  return markup`<h3>First failures, in the target’s words</h3>
<ul class="plain">
${items}</ul>`;
}

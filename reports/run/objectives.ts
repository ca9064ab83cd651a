import {
  absent,
  formatCount,
  formatInterval,
  formatLimit,
  formatPoint,
  formatValue,
  signedPercent,
} from "../../src/domain/number-text.ts";
import type { Report } from "../../src/domain/report.ts";
import type { JudgedVerdict, Verdict } from "../../src/domain/verdict.ts";
import {
  column,
  folded,
  heading,
  itemTable,
  nothing,
  numberColumn,
  type Block,
  type Cell,
  type ColumnOf,
  type Part,
} from "../kit/block.ts";
import { verdictInterval } from "../kit/interval-bar.ts";
import { linkOf } from "../explained/index.ts";
import { groupVerdicts } from "../verdict-groups.ts";
import { isJudged } from "../wording.ts";
import { workloadColumns } from "./autoscaling.ts";
import { mostWorkloads } from "./chart-plan.ts";
import { estimateLine, verdictBadge } from "./words.ts";

/** Says the confidence once where all intervals share it. */
function lead(verdicts: readonly Verdict[]): string {
  const levels = new Set(verdicts.filter(isJudged).map(({ observed }) => observed.confidence));
  const [level] = levels;
  const share = levels.size === 1 ? `${formatValue(level, "ratio")} interval` : "interval";
  return `Each estimate stands with its ${share}; in its bar the line in the middle is the limit and the tinted side is good. An interval that reaches across the limit decides nothing.`;
}

/** What had to hold, what was measured, how sure that is, and how small a breach would have shown. */
export function objectives(report: Report): Part {
  const { objectives: verdicts } = groupVerdicts(report);
  const judged = verdicts.filter(isJudged);
  const { objective, verdict, measured, limit, margin, count, detectable } = objectiveColumns;
  const columns = [objective, verdict, measured, limit, margin, count, detectable];
  return {
    id: "objectives",
    title: "Objectives",
    lead: verdicts.length === 0 ? undefined : lead(verdicts),
    blocks: [
      ...(judged.length === 0 ? [nothing("No objective could be judged.")] : []),
      ...itemTable("objectives", "Objectives of this run", judged, columns),
      ...notJudged(verdicts.filter((each) => !isJudged(each))),
      ...checks(report),
    ],
  };
}

/** One row a workload: the thirteen checks of each stand in the section about autoscaling. */
function checks(report: Report): readonly Block[] {
  const { checked } = groupVerdicts(report);
  if (checked.length === 0) return [];
  const { name, verdicts, missed } = workloadColumns(report);
  const [title, rows] = ["Checks of each autoscaler, counted", checked.slice(0, mostWorkloads)];
  return [
    heading("Autoscaling checks"),
    ...itemTable("checked", title, rows, [name, verdicts, missed]),
  ];
}

/** Folded: nobody acts on what was not asked for, and who misses it finds the reason. */
function notJudged(verdicts: readonly Verdict[]): readonly Block[] {
  if (verdicts.length === 0) return [];
  const titles = verdicts.map(({ title }) => title).join("; ");
  const columns = [
    column("objective", "Objective", ({ title }: Verdict) => title),
    objectiveColumns.verdict,
    column("why", "Why", ({ reason }: Verdict) => reason),
  ];
  return [
    folded(
      `${formatCount(verdicts.length)} not judged: ${titles}`,
      itemTable("not-judged", "Objectives that were not judged", verdicts, columns),
    ),
  ];
}

const pointText = ({ observed, limit }: JudgedVerdict): string => formatPoint(observed, limit);
const intervalText = ({ observed, limit }: JudgedVerdict): string =>
  formatInterval(observed, limit);

/** The interval without its unit where the value beside it has the same. */
function pointAndInterval(verdict: JudgedVerdict): string {
  const [value, interval] = [pointText(verdict), intervalText(verdict)];
  const unit = value.slice(value.lastIndexOf(" "));
  return `${value} (${interval.endsWith(unit) ? interval.slice(0, -unit.length) : interval})`;
}

const measuredCell = (verdict: JudgedVerdict): Cell => ({
  text: pointAndInterval(verdict),
  value: verdict.observed.point,
  shown: [
    ...estimateLine(pointText(verdict), intervalText(verdict), {
      interval: verdictInterval(verdict),
    }),
    ...verdict.observed.warnings.map(({ message }) => ({ reason: `⚠ ${message}` })),
  ],
});

function countCell({ observed, minimumCount }: JudgedVerdict): Cell {
  const text = formatCount(observed.sampleCount);
  return { text, shown: { lines: [text, { muted: `needs ≥ ${formatCount(minimumCount)}` }] } };
}

const judgedColumn = (id: string, title: string, of: (verdict: JudgedVerdict) => Cell) =>
  numberColumn(id, title, (verdict: Verdict) => (isJudged(verdict) ? of(verdict) : absent));

/** Every column that an objective has somewhere; each form shows some of them. */
export const objectiveColumns = {
  objective: column("objective", "Objective", ({ title, reason, outcome, checkId }) => {
    const link = outcome === "fail" || outcome === "inconclusive" ? linkOf(checkId) : undefined;
    const about = link === undefined ? [] : [{ ...link, title: `What ${link.text} means` }];
    return { text: title, shown: [{ name: title }, { reason }, ...about] };
  }),
  verdict: column("verdict", "Verdict", (verdict) => ({ shown: verdictBadge(verdict) })),
  value: judgedColumn("value", "Measured", pointText),
  interval: judgedColumn("interval", "Interval", intervalText),
  measured: {
    ...judgedColumn("measured", "Measured, with its interval against the limit", measuredCell),
    numeric: false,
  },
  limit: judgedColumn("limit", "Limit", ({ limit, observed }) =>
    formatLimit(limit, observed.point),
  ),
  margin: judgedColumn("margin", "Margin", ({ margin }) => signedPercent(margin)),
  count: judgedColumn("n", "n", countCell),
  detectable: judgedColumn("detectable", "Smallest detectable", ({ smallestDetectable, limit }) =>
    formatValue(smallestDetectable, limit.unit),
  ),
} satisfies Record<string, ColumnOf<Verdict>>;

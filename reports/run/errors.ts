import { formatCount, formatShare } from "../../src/domain/number-text.ts";
import { formatInstant, formatTimeOfDay } from "../../src/domain/time-text.ts";
import type { RunEvent } from "../../src/domain/observation.ts";
import type { ErrorGroup, Report } from "../../src/domain/report.ts";
import {
  column,
  heading,
  itemTable,
  nothing,
  numberColumn,
  rest,
  sentences,
  type Block,
  type ColumnOf,
  type Part,
} from "../kit/block.ts";
import type { Line } from "../kit/inline.ts";
import { surfaceNames } from "../wording.ts";
import * as words from "./words.ts";

const most = 40;
const mostExamples = 10;

/** Failures by endpoint and outcome, and the first ones as the target worded them. */
export function errors(report: Report): Part {
  const head = { id: "errors", title: "Errors" };
  const examples = firstFailures(report);
  if (report.errors.length === 0)
    return { ...head, blocks: [nothing("No request failed."), ...examples] };
  const { endpoint, surface, outcome, number, share, firstSeen } = errorColumns(report);
  const columns = [endpoint, surface, outcome, number, share, firstSeen];
  const shown = errorsByCount(report).slice(0, most);
  return {
    ...head,
    lead: `${formatCount(failedRequests(report))} failed requests, by endpoint and outcome.`,
    blocks: [
      ...itemTable("errors", "Failed requests", shown, columns),
      ...rest(report.errors.length - shown.length, "rarer groups are in verdicts.json."),
      ...examples,
    ],
  };
}

export const errorsByCount = ({ errors: all }: Report): readonly ErrorGroup[] =>
  all.toSorted((a, b) => b.count - a.count);

const failedRequests = ({ errors: all }: Report): number =>
  all.reduce((sum, { count }) => sum + count, 0);

/** Every column that a group of failures has somewhere. */
export function errorColumns(report: Report) {
  const total = failedRequests(report);
  return {
    endpoint: column("endpoint", "Endpoint", ({ endpoint }) => endpoint),
    surface: column("surface", "Surface", ({ surface }) => surfaceNames[surface]),
    outcome: column("outcome", "Outcome", ({ outcome: code }) => ({ shown: { code } })),
    number: words.count("count", "Count", (group) => group.count),
    share: numberColumn("share", "Share", ({ count }) => formatShare(count, total)),
    firstSeen: column("first_seen", "First seen", ({ firstSeen }) => ({
      text: formatInstant(firstSeen),
      shown: [words.elapsedAt(report, firstSeen), " ", { muted: formatTimeOfDay(firstSeen) }],
    })),
  } satisfies Record<string, ColumnOf<ErrorGroup>>;
}

type Failure = Extract<RunEvent, { type: "failure" }>;

function firstFailures({ events }: Report): readonly Block[] {
  const failures = events.filter((event): event is Failure => event.type === "failure");
  if (failures.length === 0) return [];
  const items = failures
    .slice(0, mostExamples)
    .map(({ at, endpoint, detail }): Line => [
      { code: endpoint },
      ` ${detail} `,
      { muted: formatTimeOfDay(at) },
    ]);
  return [heading("First failures, in the target’s words"), sentences(items)];
}

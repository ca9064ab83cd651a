import { absent, formatCount, percent } from "../../src/domain/number-text.ts";
import { eventText } from "../../src/domain/resilience.ts";
import type { Report } from "../../src/domain/report.ts";
import { formatDuration } from "../../src/domain/time-text.ts";
import {
  heading,
  itemTable,
  nothing,
  numberColumn,
  column,
  sentences,
  type Part,
} from "../kit/block.ts";
import { elapsedAt } from "./words.ts";

type Happened = NonNullable<Report["resilience"]>["events"][number];

/** An event in one sentence. */
export function eventWords(report: Report, happened: Happened): string {
  const { event, impact } = happened;
  const recovered =
    impact.recoveryMs === undefined
      ? "not recovered within the run"
      : `recovered after ${formatDuration(impact.recoveryMs)}`;
  return `Event ${eventText(event)} at ${elapsedAt(report, event.startedAt)} (${event.outcome}): ${formatCount(impact.lost)} of ${formatCount(impact.requests)} requests lost, ${recovered}, ${percent(impact.errorBudgetShare)} of the month's error budget.`;
}

const stepWords = {
  detected: "detected",
  rescheduled: "rescheduled",
  started: "started",
  ready: "ready",
  promoted: "promoted",
  served: "served",
} as const;

const ratio = (value: number | undefined): string =>
  value === undefined ? absent : percent(value);

const time = (ms: number | undefined): string => (ms === undefined ? absent : formatDuration(ms));

const lostByWords = (lostBy: Happened["impact"]["lostBy"]): string =>
  Object.entries(lostBy)
    .toSorted(([, one], [, next]) => next - one)
    .map(([outcome, count]) => `${outcome} ${formatCount(count)}`)
    .join(", ") || absent;

/** What each event did to the load, and of what its recovery consists. */
export function resilience(report: Report): Part | undefined {
  if (report.resilience === undefined) return undefined;
  const { events } = report.resilience;
  const head = { id: "resilience", title: "Events" };
  if (events.length === 0) return { ...head, blocks: [nothing("No event came about.")] };
  const steps = Object.entries(stepWords).filter(([name]) =>
    events.some(({ impact }) => impact.parts.some((part) => part.name === name)),
  );
  const nameOf = ({ event }: Happened): string =>
    `${eventText(event)} at ${elapsedAt(report, event.startedAt)}`;
  return {
    ...head,
    lead: "Each event is marked on the charts. What it did is the difference to the time without events.",
    blocks: [
      ...itemTable("events", "What each event did", events, [
        column<Happened>("event", "Event", nameOf),
        column<Happened>("by", "Made by", ({ event }) => event.by),
        column<Happened>("outcome", "Outcome", ({ event }) => event.outcome),
        numberColumn<Happened>("lasted", "Lasted", ({ event: { startedAt, endedAt } }) =>
          endedAt === undefined ? absent : time(endedAt - startedAt),
        ),
        numberColumn<Happened>("lost", "Requests lost", ({ impact }) => ({
          text: `${formatCount(impact.lost)} of ${formatCount(impact.requests)}`,
          value: impact.lost,
        })),
        column<Happened>("lost-by", "How", ({ impact }) => lostByWords(impact.lostBy)),
        numberColumn<Happened>("availability", "Availability", ({ impact }) =>
          ratio(impact.availability),
        ),
        numberColumn<Happened>("first-error", "First error after", ({ impact }) =>
          time(impact.firstErrorMs),
        ),
        numberColumn<Happened>("recovery", "Recovered after", ({ impact }) =>
          time(impact.recoveryMs),
        ),
        numberColumn<Happened>("capacity", "Capacity left", ({ impact }) =>
          ratio(impact.capacityLeft),
        ),
        numberColumn<Happened>("sessions", "Sessions kept", ({ impact }) =>
          ratio(impact.sessionsKept),
        ),
        numberColumn<Happened>("unavailable", "Pods unavailable", ({ impact }) =>
          ratio(impact.unavailableRatio),
        ),
        numberColumn<Happened>("budget", "Of the month's error budget", ({ impact }) =>
          percent(impact.errorBudgetShare),
        ),
      ]),
      heading("Of what the recovery consists"),
      ...itemTable(
        "event-recovery",
        "Time from step to step",
        events.filter(({ impact }) => impact.parts.length > 0),
        [
          column<Happened>("event", "Event", nameOf),
          ...steps.map(([name, title]) =>
            numberColumn<Happened>(name, title, ({ impact }) =>
              time(impact.parts.find((part) => part.name === name)?.ms),
            ),
          ),
        ],
      ),
      sentences(
        events.flatMap(({ event }) =>
          event.sentence === undefined ? [] : [`${eventText(event)}: ${event.sentence}.`],
        ),
      ),
    ],
  };
}

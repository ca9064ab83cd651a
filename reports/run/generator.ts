import { formatCount, formatLatency, formatValue } from "../../src/domain/number-text.ts";
import { formatTimeOfDay } from "../../src/domain/time-text.ts";
import type { ReportedEvent } from "../../src/domain/observation.ts";
import type { GeneratorHealth, Report, RunnerHealth } from "../../src/domain/report.ts";
import {
  column,
  facts,
  folded,
  itemTable,
  numberColumn,
  sentences,
  type Block,
  type ColumnOf,
  type Part,
} from "../kit/block.ts";
import type { Line } from "../kit/inline.ts";
import * as words from "./words.ts";

/** The machine that made the load, and what happened to the run itself. */
export const generator = (report: Report): Part => ({
  id: "generator",
  title: "Generator health",
  lead: "A saturated load generator measures itself: its health is judged before the platform’s.",
  blocks: [
    health(report.generator),
    ...itemTable("runners", "Runners", report.generator.runners ?? [], runnerColumns),
    ...runEvents(report.events),
  ],
});

/** One that is sick differs from the others in one of them. */
export const runnerColumns: readonly ColumnOf<RunnerHealth>[] = [
  column("runner", "Runner", ({ runner }) => runner),
  numberColumn("rate", "Requests/s", (each) => formatCount(each.requestsPerSecond)),
  numberColumn("share", "Share", ({ share }) => formatValue(share, "ratio")),
  words.latency("lag", "Lag p99", ({ lagP99Ms }) => lagP99Ms),
  words.latency("start", "Start delay", ({ startDelayMs }) => startDelayMs),
  numberColumn("cpu", "CPU p95", ({ cpuCoresP95 }) => formatValue(cpuCoresP95, "cores")),
  numberColumn("memory", "Memory", ({ memoryMaxBytes }) => formatValue(memoryMaxBytes, "bytes")),
  words.count("dropped", "Dropped", ({ droppedIterations }) => droppedIterations),
];

const health = (all: GeneratorHealth): Block =>
  facts([
    [
      "k6 CPU, p95",
      `${formatValue(all.k6CpuP95Ratio, "ratio")} of ${formatValue(all.cpuCores, "cores")}`,
    ],
    ["Host idle, p5", formatValue(all.hostIdleP5Ratio, "ratio")],
    ["k6 memory, largest", formatValue(all.k6MemoryMaxBytes, "bytes")],
    ["Lag of starts, p99", formatLatency(all.lagP99Ms)],
    ["Iterations planned", formatCount(all.plannedIterations)],
    ["Iterations completed", formatCount(all.completedIterations)],
    ["Iterations dropped", formatCount(all.droppedIterations)],
    ["Calibrated ceiling", formatValue(all.ceilingRequestsPerSecond, "1/s")],
  ]);

const mostEvents = 40;

/** Aborts, gaps of observers, words of k6: rare, so all in one list. */
function runEvents(events: readonly ReportedEvent[]): readonly Block[] {
  const lines = events.flatMap((event): readonly Line[] => {
    const text = eventText(event);
    return text === undefined ? [] : [[{ muted: formatTimeOfDay(event.at) }, ` ${text}`]];
  });
  if (lines.length === 0) return [];
  return [folded(`Events of the run (${lines.length})`, [sentences(lines.slice(0, mostEvents))])];
}

function eventText(event: ReportedEvent): string | undefined {
  switch (event.type) {
    case "phase":
      return `Phase ${event.phase} began`;
    case "load-start":
      return "Load began";
    case "load-end":
      return "Load ended";
    case "abort":
      return `Abort by ${event.rule}: ${event.message}`;
    case "gap":
      return `No observations from ${event.source}: ${event.sentence}`;
    case "engine":
      return `k6 ${event.level}: ${event.message}`;
    case "failure":
      return undefined;
    case "resilience-begin":
      return `Event ${event.kind} began`;
    case "resilience":
      return `Event ${event.kind} ${event.outcome}${event.sentence === undefined ? "" : `: ${event.sentence}`}`;
    case "writes-read-back":
      return `Writes read back: ${event.checked}, ${event.lostAt.length} lost, ${event.doubled} doubled`;
    default:
      return event satisfies never;
  }
}

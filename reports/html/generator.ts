import { formatCount, formatLatency, formatValue } from "../../src/domain/number-text.ts";
import { formatTimeOfDay } from "../../src/domain/time-text.ts";
import type { RunEvent } from "../../src/domain/observation.ts";
import type { GeneratorHealth, Report } from "../../src/domain/report.ts";
import { markup, type Fragment, type Markup } from "../markup.ts";
import { facts, section, type Section } from "../kit/layout.ts";

const lead =
  "A saturated load generator measures itself: its health is judged before the platform’s.";

/** The machine that made the load, and what happened to the run itself. */
export function generator(report: Report): Section {
  return section("generator", "Generator health", lead, [
    facts(health(report.generator)),
    runEvents(report.events),
  ]);
}

function health(seen: GeneratorHealth): readonly (readonly [string, Fragment])[] {
  const { droppedIterations, plannedIterations, completedIterations } = seen;
  return [
    ["k6 CPU, p95", ofCores(seen)],
    ["Host idle, p5", formatValue(seen.hostIdleP5Ratio, "ratio")],
    ["k6 memory, largest", formatValue(seen.k6MemoryMaxBytes, "bytes")],
    ["Lag of starts, p99", formatLatency(seen.lagP99Ms)],
    ["Iterations planned", formatCount(plannedIterations)],
    ["Iterations completed", formatCount(completedIterations)],
    ["Iterations dropped", formatCount(droppedIterations)],
    ["Calibrated ceiling", formatValue(seen.ceilingRequestsPerSecond, "1/s")],
  ];
}

const ofCores = ({ k6CpuP95Ratio, cpuCores }: GeneratorHealth): string =>
  `${formatValue(k6CpuP95Ratio, "ratio")} of ${formatValue(cpuCores, "cores")}`;

const mostEvents = 40;

/** Aborts, gaps of observers, words of k6: rare, so all in one list. */
function runEvents(events: readonly RunEvent[]): Markup | undefined {
  const lines = events.flatMap((event) => {
    const said = describe(event);
    return said === undefined
      ? []
      : [
          markup`<li><span class="muted">${formatTimeOfDay(event.at)}</span> ${said}</li>
`,
        ];
  });
  if (lines.length === 0) return undefined;
  return markup`<details><summary>Events of the run (${lines.length})</summary><ul class="plain">
${lines.slice(0, mostEvents)}</ul></details>`;
}

function describe(event: RunEvent): Fragment {
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
    default:
      return event satisfies never;
  }
}

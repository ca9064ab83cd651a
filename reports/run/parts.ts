/** The parts of a run's page, from the findings down to the method. */
import { formatInstant } from "../../src/domain/time-text.ts";
import type { Report } from "../../src/domain/report.ts";
import { nothing, rest, type Block, type Part } from "../kit/block.ts";
import { autoscaling } from "./autoscaling.ts";
import { browser } from "./browser.ts";
import { figures, planCharts, type ChartPlan } from "./chart-plan.ts";
import { database } from "./database.ts";
import { distribution } from "./distribution.ts";
import { errors } from "./errors.ts";
import { generator } from "./generator.ts";
import { endpoints, latency } from "./latency.ts";
import { method } from "./method.ts";
import { objectives } from "./objectives.ts";
import { resilience } from "./resilience.ts";
import { silencedBlocks } from "../silenced.ts";
import { mostFindings } from "../wording.ts";

export function runParts(report: Report): readonly Part[] {
  const plan = planCharts(report);
  return [
    findings(report),
    objectives(report),
    resilience(report),
    overTime(plan),
    autoscaling(report, plan),
    browser(report, plan),
    database(report),
    correlation(plan),
    latency(report),
    distribution(report, plan),
    endpoints(report),
    errors(report),
    generator(report),
    method(report),
  ].filter((each) => each !== undefined);
}

/** What stands out, most severe first as the document ranks it, each with what to do about it. */
function findings({ findings: all, outcome, silenced }: Report): Part {
  const none = outcome === "pass" ? "Nothing stands out." : "No finding beyond what stands above.";
  const list: Block = { kind: "findings", findings: all.slice(0, mostFindings) };
  return {
    id: "findings",
    title: "Findings",
    blocks: [
      ...(all.length === 0
        ? [nothing(none)]
        : [list, ...rest(all.length - mostFindings, "more in verdicts.json.")]),
      ...silencedBlocks(silenced),
    ],
  };
}

/** Small multiples on one shared time axis. */
function overTime(plan: ChartPlan): Part {
  const head = { id: "charts", title: "Over time" };
  const blocks = figures(plan.overTime, plan);
  if (blocks.length === 0 || plan.frame === undefined)
    return { ...head, blocks: [nothing("No series was recorded.")] };
  const lead = `All charts share one axis: minutes and seconds since the load began at ${formatInstant(plan.frame.origin)}. Grey stretches are shown and not judged; a break in a line is a gap in the measurement.`;
  return { ...head, lead, blocks };
}

/** The same minutes at the client, at the server and in the database, and the platform's own metrics beneath them. */
function correlation(plan: ChartPlan): Part | undefined {
  const [layers, platform] = [plan.correlation, plan.platform];
  if (layers.length === 0 && platform.length === 0) return undefined;
  const metrics = figures(platform, plan);
  const title = "What the platform’s own metrics said";
  return {
    id: "correlation",
    title: "Where the time went",
    lead: "Each layer’s p95 on one axis: where the client’s line leaves the server’s, the network or the load generator took the time; where the server’s leaves the database’s, the application did. Percentiles of layers do not add up, their movements tell.",
    blocks:
      layers.length === 0 || metrics.length === 0
        ? [...figures(layers, plan), ...metrics]
        : [
            ...figures(layers, plan),
            { kind: "part", part: { id: "platform-metrics", title, blocks: metrics } },
          ],
  };
}

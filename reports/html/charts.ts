import { formatInstant } from "../../src/domain/time-text.ts";
import { figures } from "./chart-figures.ts";
import type { ChartPlan } from "./chart-plan.ts";
import { nothing, section, type Section } from "../kit/layout.ts";

/** Small multiples on one shared time axis. */
export function charts(plan: ChartPlan): Section {
  const title = "Over time";
  const drawn = figures(plan.overTime, plan, { level: 3 });
  if (drawn === undefined || plan.frame === undefined)
    return section("charts", title, undefined, nothing("No series was recorded."));
  const lead = `All charts share one axis: minutes and seconds since the load began at ${formatInstant(plan.frame.origin)}. Grey stretches are shown and not judged; a break in a line is a gap in the measurement.`;
  return section("charts", title, lead, drawn);
}

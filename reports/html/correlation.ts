import { markup } from "../markup.ts";
import { figures } from "./chart-figures.ts";
import type { ChartPlan } from "./chart-plan.ts";
import { section, type Section } from "../kit/layout.ts";

/** The same minutes at the client, at the server and in the database, and the platform's own metrics beneath them. */
export function correlation(plan: ChartPlan): Section | undefined {
  const [layers, platform] = [plan.correlation, plan.platform];
  if (layers.length === 0 && platform.length === 0) return undefined;
  const lead =
    "Each layer’s p95 on one axis: where the client’s line leaves the server’s, the network or the load generator took the time; where the server’s leaves the database’s, the application did. Percentiles of layers do not add up, their movements tell.";
  return section("correlation", "Where the time went", lead, [
    figures(layers, plan, { level: 3 }),
    platform.length > 0 &&
      layers.length > 0 &&
      markup`<h3>What the platform’s own metrics said</h3>`,
    figures(platform, plan, { level: layers.length > 0 ? 4 : 3 }),
  ]);
}

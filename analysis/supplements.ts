import { autoscalingSupplement } from "./autoscaling/observed/supplement.ts";
import { browserSupplement } from "./browser/index.ts";
import { breakpointSupplement } from "./capacity/breakpoint/supplement.ts";
import { databaseSupplement } from "./database/index.ts";
import { cpuPerRequest } from "./history/cpu-per-request.ts";
import { platformMetrics } from "./platform-metrics/index.ts";
import type { Report, Series } from "../src/domain/report.ts";
import type { RunData } from "../src/domain/run.ts";
import type { Finding, Verdict } from "../src/domain/verdict.ts";
import type { Measurements } from "./measurements/index.ts";

/** What an observer's records add to the judgement of a run. Pure functions of what the run left behind. */
export interface Supplement {
  readonly verdicts: readonly Verdict[];
  readonly findings: readonly Finding[];
  readonly series: readonly Series[];
  readonly parts: Pick<Report, "autoscaling" | "database" | "browser">;
}

/** `undefined`: nothing of the kind was asked for in this run. */
export type SupplementOf = (data: RunData, measured: Measurements) => Supplement | undefined;

/** One for each observer of the platform, in the order of the report. */
const known: readonly SupplementOf[] = [
  breakpointSupplement,
  autoscalingSupplement,
  databaseSupplement,
  browserSupplement,
  platformMetrics,
  cpuPerRequest,
];

export function supplementsOf(data: RunData, measured: Measurements): Supplement {
  const found = known.flatMap((supplement) => supplement(data, measured) ?? []);
  return {
    verdicts: found.flatMap(({ verdicts }) => verdicts),
    findings: found.flatMap(({ findings }) => findings),
    series: found.flatMap(({ series }) => series),
    parts: Object.fromEntries(found.flatMap(({ parts }) => Object.entries(parts))),
  };
}

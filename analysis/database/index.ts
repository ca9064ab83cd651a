import type { SupplementOf } from "../supplements.ts";
import { databaseFindings } from "./findings.ts";
import { isDatabaseWatched } from "./observed.ts";
import { databaseReport } from "./report.ts";
import { databaseSeries } from "./series.ts";

/** What the observer of the database adds. Its verdict, `database.query.p95`, stands among the checks. */
export const databaseSupplement: SupplementOf = (data, measured) => {
  if (!isDatabaseWatched(data)) return undefined;
  const report = databaseReport(data, measured.time);
  const limitMs = data.run.plan.objectives.databaseP95Ms;
  return {
    verdicts: [],
    findings: databaseFindings({ data, report, limitMs }),
    series: databaseSeries(data, measured),
    parts: { database: report },
  };
};

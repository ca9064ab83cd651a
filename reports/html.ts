import type { Report } from "../src/domain/report.ts";
import { autoscaling } from "./html/autoscaling.ts";
import { browser } from "./html/browser.ts";
import { planCharts } from "./html/chart-plan.ts";
import { charts } from "./html/charts.ts";
import { correlation } from "./html/correlation.ts";
import { database } from "./html/database.ts";
import { endpoints, latency } from "./html/latency.ts";
import { errors } from "./html/errors.ts";
import { findings } from "./html/findings.ts";
import { generator } from "./html/generator.ts";
import { method } from "./html/method.ts";
import { objectives } from "./html/objectives.ts";
import { overview } from "./html/overview.ts";
import { pageShell } from "./kit/page-shell.ts";
import { hasScreenshots } from "./html/screenshots.ts";
import { platformStyle } from "./html/style-platform.ts";
import { markup } from "./markup.ts";
import { outcomeWord } from "./wording.ts";

/**
 * `report.html`: one file that needs no script and asks no network for anything; screenshots alone lie beside it. It
 * reads from the verdict down to the method, on paper, on a phone, in the dark, and to a screen reader.
 */
export function html(report: Report): string {
  const { plan } = report.run;
  const chartPlan = planCharts(report);
  const sections = [
    findings(report),
    objectives(report),
    charts(chartPlan),
    autoscaling(report, chartPlan),
    browser(report, chartPlan),
    database(report),
    correlation(chartPlan),
    latency(report),
    endpoints(report),
    errors(report),
    generator(report),
    method(report),
  ].filter((each) => each !== undefined);
  return pageShell({
    title: markup`${outcomeWord(report.outcome)} · ${plan.profile} on ${plan.environment} · Headroom`,
    style: platformStyle,
    images: hasScreenshots(report) ? "beside" : "none",
    header: overview(report),
    sections,
    footer: markup`Headroom ${report.run.versions.headroom} · run ${report.run.id} · every time is UTC`,
  });
}

import type { Report } from "../src/domain/report.ts";
import { charts } from "./html/charts.ts";
import { endpoints, latency } from "./html/latency.ts";
import { errors } from "./html/errors.ts";
import { findings } from "./html/findings.ts";
import { generator } from "./html/generator.ts";
import { method } from "./html/method.ts";
import { objectives } from "./html/objectives.ts";
import { overview } from "./html/overview.ts";
import { pageShell } from "./html/page-shell.ts";
import { markup } from "./markup.ts";
import { outcomeWord } from "./wording.ts";

/**
 * `report.html`: one file that needs no script and asks no network for anything. It reads from the verdict down to the
 * method, on paper, on a phone, in the dark, and to a screen reader.
 */
export function html(report: Report): string {
  const { plan } = report.run;
  const sections = [
    findings(report),
    objectives(report),
    charts(report),
    latency(report),
    endpoints(report),
    errors(report),
    generator(report),
    method(report),
  ];
  return pageShell({
    title: markup`${outcomeWord(report.outcome)} · ${plan.profile} on ${plan.environment} · Headroom`,
    header: overview(report),
    sections,
    footer: markup`Headroom ${report.run.versions.headroom} · run ${report.run.id} · every time is UTC`,
  });
}

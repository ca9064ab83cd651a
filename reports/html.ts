import type { Report } from "../src/domain/report.ts";
import { explanations, idsOfRun } from "./explained/part.ts";
import { partSection } from "./kit/block-page.ts";
import { pageShell } from "./kit/page-shell.ts";
import { overview } from "./run/overview.ts";
import { runParts } from "./run/parts.ts";
import { hasScreenshots } from "./run/screenshots.ts";
import { platformStyle } from "./run/style-platform.ts";
import { markup } from "./markup.ts";
import { outcomeWord } from "./wording.ts";

/**
 * `report.html`: one file, complete without its script, that asks no network for anything; screenshots alone lie beside it. It
 * reads from the verdict down to the method, on paper, on a phone, in the dark, and to a screen reader.
 */
export function html(report: Report): string {
  const { plan } = report.run;
  return pageShell({
    title: markup`${outcomeWord(report.outcome)} · ${plan.profile} on ${plan.environment} · Headroom`,
    style: platformStyle,
    images: hasScreenshots(report) ? "beside" : "none",
    header: overview(report),
    sections: [...runParts(report), ...explanations(idsOfRun(report))].map((part) =>
      partSection(part),
    ),
    footer: markup`Headroom ${report.run.versions.headroom} · run ${report.run.id} · every time is UTC`,
  });
}

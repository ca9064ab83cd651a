import type { Report } from "../../src/domain/report.ts";
import { markup } from "../markup.ts";
import { findingList } from "../kit/block-page.ts";
import { nothing, section, type Section } from "../kit/layout.ts";

const most = 7;

/** What stands out, most severe first as the document ranks it, each with what to do about it. */
export function findings(report: Report): Section {
  const shown = report.findings.slice(0, most);
  if (shown.length === 0) return section("findings", "Findings", undefined, nothing(none(report)));
  const more = report.findings.length - shown.length;
  const rest = more > 0 && markup`<p class="muted">${more} more in verdicts.json.</p>`;
  return section("findings", "Findings", undefined, [findingList(shown), rest]);
}

const none = ({ outcome }: Report): string =>
  outcome === "pass" ? "Nothing stands out." : "No finding beyond what stands above.";

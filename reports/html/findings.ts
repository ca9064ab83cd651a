import type { Report } from "../../src/domain/report.ts";
import { markup } from "../markup.ts";
import { nothing, section, type Section } from "../kit/layout.ts";

const most = 7;

/** What stands out, most severe first as the document ranks it, each with what to do about it. */
export function findings(report: Report): Section {
  const shown = report.findings.slice(0, most);
  if (shown.length === 0) return section("findings", "Findings", undefined, nothing(none(report)));
  const items = shown.map(
    (finding) => markup`<li class="finding ${finding.severity}">
<h3><span class="severity">${finding.severity === "info" ? "Info" : finding.severity}</span> ${finding.sentence}</h3>
<p class="evidence">${finding.evidence}</p>
<p class="action"><span class="arrow" aria-hidden="true">→</span> ${finding.action}</p>
</li>
`,
  );
  const more = report.findings.length - shown.length;
  const rest = more > 0 && markup`<p class="muted">${more} more in verdicts.json.</p>`;
  return section("findings", "Findings", undefined, [
    markup`<ol class="findings">
${items}</ol>`,
    rest,
  ]);
}

const none = ({ outcome }: Report): string =>
  outcome === "pass" ? "Nothing stands out." : "No finding beyond what stands above.";

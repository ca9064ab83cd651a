import { formatValue } from "../../src/domain/number-text.ts";
import { formatDuration } from "../../src/domain/time-text.ts";
import type { Report } from "../../src/domain/report.ts";
import { markup, type Markup } from "../markup.ts";
import { isJudged } from "../wording.ts";
import { facts, section, table, type Section } from "../kit/layout.ts";

/** How it was measured, with what, and where the numbers are: enough to repeat the run and to doubt it. */
export function method(report: Report): Section {
  const { run } = report;
  return section("method", "Method and data", undefined, [
    report.method.length > 0 &&
      markup`<ul class="method">${report.method.map((sentence) => markup`<li>${sentence}</li>`)}</ul>`,
    sources(report),
    phases(report),
    markup`<h3>Repeat</h3>
<pre tabindex="0"><code>${run.command}</code></pre>`,
    facts([
      ["Run", run.id],
      ["Headroom", run.versions.headroom],
      ["k6", run.versions.k6],
      ["Node", run.generator.nodeVersion],
      ["Plan hash", markup`<code>${run.hashes.plan}</code>`],
      ["Scenario hash", markup`<code>${run.hashes.scenario}</code>`],
      ...Object.entries(run.plan.targets).map(
        ([surface, url]) => [`Target ${surface}`, url] as const,
      ),
    ]),
    files(report),
  ]);
}

function sources({ verdicts }: Report): Markup | undefined {
  const judged = verdicts.filter(isJudged);
  if (judged.length === 0) return undefined;
  const items = judged.map(
    ({ checkId, limit, observed }) =>
      markup`<li><code>${checkId}</code> limit from ${limit.source}; ${formatValue(observed.confidence, "ratio")} interval: ${observed.method}</li>
`,
  );
  return markup`<details><summary>Where limits and intervals come from</summary><ul class="plain">
${items}</ul></details>`;
}

function phases({ run: { plan } }: Report): Markup {
  const rows = plan.phases.map((phase) => [
    phase.name,
    phase.kind,
    phase.judged ? "judged" : "shown only",
    formatDuration(phase.durationMs),
    formatValue(phase.fromFactor * plan.requestsPerMinute, "1/min"),
    formatValue(phase.toFactor * plan.requestsPerMinute, "1/min"),
  ]);
  const columns = [
    { title: "Phase" },
    { title: "Kind" },
    { title: "Use" },
    { title: "Lasts", numeric: true },
    { title: "Rate from", numeric: true },
    { title: "Rate to", numeric: true },
  ];
  return table("Phases of the plan", columns, rows);
}

function files({ run }: Report): Markup {
  const names = [
    "verdicts.json",
    "results.csv",
    "junit.xml",
    "report.md",
    "run.json",
    "windows.ndjson",
    "observations.ndjson",
    "events.ndjson",
    ...(run.plan.keepSamples ? ["samples.csv.gz"] : []),
  ];
  const links = names.map((name) => markup`<li><a href="${name}">${name}</a></li>`);
  return markup`<h3>Beside this file</h3>
<ul class="files">${links}</ul>`;
}

import {
  formatCount,
  formatInterval,
  formatShare,
  formatValue,
} from "../../src/domain/number-text.ts";
import { formatDuration, formatInstant } from "../../src/domain/time-text.ts";
import type { Report } from "../../src/domain/report.ts";
import type { Verdict } from "../../src/domain/verdict.ts";
import { isUserRequest } from "../../src/domain/window.ts";
import { linkOf } from "../explained/index.ts";
import { markup, type Fragment, type Markup } from "../markup.ts";
import { icon } from "../kit/icon.ts";
import { groupVerdicts } from "../verdict-groups.ts";
import {
  countOutcomes,
  coverageSentence,
  invalidReasons,
  nextStep,
  outcomeWord,
  outcomeWords,
} from "../wording.ts";
import { lineMarkup } from "../kit/inline.ts";
import { facts } from "../kit/layout.ts";

/** The first screen: what happened, whether to believe it, what to do. */
export function overview(report: Report): Markup {
  const { outcome, run } = report;
  return markup`<header class="overview ${outcome}">
<div class="inner">
<p class="what">Load test <strong>${run.plan.profile}</strong> on <strong>${run.plan.environment}</strong>${run.target.kind === "sandbox" && markup` <span class="pill sandbox">target: sandbox</span>`} <span class="when">${formatInstant(run.startedAt)}</span></p>
<h1>${icon(outcome, 52)}<span class="word">${outcomeWord(outcome)}</span>${report.coverage.partial && markup` <span class="pill partial">◐ PARTIAL</span>`} <span class="exit">exit status ${report.exitStatus}</span></h1>
<p class="sentence">${report.sentence}</p>
${report.coverage.partial && partialNote(report)}<p class="next"><span class="label">Next</span> ${nextStep(report)}</p>
${tally(report)}
</div>
</header>
<div class="summary">
${validityBox(report)}
${runFacts(report)}
</div>`;
}

/** Objectives first; the many checks of autoscalers are counted apart. */
function tally(report: Report): Fragment {
  const { objectives, checked } = groupVerdicts(report);
  const checks = checked.flatMap(({ checks: all }) => all.map(({ verdict }) => verdict));
  return [
    tallyOf("Objectives", objectives, checks.length > 0),
    tallyOf("Autoscaling checks", checks, true),
  ];
}

function tallyOf(name: string, verdicts: readonly Verdict[], isNamed: boolean): Markup | undefined {
  const counts = countOutcomes(verdicts);
  if (counts.length === 0) return undefined;
  const head = isNamed && markup`<li class="tally-name" aria-hidden="true">${name}</li>`;
  return markup`<ul class="tally" aria-label="${name}">${head}${counts.map(([tone, count]) => markup`<li class="${tone}">${icon(tone, 16)} ${count} ${outcomeWords[tone]}</li>`)}</ul>`;
}

function partialNote({ coverage }: Report): Markup {
  const share = coverage.plannedMs > 0 ? Math.min(1, coverage.achievedMs / coverage.plannedMs) : 0;
  return markup`<div class="coverage"><svg role="img" width="100%" height="8"><title>${formatShare(coverage.achievedMs, coverage.plannedMs)} of the plan was run</title><rect class="track" width="100%" height="8" rx="4"/><rect class="fill" width="${Math.round(share * 1000) / 10}%" height="8" rx="4"/></svg>
<p>${coverageSentence(coverage)}</p></div>
`;
}

function validityBox(report: Report): Markup {
  const isValid = report.validity.state === "valid";
  const notes = report.validity.state === "valid" ? report.validity.notes : [];
  const reasons = invalidReasons(report).map(
    ({ code, fault, message, hint }) =>
      markup`<li><strong>${message}</strong> <span class="muted">${codeOf(code)}, fault of the ${fault}</span>${hint !== undefined && markup`<br><span class="hint">${hint}</span>`}</li>`,
  );
  return markup`<section class="validity ${isValid ? "pass" : "invalid"}" aria-labelledby="validity-title">
<h2 id="validity-title">${icon(isValid ? "pass" : "invalid", 20)} ${validityTitle(report)}</h2>
<ul>${reasons}${notes.map((note) => markup`<li>${note}</li>`)}</ul>
${facts(evidence(report))}
</section>`;
}

function codeOf(code: string): Fragment {
  const link = linkOf(code);
  return link === undefined ? code : lineMarkup({ ...link, title: `What ${code} means` });
}

function validityTitle({ validity, coverage }: Report): string {
  if (validity.state === "invalid") return "The measurement is not valid";
  return coverage.partial ? "Valid as far as it went" : "The measurement is valid";
}

/** What the belief in the numbers rests on. */
function evidence({ generator, latency }: Report): readonly (readonly [string, Fragment])[] {
  const judged = latency.filter(isUserRequest);
  const total = judged.reduce((sum, row) => sum + row.requests, 0);
  const { droppedIterations: dropped, plannedIterations: planned } = generator;
  return [
    ["Requests judged", formatCount(total)],
    ["Iterations dropped", `${formatCount(dropped)} of ${formatCount(planned)}`],
    ["k6 CPU, p95", formatValue(generator.k6CpuP95Ratio, "ratio")],
    ["Host idle, p5", formatValue(generator.hostIdleP5Ratio, "ratio")],
  ];
}

function runFacts(report: Report): Markup {
  const { run, coverage } = report;
  const { generator, plan } = run;
  const machine = [
    generator.cpuModel,
    formatValue(generator.cpuCores, "cores"),
    formatValue(generator.memoryBytes, "bytes"),
  ];
  const labels = Object.entries(run.target.labels).map(([name, value]) => `${name} ${value}`);
  return markup`<section class="run" aria-labelledby="run-title">
<h2 id="run-title">The run</h2>
${facts([
  [
    "Duration",
    pair(
      `${formatDuration(coverage.plannedMs)} planned`,
      `${formatDuration(coverage.achievedMs)} achieved`,
    ),
  ],
  ["Request rate", requestRate(report)],
  ["Generator", machine.join(", ")],
  ["Target says", labels.join(", ")],
  ["k6", run.versions.k6],
  ["Seed", `${plan.seed}`],
  ["Ended early", run.interruption?.message],
])}
</section>`;
}

const pair = (first: Fragment, second: Fragment): Markup => markup`${first}<br>${second}`;

function requestRate({ run, throughput }: Report): Markup {
  const offered = formatValue(throughput?.offered ?? run.plan.requestsPerMinute, "1/min");
  if (throughput === undefined) return pair(`${offered} offered`, "none answered");
  const { achieved } = throughput;
  const interval = markup`<span class="muted">(${formatInterval(achieved)})</span>`;
  return pair(
    `${offered} offered`,
    markup`${formatValue(achieved.point, "1/min")} achieved ${interval}`,
  );
}

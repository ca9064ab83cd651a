import { absent, formatValue } from "../../src/domain/number-text.ts";
import { formatDuration, formatInstant } from "../../src/domain/time-text.ts";
import { facts, nothing, section, table, type Section } from "../kit/layout.ts";
import { pageShell } from "../kit/page-shell.ts";
import { chartGrid } from "../kit/chart.ts";
import { markup, type Markup, type Fragment } from "../markup.ts";
import { icon } from "../svg/icon.ts";
import { pairsChart, ratioBar, runsChart } from "./charts.ts";
import type { GateArm, GateDocument, GateMetricResult, GateQuick } from "./document.ts";
import { gateStyle } from "./style.ts";
import * as words from "./words.ts";

/** `gate.html`: one file without script or network, from the verdict down to the runs. */
export function gatePage(document: GateDocument): string {
  const sections = [
    ...(document.quick === undefined ? [] : [quick(document.quick)]),
    verdicts(document),
    findings(document),
    runByRun(document),
    orderAndDrift(document),
    differences(document),
    others(document),
    ...(document.control === undefined ? [] : [controlComparison(document)]),
    ...(document.objectives.length === 0 ? [] : [objectives(document)]),
    members(document),
    method(document),
  ];
  return pageShell({
    title: markup`${document.outcome.toUpperCase()} · release gate ${document.candidate.label} · Headroom`,
    style: gateStyle,
    header: markup`${bypass(document)}${overview(document)}`,
    sections,
    footer: markup`Headroom ${document.headroom} · gate ${document.id} · hash ${document.hash} · every time is UTC`,
  });
}

const bypass = ({ bypass: record, outcome }: GateDocument): Markup | undefined =>
  record &&
  markup`<section class="bypass" aria-label="Bypass"><div class="inner"><p><strong>BYPASSED</strong> by ${record.who} (${record.team} team) until ${record.until}: ${record.why}</p><p class="muted">The verdict below stays ${outcome.toUpperCase()}; this record turned the exit status to 0.</p></div></section>
`;

function overview(document: GateDocument): Markup {
  const { outcome, baseline, candidate, profile, environment, isQuick } = document;
  return markup`<header class="overview ${outcome}">
<div class="inner">
<p class="what">Release gate${isQuick && " (quick)"}: <strong>${candidate.label}</strong> against <strong>${baseline.label}</strong>, profile ${profile} on ${environment} <span class="when">${formatInstant(document.startedAt)}</span></p>
<h1>${icon(outcome, 52)}<span class="word">${outcome.toUpperCase()}</span> <span class="exit">exit status ${document.exitStatus}</span></h1>
<p class="sentence">${document.sentence}</p>
<p class="next"><span class="label">Next</span> ${words.nextStep(document)}</p>
${document.warnings.length > 0 && markup`<ul class="method">${document.warnings.map(({ message }) => markup`<li>${message}</li>`)}</ul>`}
</div>
</header>`;
}

const metricColumns = [
  { title: "Metric" },
  { title: "Baseline", numeric: true },
  { title: "Candidate", numeric: true },
  { title: "Ratio and its interval, 1 and the limit marked" },
  { title: "Seen 4 of 5 times", numeric: true },
  { title: "n", numeric: true },
  { title: "Verdict" },
];

function metricRow(metric: GateMetricResult, document: GateDocument): readonly Fragment[] {
  const { title, id, comparison, outcome, required } = metric;
  const badge = markup`<span class="badge ${outcome}">${icon(outcome, 16)} ${outcome.toUpperCase()}</span>`;
  return [
    markup`<span class="name">${title}</span><span class="reason">${id}</span>`,
    words.medianWord(metric.baselineMedian, metric),
    words.medianWord(metric.candidateMedian, metric),
    markup`<span class="measured"><strong>${words.ratioWord(comparison?.ratio)}</strong> ${words.spanWord(comparison)}</span>${ratioBar(metric, document)}`,
    words.detectableWord(comparison),
    words.countWord(comparison),
    required
      ? badge
      : outcome === "fail"
        ? "beyond the margin"
        : outcome === "pass"
          ? "within"
          : "unclear",
  ];
}

function verdicts(document: GateDocument): Section {
  const limit = words.changeWord(1 + document.margin);
  const lead = `These decide. PASS: every interval lies wholly on the good side of the limit (${limit}). FAIL: one lies wholly beyond it, after Holm's correction. "Seen 4 of 5 times" is the smallest change that this gate would have called a FAIL with a chance of 80 %.`;
  const rows = words.requiredOf(document).map((metric) => metricRow(metric, document));
  return section("metrics", "Required metrics", lead, [
    table("Required metrics", metricColumns, rows),
  ]);
}

const mostOthers = 30;

function others(document: GateDocument): Section {
  const all = words.othersOf(document);
  const lead = `Never the verdict: they name the culprit. The worst ${Math.min(mostOthers, all.length)} of ${all.length}.`;
  if (all.length === 0)
    return section("other", "Other metrics", undefined, nothing("None was measured."));
  const rows = all.slice(0, mostOthers).map((metric) => metricRow(metric, document));
  return section(
    "other",
    "Other metrics and endpoints",
    lead,
    table("Other metrics", metricColumns, rows),
  );
}

function findings({ findings: found }: GateDocument): Section {
  const cards = found.map(
    ({ severity, sentence, evidence, action }) =>
      markup`<article class="finding ${severity}"><h3><span class="severity">${severity}</span> ${sentence}</h3><p class="evidence">${evidence}</p><p class="action"><span class="arrow">→</span>${action}</p></article>`,
  );
  const content =
    cards.length === 0
      ? nothing("No endpoint stands out, no shape changed.")
      : markup`<div class="findings">${cards}</div>`;
  return section("findings", "Findings", undefined, content);
}

function runByRun(document: GateDocument): Section {
  const charts = words.requiredOf(document).flatMap((metric) => runsChart(metric) ?? []);
  const lead =
    "Every dot is one run, the stroke is the median. Overlapping clouds are why one run against one says nothing.";
  return section("runs", "Run by run", lead, chartGrid(charts, true));
}

function orderAndDrift(document: GateDocument): Section {
  const charts = words
    .requiredOf(document)
    .filter(({ unit }) => unit === "ms")
    .flatMap((metric) => pairsChart(metric, document) ?? []);
  const firsts = document.order.filter((first) => first === "baseline").length;
  const lead = `Candidate over baseline in every pair, in the order of the runs; the dotted line is 1. Filled: the baseline ran first (${firsts} of ${document.order.length} pairs); hollow: the candidate.`;
  const content =
    charts.length === 0 ? nothing("No pair has a value on both sides.") : chartGrid(charts, true);
  return section("order", "Order and drift", lead, content);
}

function differences({ differences: found }: GateDocument): Section {
  const content =
    found.length === 0
      ? nothing("Nothing: plan, scenario, generator, versions and kind of target are the same.")
      : markup`<ul class="method">${found.map((text) => markup`<li>${text}</li>`)}</ul>`;
  return section("differences", "What differs between the arms", undefined, content);
}

function controlComparison(document: GateDocument): Section {
  const rows = words
    .requiredOf(document)
    .map(({ title, controlComparison: control }) => [
      title,
      words.ratioWord(control?.ratio),
      words.spanWord(control),
    ]);
  const lead =
    "The baseline against itself, inside the same blocks. An interval wholly outside ± 2.5 % makes the gate INVALID: something but the release moves the numbers.";
  const columns = [
    { title: "Metric" },
    { title: "Control / baseline", numeric: true },
    { title: "Interval", numeric: true },
  ];
  return section("aa-control", "A/A control", lead, table("A/A control", columns, rows));
}

function objectives({ objectives: kept, isQuick }: GateDocument): Section {
  const rows = kept.map(({ title, pass, fail, inconclusive }) => [title, pass, fail, inconclusive]);
  const columns = [
    { title: "Objective" },
    { title: "Runs that meet it", numeric: true },
    { title: "miss it", numeric: true },
    { title: "inconclusive", numeric: true },
  ];
  const lead = isQuick
    ? "The objectives run decides in a quick gate; the runs of the pairs are for information."
    : "For information: the gate judges the change, headroom run and nightly judge the objectives.";
  return section(
    "objectives",
    "The candidate against its objectives",
    lead,
    table("Objectives", columns, rows),
  );
}

function quick({ services, objectivesRun, smallestDetectable }: GateQuick): Section {
  const rows = services.map(({ service, address, isHealthy, milliseconds, detail, version }) => [
    service,
    isHealthy ? "healthy" : "NOT HEALTHY",
    detail,
    formatValue(milliseconds, "ms"),
    version ?? absent,
    address,
  ]);
  const columns = [
    { title: "Service" },
    { title: "Health" },
    { title: "Answer" },
    { title: "Took", numeric: true },
    { title: "Version it reports" },
    { title: "Asked" },
  ];
  const lead =
    "Every service was asked once before the load; one run was judged in full against the objectives; the pairs block a regression only where they detect one.";
  const run = facts([
    ["Objectives run", objectivesRun === undefined ? "could not be made" : objectivesRun.id],
    [
      "Its verdict",
      objectivesRun && `${objectivesRun.outcome.toUpperCase()}: ${objectivesRun.sentence}`,
    ],
    ["The pairs detect", words.smallestDetectableWord(smallestDetectable)],
  ]);
  return section("quick", "After the deployment", lead, [table("Services", columns, rows), run]);
}

function members(document: GateDocument): Section {
  const arms: readonly (readonly [string, GateArm | undefined])[] = [
    ["baseline", document.baseline],
    ["candidate", document.candidate],
    ["A/A control", document.control],
  ];
  const rows = arms
    .flatMap(([name, arm]) => (arm?.runs ?? []).map((run) => ({ name, run })))
    .concat(
      document.lostAttempts.flatMap(({ pair, runs }) =>
        runs.map((run) => ({ name: `${run.arm}, pair ${pair} repeated`, run })),
      ),
    )
    .toSorted((a, b) => a.run.startedAt - b.run.startedAt)
    .map(({ name, run }) => [
      run.id,
      name,
      formatInstant(run.startedAt),
      run.outcome,
      run.unusable ?? "",
    ]);
  const columns = [
    { title: "Run" },
    { title: "Arm" },
    { title: "Started" },
    { title: "Own outcome" },
    { title: "Left out because" },
  ];
  return section("members", "The runs", undefined, [
    ...(document.lostAttempts.length === 0
      ? []
      : [
          markup`<ul class="method">${document.lostAttempts.map(({ pair, reason }) => markup`<li>pair ${pair} was run again: ${reason}</li>`)}</ul>`,
        ]),
    markup`<details><summary>${rows.length} runs</summary>${table("The runs", columns, rows)}</details>`,
  ]);
}

function method(document: GateDocument): Section {
  const { startedAt, endedAt, command, candidateHash, mode } = document;
  const sentences = [
    "A run is one value: what differs from run to run is the error, not what differs from request to request.",
    "Ratios are Hodges–Lehmann estimates of the logarithms with exact signed-rank or Mann–Whitney intervals; which one is chosen by a rule that cannot see the verdict (arms that correlate, or a level that drifts, are paired).",
    "Near zero a constant is added: latencies below 2 ms and error shares below 0.2 percentage points never matter.",
    "All analyses together keep the chance of a wrong verdict at 5 % in each direction.",
  ];
  const pairs = facts([
    ["Pairs", words.pairsWord(document)],
    ["Kind", mode === "live" ? "runs made for this gate" : "stored runs"],
    ["Took", mode === "live" ? formatDuration(endedAt - startedAt) : undefined],
    ["Candidate hash", candidateHash],
    ["Command", command],
  ]);
  return section("method", "Method", undefined, [
    markup`<ul class="method">${sentences.map((sentence) => markup`<li>${sentence}</li>`)}</ul>`,
    pairs,
  ]);
}

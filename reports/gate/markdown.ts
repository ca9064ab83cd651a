import { formatInstant } from "../../src/domain/time-text.ts";
import { markdownText as text } from "../markdown-text.ts";
import { printable } from "../printable.ts";
import { symbols } from "../wording.ts";
import type { GateDocument, GateMetricResult } from "./document.ts";
import * as words from "./words.ts";

/** `gate.md`: the gate in the length of a pull request comment. */
export function gateMarkdown(document: GateDocument): string {
  const parts = [
    heading(document),
    quick(document),
    metrics(document),
    findings(document),
    differences(document),
    runs(document),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function heading(document: GateDocument): string {
  const { outcome, bypass, baseline, candidate } = document;
  const record =
    bypass === undefined
      ? []
      : [
          `> **BYPASSED** by ${text(bypass.who)} (${text(bypass.team)} team) until ${text(bypass.until)}: ${text(bypass.why)}`,
        ];
  return [
    ...record,
    `# ${symbols[outcome]} ${outcome.toUpperCase()}`,
    `**${text(document.sentence)}**`,
    `Next: ${text(words.nextStep(document))}`,
    `${text(candidate.label)} against ${text(baseline.label)} · ${formatInstant(document.startedAt)} · exit status ${document.exitStatus}`,
  ].join("\n\n");
}

function quick({ quick: looked }: GateDocument): string {
  if (looked === undefined) return "";
  const { services, budgetRun, seesFrom } = looked;
  const lines = [
    ...services.map(
      ({ service, isHealthy, detail, version }) =>
        `- ${symbols[isHealthy ? "pass" : "fail"]} ${text(service)}: ${text(detail)}${version === undefined ? "" : `, version ${text(version)}`}`,
    ),
    `- budgets: ${budgetRun === undefined ? "not judged" : `${budgetRun.outcome.toUpperCase()}: ${text(budgetRun.sentence)}`}`,
    `- the pairs see ${text(words.seesFromWord(seesFrom))}`,
  ];
  return `## After the deployment\n\n${lines.join("\n")}`;
}

const shownOthers = 8;

function metrics(document: GateDocument): string {
  const moved = words
    .othersOf(document)
    .filter(({ outcome }) => outcome === "fail")
    .slice(0, shownOthers);
  const rows = [...words.requiredOf(document), ...moved].map(row);
  const head = [
    "Verdict",
    "Metric",
    "Baseline",
    "Candidate",
    "Change",
    "Interval",
    "Detectable",
    "n",
  ];
  const rule = head.map((_, index) => (index < 2 ? "---" : "---:"));
  const lines = [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return ["## Metrics", lines.join("\n")].join("\n\n");
}

function row(metric: GateMetricResult): string[] {
  const { comparison, outcome, required, title } = metric;
  return [
    required ? `${symbols[outcome]} ${outcome.toUpperCase()}` : "finding",
    text(title),
    words.medianWord(metric.baselineMedian, metric),
    words.medianWord(metric.candidateMedian, metric),
    words.changeWord(comparison?.ratio),
    words.spanWord(comparison),
    words.detectableWord(comparison),
    words.countWord(comparison),
  ];
}

function findings(document: GateDocument): string {
  const lines = document.findings.map(
    (each, index) =>
      `${index + 1}. **${each.severity}** ${text(each.sentence)} ${text(each.evidence)} → ${text(each.action)}`,
  );
  return lines.length === 0 ? "" : `## Findings\n\n${lines.join("\n")}`;
}

function differences(document: GateDocument): string {
  const lines = [
    ...document.differences.map((difference) => `- differs: ${text(difference)}`),
    ...document.repeated.map(
      ({ pair, reason }) => `- pair ${pair} was tried again: ${text(reason)}`,
    ),
    ...document.warnings.map(({ message }) => `- warning: ${text(message)}`),
  ];
  return lines.length === 0 ? "" : `## Differences and warnings\n\n${lines.join("\n")}`;
}

const runs = (document: GateDocument): string =>
  `${words.pairsWord(document)}${words.repeatedWord(document)}; profile ${text(document.profile)} on ${text(document.environment)}; gate \`${printable(document.id)}\`, hash \`${document.hash}\`, Headroom ${text(document.headroom)}`;

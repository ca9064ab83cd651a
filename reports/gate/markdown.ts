import { formatInstant } from "../../src/domain/time-text.ts";
import {
  heading,
  listed,
  markdownFile,
  paragraph,
  type Line,
  type MarkdownBlock,
} from "../kit/markdown.ts";
import { findingItems } from "../markdown.ts";
import { symbols } from "../wording.ts";
import type { GateDocument, GateMetricResult } from "./document.ts";
import * as words from "./words.ts";

/** `gate.md`: the gate in the length of a pull request comment. */
export const gateMarkdown = (document: GateDocument): string =>
  markdownFile([
    ...head(document),
    ...listed("After the deployment", quickItems(document)),
    ...metrics(document),
    ...listed("Findings", findingItems(document.findings), true),
    ...listed("Differences and warnings", differences(document)),
    runs(document),
  ]);

function head(document: GateDocument): readonly MarkdownBlock[] {
  const { outcome, bypass, baseline, candidate } = document;
  const record = bypass && [
    { strong: "BYPASSED" },
    ` by ${bypass.who} (${bypass.team} team) until ${bypass.until}: ${bypass.why}`,
  ];
  return [
    ...(record === undefined ? [] : [{ kind: "quote", text: record } as const]),
    heading(1, `${symbols[outcome]} ${outcome.toUpperCase()}`),
    paragraph({ strong: document.sentence }),
    paragraph(`Next: ${words.nextStep(document)}`),
    paragraph(
      `${candidate.label} against ${baseline.label} · ${formatInstant(document.startedAt)} · exit status ${document.exitStatus}`,
    ),
  ];
}

function quickItems({ quick }: GateDocument): readonly Line[] {
  if (quick === undefined) return [];
  const { services, objectivesRun, smallestDetectable } = quick;
  return [
    ...services.map(
      ({ service, isHealthy, detail, version }) =>
        `${symbols[isHealthy ? "pass" : "fail"]} ${service}: ${detail}${version === undefined ? "" : `, version ${version}`}`,
    ),
    `objectives: ${objectivesRun === undefined ? "not judged" : `${objectivesRun.outcome.toUpperCase()}: ${objectivesRun.sentence}`}`,
    `the pairs detect ${words.smallestDetectableWord(smallestDetectable)}`,
  ];
}

const shownOthers = 8;

function metrics(document: GateDocument): readonly MarkdownBlock[] {
  const moved = words
    .othersOf(document)
    .filter(({ outcome }) => outcome === "fail")
    .slice(0, shownOthers);
  return [
    heading(2, "Metrics"),
    {
      kind: "table",
      head: ["Verdict", "Metric", "Baseline", "Candidate", "Change", "Interval", "Detectable", "n"],
      rows: [...words.requiredOf(document), ...moved].map(row),
      left: [0, 1],
    },
  ];
}

function row(metric: GateMetricResult): string[] {
  const { comparison, outcome, required, title } = metric;
  return [
    required ? `${symbols[outcome]} ${outcome.toUpperCase()}` : "finding",
    title,
    words.medianWord(metric.baselineMedian, metric),
    words.medianWord(metric.candidateMedian, metric),
    words.changeWord(comparison?.ratio),
    words.spanWord(comparison),
    words.detectableWord(comparison),
    words.countWord(comparison),
  ];
}

const differences = (document: GateDocument): readonly Line[] => [
  ...document.differences.map((difference) => `differs: ${difference}`),
  ...document.lostAttempts.map(({ pair, reason }) => `pair ${pair} was run again: ${reason}`),
  ...document.warnings.map(({ message }) => `warning: ${message}`),
];

const runs = (document: GateDocument): MarkdownBlock =>
  paragraph(
    `${words.pairsWord(document)}${words.lostAttemptsWord(document)}; profile ${document.profile} on ${document.environment}; gate `,
    { code: document.id },
    ", hash ",
    { code: document.hash },
    `, Headroom ${document.headroom}`,
  );

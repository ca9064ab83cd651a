import { formatDuration } from "../src/domain/time-text.ts";
import type { Report } from "../src/domain/report.ts";
import type { JudgedVerdict, Verdict } from "../src/domain/verdict.ts";
import { junitFile, type JunitCase } from "./kit/junit.ts";
import { markup, type Markup } from "./markup.ts";
import { cellText } from "./kit/block.ts";
import { objectiveColumns } from "./run/objectives.ts";
import { groupVerdicts } from "./verdict-groups.ts";
import { coverageSentence, invalidReasons, isBesideTheOutcome, targetWord } from "./wording.ts";

/**
 * `junit.xml`: a suite for the run, a case for each check (its name is the check id) and one for validity. What is
 * inconclusive is a failure, because it blocks; an invalid or incomplete run is an error. Where a run passes although a
 * check did not, that check did not decide: it is skipped, with its reason.
 */
export const junit = (report: Report): string => suiteOf(report, report.run.plan.profile);

/**
 * `junit.xml` of one of several runs of the same profile: its place is part of every name, because readers of several
 * files keep one of two cases with the same name.
 * @param place from 1
 */
export const junitOfRepetition = (report: Report, place: number): string =>
  suiteOf(report, `${report.run.plan.profile}.run-${place}`);

const suiteOf = (report: Report, name: string): string =>
  junitFile({
    name,
    cases: withSafetyNet(report, [
      validityCase(report),
      ...abortCases(report),
      ...verdictCases(report),
    ]),
    properties: {
      run: report.run.id,
      outcome: report.outcome,
      exitStatus: report.exitStatus,
      environment: report.run.plan.environment,
      target: report.run.target.kind,
      seed: report.run.plan.seed,
      k6: report.run.versions.k6,
    },
    startedAt: report.run.startedAt,
    durationMs: report.coverage.achievedMs,
    output: report.sentence,
  });

/** Objectives, then the checks of each autoscaler: they have a class of their own, named after the workload. */
function verdictCases(report: Report): readonly JunitCase[] {
  const { objectives, checked } = groupVerdicts(report);
  const caseOf = (verdict: Verdict, evidence?: readonly string[]): JunitCase =>
    isBesideTheOutcome(report, verdict) ? undecidedCase(verdict) : verdictCase(verdict, evidence);
  return [
    ...objectives.map((verdict) => caseOf(verdict)),
    ...checked.flatMap(({ workload, checks }) =>
      checks.map(({ verdict, evidence }) => ({
        ...caseOf(verdict, evidence.slice(0, mostEvidence)),
        group: `autoscaling.${workload}`,
      })),
    ),
  ];
}

const mostEvidence = 12;

/** A check counts what broke its rule: the rule, and what was seen, say more than "1, limit < 0". */
const ruleAndEvidence = ({ title, limit }: JudgedVerdict, evidence: readonly string[]): Markup =>
  markup`${title}: ${limit.source}${evidence.map(
    (each) => markup`
${each}`,
  )}`;

/** @param evidence of a check: what was seen, a line each, for people who look into a failed case */
function verdictCase(verdict: Verdict, evidence?: readonly string[]): JunitCase {
  const { checkId: name, title, outcome: type, reason: message } = verdict;
  switch (verdict.outcome) {
    case "pass":
      return { name };
    case "not-applicable":
      return { name, result: { mark: "skipped", message: `${verdict.cause}: ${message}` } };
    case "fail":
    case "inconclusive": {
      const { value, interval, limit, count } = objectiveColumns;
      const text = ({ of }: typeof value) => cellText(of(verdict));
      const counted = `${title}: ${text(value)} (${text(interval)}), limit ${text(limit)}, n = ${text(count)}`;
      const detail = evidence === undefined ? counted : ruleAndEvidence(verdict, evidence);
      return { name, result: { mark: "failure", type, message, detail } };
    }
    default:
      return verdict satisfies never;
  }
}

const undecidedCase = ({ checkId: name, outcome, reason }: Verdict): JunitCase => ({
  name,
  result: { mark: "skipped", message: `${outcome}, does not decide: ${reason}` },
});

function validityCase(report: Report): JunitCase {
  const name = "validity";
  const messages = invalidReasons(report).map((reason) => `${reason.code}: ${reason.message}`);
  if (report.outcome === "incomplete") messages.push(coverageSentence(report.coverage));
  if (messages.length === 0 && report.outcome !== "invalid") return { name };
  const detail = messages.map(
    (each) => markup`${each}
`,
  );
  return {
    name,
    result: { mark: "error", type: report.outcome, message: report.sentence, detail },
  };
}

/** A rule of the platform ended the run: that fails, whatever was measured until then. A run that looks for the limit ends so. */
function abortCases({ run, coverage }: Report): readonly JunitCase[] {
  if (run.interruption?.cause !== "platform-rule" || run.plan.judges.capacity === true) return [];
  const { message } = run.interruption;
  const detail = `after ${formatDuration(coverage.achievedMs)}`;
  return [{ name: "abort-rule", result: { mark: "failure", type: "abort", message, detail } }];
}

/** A run that did not pass never shows as green, even where no single check says why. */
function withSafetyNet(report: Report, cases: readonly JunitCase[]): readonly JunitCase[] {
  const isRed = cases.some(({ result }) => result !== undefined && result.mark !== "skipped");
  if (isRed || report.exitStatus === 0) return cases;
  const { outcome: type, sentence: message } = report;
  const detail = targetWord(report);
  return [...cases, { name: "outcome", result: { mark: "failure", type, message, detail } }];
}

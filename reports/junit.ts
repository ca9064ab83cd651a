import { formatDuration, isoSecond } from "../src/domain/time-text.ts";
import type { Report } from "../src/domain/report.ts";
import type { JudgedVerdict, Verdict } from "../src/domain/verdict.ts";
import { markup, type Markup } from "./markup.ts";
import { groupVerdicts } from "./verdict-groups.ts";
import {
  coverageSentence,
  invalidReasons,
  isBesideTheOutcome,
  objectiveCells,
  targetWord,
} from "./wording.ts";

type Mark = "failures" | "errors" | "skipped" | "passed";
interface TestCase {
  readonly name: string;
  /** A class of its own under the profile. */
  readonly group?: string;
  readonly mark: Mark;
  readonly body?: Markup;
}

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

function suiteOf(report: Report, suite: string): string {
  const cases = withSafetyNet(report, [
    validityCase(report),
    ...abortCases(report),
    ...verdictCases(report),
  ]);
  const count = (mark: Mark) => cases.filter((each) => each.mark === mark).length;
  const { run, coverage } = report;
  const totals = markup`tests="${cases.length}" failures="${count("failures")}" errors="${count("errors")}" skipped="${count("skipped")}" time="${(coverage.achievedMs / 1000).toFixed(3)}"`;
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="headroom" ${totals}>
  <testsuite name="headroom.${suite}" ${totals} timestamp="${isoSecond(run.startedAt)}">
    <properties>${properties(report)}
    </properties>${cases.map((each) => testCase(suite, each))}
    <system-out>${report.sentence}</system-out>
  </testsuite>
</testsuites>
`.text;
}

const properties = (report: Report): readonly Markup[] =>
  [
    ["run", report.run.id],
    ["outcome", report.outcome],
    ["exitStatus", report.exitStatus],
    ["environment", report.run.plan.environment],
    ["target", report.run.target.kind],
    ["seed", report.run.plan.seed],
    ["k6", report.run.versions.k6],
  ].map(
    ([name, value]) => markup`
      <property name="${name}" value="${value}"/>`,
  );

function testCase(suite: string, { name, group, body }: TestCase): Markup {
  const folder = ["headroom", suite, ...(group === undefined ? [] : [group])].join(".");
  const attributes = markup`classname="${folder}" name="${name}"`;
  if (body === undefined)
    return markup`
    <testcase ${attributes}/>`;
  return markup`
    <testcase ${attributes}>
      ${body}
    </testcase>`;
}

/** Objectives, then the checks of each autoscaler: they have a class of their own, named after the workload. */
function verdictCases(report: Report): readonly TestCase[] {
  const { objectives, checked } = groupVerdicts(report);
  const caseOf = (verdict: Verdict, evidence?: readonly string[]): TestCase =>
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
function verdictCase(verdict: Verdict, evidence?: readonly string[]): TestCase {
  const { checkId: name, title, reason } = verdict;
  switch (verdict.outcome) {
    case "pass":
      return { name, mark: "passed" };
    case "not-applicable":
      return {
        name,
        mark: "skipped",
        body: markup`<skipped message="${verdict.cause}: ${reason}"/>`,
      };
    case "fail":
    case "inconclusive": {
      const { measured, interval, limit, sampleCount } = objectiveCells(verdict);
      const counted = markup`${title}: ${measured} (${interval}), limit ${limit}, n = ${sampleCount}`;
      const detail = evidence === undefined ? counted : ruleAndEvidence(verdict, evidence);
      const body = markup`<failure type="${verdict.outcome}" message="${reason}">${detail}</failure>`;
      return { name, mark: "failures", body };
    }
    default:
      return verdict satisfies never;
  }
}

const undecidedCase = ({ checkId: name, outcome, reason }: Verdict): TestCase => ({
  name,
  mark: "skipped",
  body: markup`<skipped message="${outcome}, does not decide: ${reason}"/>`,
});

function validityCase(report: Report): TestCase {
  const messages = invalidReasons(report).map((reason) => `${reason.code}: ${reason.message}`);
  if (report.outcome === "incomplete") messages.push(coverageSentence(report.coverage));
  if (messages.length === 0 && report.outcome !== "invalid")
    return { name: "validity", mark: "passed" };
  const body = markup`<error type="${report.outcome}" message="${report.sentence}">${messages.map(
    (each) => markup`${each}
`,
  )}</error>`;
  return { name: "validity", mark: "errors", body };
}

/** A rule of the platform ended the run: that fails, whatever was measured until then. A run that looks for the limit ends so. */
function abortCases({ run, coverage }: Report): readonly TestCase[] {
  if (run.interruption?.cause !== "platform-rule" || run.plan.judges.capacity === true) return [];
  const after = `after ${formatDuration(coverage.achievedMs)}`;
  const body = markup`<failure type="abort" message="${run.interruption.message}">${after}</failure>`;
  return [{ name: "abort-rule", mark: "failures", body }];
}

/** A run that did not pass never shows as green, even where no single check says why. */
function withSafetyNet(report: Report, cases: readonly TestCase[]): readonly TestCase[] {
  const isRed = cases.some(({ mark }) => mark === "failures" || mark === "errors");
  if (isRed || report.exitStatus === 0) return cases;
  const body = markup`<failure type="${report.outcome}" message="${report.sentence}">${targetWord(report)}</failure>`;
  return [...cases, { name: "outcome", mark: "failures", body }];
}

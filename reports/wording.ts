/** The words that all reports share, so that a page, a pull request and a terminal say the same. */
import { formatDuration, formatTimeOfDay } from "../src/domain/time-text.ts";
import type { RunOutcome } from "../src/domain/exit-status.ts";
import type { Coverage, Report } from "../src/domain/report.ts";
import type { RequestKind } from "../src/domain/surface.ts";
import type {
  InvalidReason,
  JudgedVerdict,
  NotApplicableVerdict,
  Verdict,
} from "../src/domain/verdict.ts";

export type Tone = RunOutcome | "not-applicable";

/** A symbol goes with every verdict word: nobody has to tell colours apart. */
export const symbols: Readonly<Record<Tone, string>> = {
  pass: "✓",
  fail: "✗",
  inconclusive: "?",
  invalid: "⊘",
  incomplete: "◐",
  "not-applicable": "–",
};

export { surfaceNames } from "../src/domain/surface.ts";

export const kindNames: Readonly<Record<RequestKind, string>> = {
  read: "reads",
  write: "writes",
  "sign-in": "sign-ins",
  page: "pages",
  asset: "assets",
};

export const outcomeWord = (outcome: RunOutcome): string => outcome.toUpperCase();

export const isJudged = (verdict: Verdict): verdict is JudgedVerdict =>
  verdict.outcome !== "not-applicable";

/** Where the load went: the sandbox is named as such wherever the target is. */
export const targetWord = (report: Report): string =>
  report.run.target.kind === "sandbox" ? "target: sandbox" : "target: live";

/** @returns "✓ pass", "– not asked for", "– not testable" */
export function verdictWord(verdict: Verdict): string {
  return `${symbols[verdict.outcome]} ${outcomeText(verdict)}`;
}

export const outcomeText = (verdict: Verdict): string =>
  verdict.outcome === "not-applicable" ? causeWords[verdict.cause] : verdict.outcome;

const causeWords: Readonly<Record<NotApplicableVerdict["cause"], string>> = {
  "not-asked": "not asked for",
  "not-testable": "not testable",
};

/** How verdicts are counted in words: "3 passed". */
export const outcomeWords: Readonly<Record<Tone, string>> = {
  pass: "passed",
  fail: "failed",
  inconclusive: "inconclusive",
  invalid: "invalid",
  incomplete: "incomplete",
  "not-applicable": "not judged",
};

/** @returns "3 pass, 1 fail" in a fixed order, leaving out what did not occur */
export function countOutcomes(verdicts: readonly Verdict[]): readonly [Tone, number][] {
  const tones: readonly Tone[] = ["fail", "inconclusive", "pass", "not-applicable"];
  return tones
    .map((tone): [Tone, number] => [tone, verdicts.filter((each) => each.outcome === tone).length])
    .filter(([, count]) => count > 0);
}

/** Which part of the plan the numbers stand for. */
export function coverageSentence(coverage: Coverage): string {
  const { judgedFrom, judgedTo } = coverage;
  const share = `${formatDuration(coverage.achievedMs)} of ${formatDuration(coverage.plannedMs)} planned`;
  if (judgedFrom === undefined || judgedTo === undefined)
    return `Covers ${share}; nothing of it is judged.`;
  const interval = `${formatTimeOfDay(judgedFrom).slice(0, 8)} to ${formatTimeOfDay(judgedTo)}`;
  return `Covers ${share}; judged from ${interval} (${formatDuration(judgedTo - judgedFrom)}).`;
}

/** A check that failed in a run that passed: in a run that looks for the limit, not all of them decide. */
export const isBesideTheOutcome = ({ outcome }: Report, verdict: Verdict): boolean =>
  outcome === "pass" && (verdict.outcome === "fail" || verdict.outcome === "inconclusive");

/** What the reader does next, one sentence. */
export function nextStep(report: Report): string {
  const [finding] = report.findings;
  switch (report.outcome) {
    case "pass":
      if (!report.verdicts.some((verdict) => isBesideTheOutcome(report, verdict)))
        return "No blocking result: every judged objective held.";
      return report.run.plan.judges.capacity === true
        ? "No blocking result: what did not hold is what a breakpoint run looks for."
        : "No blocking result: the events were withstood; what else did not hold is below.";
    case "fail":
      return finding?.action ?? "Hold the release and look at the objectives that were missed.";
    case "inconclusive":
      return "Hold the release and measure longer or again: the interval still reaches across a limit.";
    case "invalid":
      return firstHint(report) ?? "Fix the problems below and rerun; these results are not valid.";
    case "incomplete":
      return (
        report.run.interruption?.hint ??
        report.findings.find(({ severity }) => severity === "P0" || severity === "P1")?.action ??
        "Rerun; partial results are shown for information only."
      );
    default:
      return report.outcome satisfies never;
  }
}

const firstHint = (report: Report): string | undefined =>
  invalidReasons(report).find((reason) => reason.hint !== undefined)?.hint;

export const invalidReasons = (report: Report): readonly InvalidReason[] =>
  report.validity.state === "invalid" ? report.validity.reasons : [];

/** More are not read: a page, a pull request and a terminal say how many there are, verdicts.json has all. */
export const mostFindings = 7;

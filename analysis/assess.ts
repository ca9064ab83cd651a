import { exitStatusOfOutcome } from "../src/domain/exit-status.ts";
import type { AutoscalingReport } from "../src/domain/autoscaling.ts";
import type { Plan } from "../src/domain/plan.ts";
import type { Report } from "../src/domain/report.ts";
import type { RunData } from "../src/domain/run.ts";
import type { EventRecord, ResilienceEvent } from "../src/domain/resilience.ts";
import type { Finding, Verdict } from "../src/domain/verdict.ts";
import { autoscalingReport } from "./autoscaling/observed/observed-autoscaling.ts";
import { browserReport } from "./browser/index.ts";
import { coverageOf } from "./coverage.ts";
import { findingsOf } from "./findings/index.ts";
import { applySilence } from "./findings/silence.ts";
import { latencyDistributions } from "./latency-distribution.ts";
import { endpointRows, latencyRows } from "./latency-rows.ts";
import { errorGroups } from "./measurements/endpoints.ts";
import { measure } from "./measurements/index.ts";
import { methodSentences } from "./method.ts";
import { offeredPerMinute } from "./planned.ts";
import { factsOf } from "./run-facts.ts";
import { seriesOf } from "./series.ts";
import { checks, observedChecks } from "./verdicts/index.ts";
import { outcomeOf, outcomeSentence } from "./verdicts/outcome.ts";
import { validate } from "./verdicts/validity.ts";

/**
 * The whole judgement of a run: windows → measurements → facts → checks → validity → outcome → findings. Pure: the same data
 * give the same report. A run that was cut short is judged as far as it got, and says so.
 */
export function assess(data: RunData, measured = measure(data)): Report {
  const { run, events } = data;
  const facts = factsOf(data, measured);
  const results = Object.values(checks).flatMap((check) => check.run(facts));
  const observed = observedChecks.flatMap((check) => check.run(facts));
  const verdicts = [...results, ...observed].map(({ verdict }) => verdict);
  const ofEvents = facts.resilience === undefined ? [] : observed;
  const validity = validate({ ...facts, results: [...results, ...ofEvents] });
  const deciding = decidingOf(verdicts, run.plan);
  const outcome = outcomeOf(data, validity, deciding);
  const latency = latencyRows(measured);
  const errors = errorGroups(measured.endpoints, events);
  const { achieved } = facts.throughput;

  const all = findingsOf({ ...facts, verdicts, validity, latency, errors });
  const { findings, silenced } = applySilence(all, run.silence, run.startedAt);

  return {
    schemaVersion: 1,
    outcome,
    exitStatus: exitStatusOfOutcome(outcome),
    sentence: outcomeSentence(outcome, data, validity, deciding),
    run,
    coverage: coverageOf(data, measured),
    validity,
    verdicts,
    findings,
    silenced,
    throughput:
      achieved === undefined ? undefined : { offered: offeredPerMinute(run.plan), achieved },
    latency,
    endpoints: endpointRows(measured),
    distributions: latencyDistributions(measured),
    errors,
    series: seriesOf(facts),
    generator: facts.health,
    autoscaling:
      facts.autoscaling && shownLint(autoscalingReport(facts.autoscaling, run.plan), findings),
    database: facts.database,
    resilience: facts.resilience && {
      events: facts.resilience.events.map(({ record, impact }) => ({
        event: eventOf(record),
        impact,
      })),
    },
    browser: facts.pages && browserReport(facts.pages, data),
    // Many, and of use to the checks alone.
    events: events.filter((event) => event.type !== "traced-requests"),
    method: methodSentences(run.plan, measured.time.batchCount),
  };
}

/** What the lint found stands among the findings, too: what is silenced there is silenced here. */
const shownLint = (report: AutoscalingReport, findings: readonly Finding[]): AutoscalingReport => ({
  ...report,
  lint: report.lint.filter(({ id }) => findings.some((finding) => finding.id === id)),
});

/** A run that looks for a limit, or bears events, is decided by what it was made for. */
function decidingOf(verdicts: readonly Verdict[], { judges }: Plan): readonly Verdict[] {
  const decides = judges.capacity === true ? "capacity" : "resilience";
  return judges.capacity === true || judges.resilience === true
    ? verdicts.filter(({ group }) => group === decides)
    : verdicts;
}

const eventOf = ({ type: _type, at: _at, ...event }: ResilienceEvent): EventRecord => event;

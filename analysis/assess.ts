import { exitStatusOfOutcome } from "../src/domain/exit-status.ts";
import type { Report } from "../src/domain/report.ts";
import type { RunData } from "../src/domain/run.ts";
import { coverageOf } from "./coverage.ts";
import { findingsOf } from "./findings/index.ts";
import { generatorHealth, saturationOfRun } from "./generator-health.ts";
import { endpointRows, latencyRows } from "./latency-rows.ts";
import { errorGroups } from "./measurements/endpoints.ts";
import { measure } from "./measurements/index.ts";
import { methodSentences } from "./method.ts";
import { offeredPerMinute } from "./planned.ts";
import { seriesOf } from "./series.ts";
import { supplementsOf } from "./supplements.ts";
import { checkInputs } from "./verdicts/check-inputs.ts";
import { runChecks } from "./verdicts/index.ts";
import { outcomeOf, outcomeSentence } from "./verdicts/outcome.ts";
import { validate } from "./verdicts/validity.ts";

/**
 * The whole judgement of a run: windows → measurements → checks → validity → outcome → findings. Pure: the same data
 * give the same report. A run that was cut short is judged as far as it got, and says so.
 */
export function assess(data: RunData, measured = measure(data)): Report {
  const { run, events } = data;
  const health = generatorHealth(data, measured);
  const generatorSaturation = saturationOfRun(data, measured);
  const inputs = checkInputs(run.plan, measured, data);
  const results = runChecks(inputs);
  const observed = supplementsOf(data, measured);
  const verdicts = [...results.map(({ verdict }) => verdict), ...observed.verdicts];
  const validity = validate({ data, measured, results, health, generatorSaturation });
  const deciding =
    run.plan.judges.capacity === true
      ? verdicts.filter(({ group }) => group === "capacity")
      : verdicts;
  const outcome = outcomeOf(data, validity, deciding);
  const latency = latencyRows(measured);
  const errors = errorGroups(measured.endpoints, events);
  const { achieved } = inputs.throughput;

  return {
    schemaVersion: 1,
    outcome,
    exitStatus: exitStatusOfOutcome(outcome),
    sentence: outcomeSentence(outcome, data, validity, deciding),
    run,
    coverage: coverageOf(data, measured),
    validity,
    verdicts,
    findings: findingsOf(
      { data, measured, verdicts, validity, latency, errors, health, generatorSaturation },
      observed.findings,
    ),
    throughput:
      achieved === undefined ? undefined : { offered: offeredPerMinute(run.plan), achieved },
    latency,
    endpoints: endpointRows(measured),
    errors,
    series: [...seriesOf(data, measured), ...observed.series],
    generator: health,
    ...observed.parts,
    events,
    method: methodSentences(run.plan, measured.time.batchCount),
  };
}

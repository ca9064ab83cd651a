import { isoSecond } from "../../src/domain/time-text.ts";
import { markup, type Markup } from "../markup.ts";
import type { GateDocument, GateMetricResult } from "./document.ts";
import { requiredOf } from "./words.ts";

/**
 * `junit.xml` of a gate: a case for each required metric (its name is the metric's id) and one for the gate itself.
 * What is inconclusive is a failure, because it blocks; an invalid gate is an error. A bypass changes none of it.
 */
export function gateJunit(document: GateDocument): string {
  const { outcome, sentence, bypass } = document;
  const metrics = requiredOf(document);
  const open = metrics.filter((metric) => metric.outcome !== "pass").length;
  // A quick gate may pass where its few pairs leave a comparison open: nobody is told red then.
  const [failed, skipped] = outcome === "pass" ? [0, open] : [open, 0];
  const isError = outcome === "invalid";
  const failures = failed + (outcome === "pass" || isError ? 0 : 1);
  const seconds = ((document.endedAt - document.startedAt) / 1000).toFixed(3);
  const totals = markup`tests="${metrics.length + 1}" failures="${failures}" errors="${isError ? 1 : 0}" skipped="${skipped}" time="${seconds}"`;
  const facts: readonly (readonly [string, string | number | undefined])[] = [
    ["gate", document.id],
    ["hash", document.hash],
    ["outcome", outcome],
    ["exitStatus", document.exitStatus],
    ["baseline", document.baseline.label],
    ["candidate", document.candidate.label],
    ["pairs", document.pairs],
    ["bypass", bypass && `${bypass.who}, until ${bypass.until}: ${bypass.why}`],
  ];
  const known = facts.filter(([, value]) => value !== undefined);
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="headroom" ${totals}>
  <testsuite name="headroom.gate" ${totals} timestamp="${isoSecond(document.startedAt)}">
    <properties>${known.map(
      ([name, value]) => markup`
      <property name="${name}" value="${value}"/>`,
    )}
    </properties>
    ${gateCase(document)}${metrics.map((metric) => metricCase(metric, outcome))}
    <system-out>${sentence}</system-out>
  </testsuite>
</testsuites>
`.text;
}

function gateCase({ outcome, sentence }: GateDocument): Markup {
  const kind = outcome === "invalid" ? "error" : "failure";
  if (outcome === "pass") return markup`<testcase classname="headroom.gate" name="gate"/>`;
  const tag = kind === "error" ? markup`error` : markup`failure`;
  return markup`<testcase classname="headroom.gate" name="gate"><${tag} type="${outcome}" message="${sentence}"/></testcase>`;
}

function metricCase(
  { id, outcome, reason }: GateMetricResult,
  ofGate: GateDocument["outcome"],
): Markup {
  if (outcome === "pass")
    return markup`
    <testcase classname="headroom.gate" name="${id}"/>`;
  if (ofGate === "pass")
    return markup`
    <testcase classname="headroom.gate" name="${id}"><skipped message="${reason}"/></testcase>`;
  return markup`
    <testcase classname="headroom.gate" name="${id}"><failure type="${outcome}" message="${reason}"/></testcase>`;
}

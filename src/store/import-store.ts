/** Takes over a run of plain k6 from the metrics store that its runners wrote to, where nothing else of it can be read. */
import { createHash } from "node:crypto";
import type { ObserverSettings } from "../domain/environment.ts";
import { ConfigError, TargetError } from "../domain/errors.ts";
import { formatDuration } from "../domain/time-text.ts";
import { promql } from "../observe/prometheus/expression.ts";
import { ask, placeOf, type StoreSeries } from "../observe/prometheus/store-client.ts";
import { importedAs, type Imported, type ImportRequest } from "./import-k6.ts";
import { storeTotals } from "./store-totals.ts";

export interface StoreImportRequest extends Omit<ImportRequest, "file"> {
  readonly store: NonNullable<ObserverSettings["prometheus"]>;
  readonly token?: string | undefined;
  /** Labels of the run's series, and of no other run's. */
  readonly labels: Readonly<Record<string, string>>;
  /** As many must have pushed; absent: those that did. */
  readonly runners?: number | undefined;
  readonly now: number;
}

const timeoutMs = 30_000;
/** From the start of the run, or back from now. */
const windowMs = 86_400_000;
/** VictoriaMetrics shows nothing of the last 30 s. */
const settledMs = 60_000;

/** @throws TargetError where the store gives no answer, ConfigError where the run is not in it as it must be */
export async function importFromStore(request: StoreImportRequest): Promise<Imported> {
  const { store, labels, now, at = now - windowMs } = request;
  const end = Math.min(now, at + windowMs);
  const address = { url: store.url, token: request.token, tenant: store.tenant };
  const window = `${Math.max(1, Math.ceil((end - at) / 1000))}s`;
  const place = placeOf(store.url);
  const series = async (template: string): Promise<readonly StoreSeries[]> => {
    const query = promql(template, { labels, window, scope: "namespace" });
    const signal = AbortSignal.timeout(timeoutMs);
    const parameters = { query, time: String(end / 1000), nocache: "1" };
    const answer = await ask(address, "query", parameters, { timeoutMs, signal });
    const problem = answer.ok ? answer.doubts[0] : answer.problem;
    if (answer.ok && problem === undefined) return answer.series;
    throw new TargetError(`${place} ${problem ?? "gave no answer"}`, { code: "metrics-store" });
  };
  const refused = (sentence: string, hint: string): ConfigError =>
    new ConfigError(`${place} ${sentence}`, { code: "empty-import", hint });

  const requests = await series("k6_http_reqs_total{$labels}[$window]");
  const run = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  if (requests.length === 0)
    throw refused(
      `has no k6_http_reqs_total with ${run.join(", ")} between ${iso(at)} and ${iso(end)}`,
      "k6 pushes with -o experimental-prometheus-rw; --at names the start of an older run. docs/import.md#from-a-metrics-store has both.",
    );
  if (requests.some(isReset))
    throw refused(
      `has counters of ${run.join(", ")} that begin anew: more than one run has these labels`,
      "Name a label that only this run has, or its start with --at.",
    );
  // VictoriaMetrics has buckets of them.
  const durations = await series(
    'last_over_time({__name__=~"k6_http_req_duration_seconds(_bucket)?",$labels}[$window])',
  );
  if (!durations.some((each) => each.histogram !== undefined || "vmrange" in each.metric))
    throw refused(
      "has requests of the run, but no native histograms of http_req_duration",
      "Run k6 with K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM=true; Prometheus 2 keeps them with --enable-feature=native-histograms.",
    );
  const dropped = await series("last_over_time(k6_dropped_iterations_total{$labels}[$window])");
  const result = storeTotals({ requests, durations, dropped }, request);
  const newest = Math.max(...requests.flatMap(({ values }) => values.map(([each]) => each * 1000)));
  if (now - newest < settledMs)
    throw refused(
      `got the last push of the run ${Math.max(0, Math.round((now - newest) / 1000))} s ago: it may go on`,
      `Import it ${settledMs / 1000} s after its end: stores show the last pushes late.`,
    );
  const { missing, pushIntervalMs } = result;
  const hash = createHash("sha256").update(JSON.stringify([store.url, labels, result.at]));
  const imported = importedAs(request, { ...result, at: result.at ?? at }, hash.digest("hex"));
  return {
    entry: {
      ...imported.entry,
      outcome: missing.length > 0 ? "incomplete" : "inconclusive",
      traits: { ...imported.entry.traits, source: "metrics store" },
    },
    warnings: [
      ...missing.map((sentence) => `partial: ${sentence}`),
      ...imported.warnings,
      `from a store: quantiles are upper edges of buckets up to 9 % wide, and what happened within ${pushIntervalMs === undefined ? "a push" : formatDuration(pushIntervalMs)} is one value`,
    ],
  };
}

const iso = (at: number): string => new Date(at).toISOString();

const isReset = ({ values }: StoreSeries): boolean =>
  values.some(([, text], index) => index > 0 && Number(text) < Number(values[index - 1]?.[1]));

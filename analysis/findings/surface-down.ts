import { formatCount, percent } from "../../src/domain/number-text.ts";
import { formatDuration } from "../../src/domain/time-text.ts";
import type { Surface } from "../../src/domain/surface.ts";
import { isSurface, surfaces } from "../../src/domain/surface.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import type { Window } from "../../src/domain/window.ts";
import { sentenceCase, surfaceNoun } from "../phrases.ts";
import { describeFailure, firstFailure, withoutStop } from "../verdicts/completion.ts";
import type { FindingContext, FindingRule } from "./finding-rule.ts";

/** Nearly all requests of a surface failed in such a way that nothing serves it. */
const downRatio = 0.95;
const minimumRequests = 5;
const lastMs = 10_000;

/** Answers that no working service gives. Timeouts count: to its users a hanging service is down. */
const connectionOutcomes = new Set(["refused", "timeout", "dns", "tls", "reset"]);
const isOutage = (outcome: string): boolean =>
  connectionOutcomes.has(outcome) || /^http_50[0-4]$/.test(outcome);

/** A surface that was down for the whole run or at its end, or a target that stopped the run. */
export const surfaceDown: FindingRule = (context) => {
  const found = surfaces.flatMap((surface) => downFinding(context, surface));
  return found.length > 0 ? found : stoppedByTarget(context);
};

function downFinding({ data }: FindingContext, surface: Surface): Finding[] {
  const windows = data.windows.filter(
    (each): each is Window =>
      each.type === "window" &&
      each.endpoint === undefined &&
      each.surface === surface &&
      each.metric === "response",
  );
  const slices = windows.flatMap((window) => slicesOf(window, data.run.plan.requestTimeoutMs));
  const end = slices.reduce((latest, { at }) => Math.max(latest, at), 0);
  const whole = outageOf(slices);
  const last = outageOf(slices.filter(({ at }) => at > end - lastMs));
  const outage = isDown(whole) ? whole : last;
  if (!isDown(outage)) return [];
  const when = outage === whole ? "" : ` in the last ${formatDuration(lastMs)}`;
  const failure = data.events.find((each) => each.type === "failure" && each.surface === surface);
  return [
    {
      id: "surface-down",
      severity: "P0",
      sentence: `${sentenceCase(surfaceNoun[surface])} is down: ${percent(outage.failed / outage.requests)} of ${formatCount(outage.requests)} requests failed${when}, mostly with ${outage.commonest}.`,
      evidence:
        failure?.type === "failure"
          ? `First: ${describeFailure(failure)}`
          : `Outcome ${outage.commonest}`,
      action: `Check that ${data.run.plan.targets[surface] ?? "the target"} is up and reachable from this machine, then run again.`,
      surface,
    },
  ];
}

interface Outage {
  readonly requests: number;
  readonly failed: number;
  readonly commonest: string;
}

const isDown = ({ requests, failed }: Outage): boolean =>
  requests >= minimumRequests && failed >= downRatio * requests;

/** Requests of one second. */
interface Slice {
  readonly at: number;
  readonly requests: number;
  readonly failures: Readonly<Record<string, number>>;
}

/**
 * A window counts requests when they end. One that timed out was sent long before: it belongs to those, or the few
 * that are still waiting when the load is over would look as if nothing else had been sent.
 */
function slicesOf({ at, histogram, failures }: Window, timeoutMs: number): Slice[] {
  const { timeout = 0, ...others } = failures;
  const ended = { at, requests: histogram.count - timeout, failures: others };
  const hung = { at: at - timeoutMs, requests: timeout, failures: { timeout } };
  return [ended, hung].filter(({ requests }) => requests > 0);
}

function outageOf(slices: readonly Slice[]): Outage {
  const counts = new Map<string, number>();
  let requests = 0;
  for (const { requests: more, failures } of slices) {
    requests += more;
    for (const [outcome, count] of Object.entries(failures)) {
      if (isOutage(outcome)) counts.set(outcome, (counts.get(outcome) ?? 0) + count);
    }
  }
  const [commonest] = [...counts].toSorted(([, a], [, b]) => b - a);
  const failed = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return { requests, failed, commonest: commonest?.[0] ?? "" };
}

/** Sign-in or the first requests failed, so that there are no windows to count. */
function stoppedByTarget({ data: { run, events } }: FindingContext): Finding[] {
  if (run.interruption?.cause !== "target") return [];
  const failure = firstFailure(events);
  // A target that answers and refuses is not down.
  const isDownNow = failure === undefined || isOutage(failure.outcome);
  return [
    {
      id: isDownNow ? "surface-down" : "target-refused",
      severity: isDownNow ? "P0" : "P1",
      sentence: `The target stopped the run: ${withoutStop(run.interruption.message)}.`,
      evidence:
        failure === undefined
          ? "No single failing request was recorded."
          : `First: ${describeFailure(failure)}`,
      action:
        run.interruption.hint ??
        "Check that the target is up and accepts the identities, then run again.",
      surface: failure !== undefined && isSurface(failure.surface) ? failure.surface : undefined,
    },
  ];
}

import { isOrderlyExit } from "../../src/domain/k6-exit.ts";
import type { RunEvent } from "../../src/domain/observation.ts";
import type { RunData, RunRecord } from "../../src/domain/run.ts";

/** Did the run end before its plan did, for whatever reason? */
export const isCutShort = (run: RunRecord): boolean =>
  run.state !== "complete" || hasUnexpectedExit(run);

export const isStoppedByPlatform = (run: RunRecord): boolean =>
  run.state !== "complete" && run.interruption?.cause === "platform-rule";

/** k6 ended by itself with a status that no plan leads to; one that we stopped may say so as it likes. */
const hasUnexpectedExit = ({ state, k6ExitCode }: RunRecord): boolean =>
  state === "complete" && k6ExitCode !== undefined && !isOrderlyExit(k6ExitCode);

export type FailureEvent = Extract<RunEvent, { type: "failure" }>;

export const firstFailure = (events: readonly RunEvent[]): FailureEvent | undefined =>
  events.find((event) => event.type === "failure");

/** Why the run is not complete, in one sentence. Where the target was at fault, the first failing request is named. */
export function interruptionSentence({ run, events }: RunData): string {
  if (hasUnexpectedExit(run)) return `k6 ended with status ${run.k6ExitCode}.`;
  const { interruption } = run;
  if (interruption === undefined) return "The Headroom process exited without recording a result.";
  const message = withoutStop(interruption.message);
  const failure = firstFailure(events);
  const isNamed = /first failing request/i.test(message);
  if (interruption.cause !== "target" || failure === undefined || isNamed) return `${message}.`;
  return `${message}. First failing request: ${describeFailure(failure)}.`;
}

export const describeFailure = ({ surface, endpoint, detail }: FailureEvent): string =>
  `${endpoint} (${surface}): ${detail}`;

export const withoutStop = (text: string): string => text.replace(/\.\s*$/, "");

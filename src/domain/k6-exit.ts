/** What the end of a k6 process means. k6's codes: `errext/exitcodes/codes.go` of the pinned version. */

export type K6ExitClass =
  | "completed"
  | "threshold"
  | "setup-failed"
  | "aborted-by-scenario"
  | "failed-by-scenario"
  | "stopped"
  | "killed"
  | "usage"
  | "script-error"
  | "crashed"
  | "unknown";

export interface K6ExitMeaning {
  readonly class: K6ExitClass;
  /** For people: what happened, as the end of "k6 …". */
  readonly sentence: string;
}

const meanings: Readonly<Record<number, K6ExitMeaning>> = {
  0: { class: "completed", sentence: "ran to the end of its plan" },
  97: { class: "unknown", sentence: "reports a failed cloud run, which Headroom never starts" },
  98: { class: "unknown", sentence: "lost a cloud run, which Headroom never starts" },
  99: {
    class: "threshold",
    sentence: "ended on a threshold of its own, which Headroom switches off",
  },
  100: {
    class: "setup-failed",
    sentence: "gave up in setup(): it took too long, no load was sent",
  },
  101: { class: "completed", sentence: "ran to the end, then teardown() took too long" },
  102: { class: "crashed", sentence: "timed out internally" },
  103: { class: "stopped", sentence: "was stopped through its REST interface" },
  104: { class: "usage", sentence: "refused the options of the scenario" },
  105: { class: "stopped", sentence: "was stopped by a signal" },
  106: { class: "usage", sentence: "could not open its REST interface" },
  107: { class: "script-error", sentence: "met an exception in the scenario's start or setup()" },
  108: { class: "aborted-by-scenario", sentence: "was ended by the scenario itself" },
  109: { class: "crashed", sentence: "crashed" },
  110: { class: "failed-by-scenario", sentence: "was marked as failed by the scenario" },
  255: { class: "usage", sentence: "could not start: a missing file or a flag it does not know" },
};

/**
 * @param exitCode 0..255; `undefined` where a signal ended k6
 * @param signal its name, where one ended k6: `SIGKILL`
 * Code 0 says only that k6 came to its end: iterations may all have failed. The samples decide.
 */
export function k6ExitMeaning(exitCode: number | undefined, signal?: string): K6ExitMeaning {
  if (exitCode === undefined) {
    return signal === "SIGINT" || signal === "SIGTERM"
      ? { class: "stopped", sentence: `was stopped by ${signal}` }
      : { class: "killed", sentence: `was killed by ${signal ?? "an unknown signal"}` };
  }
  const meaning = meanings[exitCode];
  if (meaning !== undefined) return meaning;
  if (exitCode > 128 && exitCode <= 128 + 64)
    return { class: "killed", sentence: `was killed by signal ${exitCode - 128}` };
  return { class: "unknown", sentence: `ended with exit code ${exitCode}, which is not k6's` };
}

/**
 * Did k6 end as a plan ends? 0 and 101 did: only `teardown()`, after all load, took too long. Not 99: Headroom sets no
 * thresholds, and one with `abortOnFail` may have stopped k6 long before the end.
 */
export const isOrderlyExit = (exitCode: number): boolean =>
  k6ExitMeaning(exitCode).class === "completed";

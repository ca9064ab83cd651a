import { decimal, formatApart } from "../domain/number-text.ts";
import { dayMs } from "../domain/units.ts";
import { z } from "zod";
import type { Approval, Environment } from "../domain/environment.ts";
import { ConfigError } from "../domain/errors.ts";
import { Problems } from "./problems.ts";
import { parseDuration, parseRate } from "../domain/quantity.ts";
import { quantity } from "./quantity-field.ts";
import { readJsonFile } from "./json-file.ts";

const instant = z.iso.datetime({ offset: true });

const approvalFile = z.strictObject({
  environment: z.string(),
  approvedBy: z.string().trim().min(1),
  reason: z.string().trim().min(1),
  profile: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
    error: "expected the name of a profile, or a list of names",
  }),
  rate: quantity(parseRate, "10500/min"),
  duration: quantity(parseDuration, "30m"),
  writes: z.boolean({ error: "expected true or false: whether the load may change data" }),
  issued: instant,
  expires: instant,
});

const longestMs = 7 * dayMs;
/** Clocks of the one who approved and of this machine may differ by so much. */
const clockToleranceMs = 5 * 60_000;

/**
 * The record that lets load onto an environment that asks for one; kept in `run.json`. What it covers is checked against
 * the plan by `checkCovered`.
 * @param now epoch milliseconds @throws ConfigError where the environment needs a record and this is none
 */
export function checkApproval(
  environment: Environment,
  file: string | undefined,
  now: number,
): Approval | undefined {
  if (environment.approval === "none" && file === undefined) return undefined;
  const hint = hintFor(environment, now);
  if (file === undefined) {
    throw new ConfigError(`${environment.name} is never loaded without a recorded approval`, {
      code: "approval-missing",
      hint,
    });
  }
  const record = readJsonFile(file, file, {
    what: "an approval",
    shape: approvalFile,
    unreadable: "approval-unreadable",
    malformed: "approval-malformed",
    hint,
  });
  const problems = new Problems();
  if (record.environment !== environment.name)
    problems.add(
      `${file}: environment is "${record.environment}", this run is for "${environment.name}"`,
    );
  checkTimes(record, { file, now }, problems);
  problems.raise((message) => new ConfigError(message, { code: "approval-refused", hint }));
  const { approvedBy, reason, profile, rate, duration, writes, issued, expires } = record;
  return {
    environment: environment.name,
    approvedBy,
    reason,
    profiles: typeof profile === "string" ? [profile] : profile,
    requestsPerMinute: rate,
    durationMs: duration,
    writes,
    issued,
    expires,
  };
}

const isoMinute = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}:00Z`;

function hintFor({ name }: Environment, now: number): string {
  const example = {
    environment: name,
    approvedBy: "…",
    reason: "…",
    profile: "nightly",
    rate: "17500/min",
    duration: "30m",
    writes: false,
    issued: isoMinute(now),
    expires: isoMinute(now + dayMs),
  };
  return `Write ${JSON.stringify(example)} to a file and name it with --approval. rate: all HTTP requests, page assets included; duration: all runs of the command; expires: at most 7 days after issued.`;
}

function checkTimes(
  { issued, expires }: Pick<z.output<typeof approvalFile>, "issued" | "expires">,
  { file, now }: { readonly file: string; readonly now: number },
  problems: Problems,
): void {
  const [from, until] = [Date.parse(issued), Date.parse(expires)];
  if (from > now + clockToleranceMs)
    problems.add(`${file}: issued is ${issued}, which is in the future: correct it`);
  if (until <= now)
    problems.add(`${file}: the approval expired at ${expires} (expires): ask for a new one`);
  if (until <= from)
    problems.add(`${file}: expires (${expires}) is not after issued (${issued}): correct them`);
  if (until - from > longestMs)
    problems.add(
      `${file}: expires is ${expires}, ${formatApart((until - from) / dayMs, 7, "count")} days after issued (${issued}): an approval holds for 7 days at most`,
    );
}

/** What a load will be, as far as an approval is about it. */
export interface LoadToApprove {
  readonly profile: string;
  /** All HTTP requests at the peak. */
  readonly requestsPerMinute: number;
  /** Writes at the peak; 0: the load changes no data. */
  readonly writesPerMinute: number;
  readonly durationMs: number;
  /** When its last request is answered at the latest, epoch ms; absent: not known. */
  readonly endsAt?: number | undefined;
}

/** Each field of an approval against the load. @param file as named on the command line */
export function checkCovered(
  approval: Approval,
  load: LoadToApprove,
  { file, problems }: { readonly file: string; readonly problems: Problems },
): void {
  const { profiles, requestsPerMinute, durationMs, writes, expires } = approval;
  if (profiles?.includes(load.profile) === false)
    problems.add(
      `${file}: profile is ${profiles.map((name) => `"${name}"`).join(", ")}, this run is of "${load.profile}": run what was approved, or ask for an approval of this profile`,
    );
  if (requestsPerMinute !== undefined && load.requestsPerMinute > requestsPerMinute)
    problems.add(
      `${file}: rate is ${Math.round(requestsPerMinute)}/min, this load has ${Math.round(load.requestsPerMinute)} HTTP requests/min at its peak, page assets included: lower --rate, or ask for more`,
    );
  if (writes === false && load.writesPerMinute > 0)
    problems.add(
      `${file}: writes is false, and this load changes data (${decimal(load.writesPerMinute)} writes/min of the scenario api): leave the scenario out with --share, or ask for an approval with "writes": true`,
    );
  checkCoveredTime({ durationMs, expires }, load, { file, problems });
}

/** Its duration and its end, for one load or for all of a command. */
export function checkCoveredTime(
  { durationMs, expires }: Pick<Approval, "durationMs" | "expires">,
  load: Pick<LoadToApprove, "durationMs" | "endsAt">,
  { file, problems }: { readonly file: string; readonly problems: Problems },
): void {
  if (durationMs !== undefined && load.durationMs > durationMs)
    problems.add(
      `${file}: duration is ${durationMs / 1000} s, this command loads for ${load.durationMs / 1000} s: shorten it with --duration or --repeat, or ask for more`,
    );
  if (load.endsAt !== undefined && load.endsAt > Date.parse(expires))
    problems.add(
      `${file}: the approval expires at ${expires}, before this load ends (${new Date(load.endsAt).toISOString().slice(0, 19)}Z): start earlier, shorten it, or ask for a new one`,
    );
}

/** What a load may be at most: by its environment, and by the approval where one is needed. Checked before a packet is sent. */
import { decimal } from "../domain/number-text.ts";
import { expectedPageCosts } from "../../profiles/platform/page-assets.ts";
import type { Ceilings, Environment } from "../domain/environment.ts";
import { ConfigError } from "../domain/errors.ts";
import { peakRequests, type PeakRequests } from "../domain/peak-requests.ts";
import type { Plan, PlannedCeilings } from "../domain/plan.ts";
import { perMinute, hourMs } from "../domain/units.ts";
import { checkCovered, checkCoveredTime } from "./approval.ts";
import { Problems } from "./problems.ts";

/** Sign-in before the load and the last answers after it: a run may take so much longer than its plan, milliseconds. */
const reserveMs = 180_000;

export interface LoadToCheck {
  readonly plan: Pick<
    Plan,
    | "profile"
    | "requestsPerMinute"
    | "requestsPerMinuteBySurface"
    | "browserUsers"
    | "durationMs"
    | "users"
    | "phases"
    | "arrivals"
    | "approval"
  >;
  readonly environment: Environment;
  /** Hour of the day in UTC at which it would begin, 0..24. */
  readonly hourUtc: number;
  /** The same as epoch milliseconds; absent: an approval is not checked for its end. */
  readonly now?: number | undefined;
  readonly approvalFile?: string | undefined;
}

/** Every ceiling of one run. */
export function checkCeilings(load: LoadToCheck, problems: Problems): void {
  const { plan, environment, hourUtc, now, approvalFile } = load;
  const { ceilings, name } = environment;
  const { users, durationMs } = plan;
  const peak = peakRequests(plan, {
    ...expectedPageCosts,
    assetsPerPage: ceilings.assetsPerPage,
  });
  if (peak.total > ceilings.requestsPerMinute)
    problems.add(
      `${peakText(peak)} are more than ${name} may be given (${ceilings.requestsPerMinute}/min): lower --rate`,
    );
  if (users > ceilings.users)
    problems.add(`${users} virtual users are more than ${name} may be given (${ceilings.users})`);
  if (durationMs > ceilings.durationMs)
    problems.add(
      `${durationMs / 1000} s are longer than ${name} may be loaded (${ceilings.durationMs / 1000} s): shorten it with --duration`,
    );
  checkHours(
    { ceilings, name },
    { hourUtc, loadMs: durationMs, spanMs: durationMs + reserveMs, runs: 1 },
    problems,
  );
  if (plan.approval === undefined) return;
  checkCovered(
    plan.approval,
    {
      profile: plan.profile,
      requestsPerMinute: peak.total,
      writesPerMinute: peakWrites(plan.arrivals),
      durationMs,
      endsAt: now === undefined ? undefined : now + durationMs + reserveMs,
    },
    { file: approvalFile ?? "the approval", problems },
  );
}

function peakText({ planned, pages, assets, browsers, total }: PeakRequests): string {
  if (assets + browsers === 0) return `${Math.round(total)} requests/min`;
  const parts = [
    `${Math.round(planned)} planned`,
    ...(assets > 0 ? [`about ${Math.round(assets)} assets of ${Math.round(pages)} pages`] : []),
    ...(browsers > 0 ? [`about ${Math.round(browsers)} of browsers`] : []),
  ];
  return `${Math.round(total)} HTTP requests/min (${parts.join(", ")})`;
}

const peakWrites = (arrivals: Plan["arrivals"]): number =>
  Math.max(
    0,
    ...arrivals
      .filter(({ flow }) => flow === "api-writes")
      .map(({ fromPerSecond, toPerSecond }) => Math.max(fromPerSecond, toPerSecond) * 60),
  );

interface Span {
  readonly hourUtc: number;
  readonly loadMs: number;
  /** With sign-in and last answers. */
  readonly spanMs: number;
  readonly runs: number;
}

function checkHours(
  { ceilings, name }: { readonly ceilings: Ceilings; readonly name: string },
  { hourUtc, loadMs, spanMs, runs }: Span,
  problems: Problems,
): void {
  if (ceilings.hoursUtc === undefined) return;
  const [from, to] = ceilings.hoursUtc;
  const open = to - from === 24 ? Infinity : (to - from + 24) % 24;
  const passed = (hourUtc - from + 24) % 24;
  const hours = spanMs / hourMs;
  const allowed = `${name} may be loaded from ${from} to ${to} h UTC only`;
  if (passed >= open) problems.add(`${allowed}; it is ${decimal(hourUtc)} h`);
  else if (passed + hours > open)
    problems.add(
      `${allowed}; begun now, at ${decimal(hourUtc)} h, ${runs === 1 ? "the run" : `${runs} runs`} may last until ${decimal((hourUtc + hours) % 24)} h (${loadMs / 1000} s of load, ${(spanMs - loadMs) / 1000} s for sign-in and last answers): start earlier, or shorten it with --duration`,
    );
}

/** One kind of run of a command, and how often it is planned. */
export interface PlannedRuns {
  readonly plan: Pick<Plan, "durationMs" | "approval">;
  readonly times: number;
}

/**
 * All runs of a command together: repetitions, pairs of a gate. What is run again because it failed is not in it; each
 * run is checked again before it begins.
 * @param now epoch milliseconds @param mostMs the command begins no run that would end later, from now @throws ConfigError with everything that is beyond the environment's ceilings
 */
export function checkCommand(
  environment: Environment,
  runs: readonly PlannedRuns[],
  {
    now,
    approvalFile,
    mostMs = Infinity,
  }: {
    readonly now: number;
    readonly approvalFile?: string | undefined;
    readonly mostMs?: number | undefined;
  },
): void {
  const problems = new Problems();
  const { ceilings, name } = environment;
  const times = runs.reduce((sum, one) => sum + one.times, 0);
  const allMs = runs.reduce((sum, one) => sum + one.times * one.plan.durationMs, 0);
  const loadMs = Math.min(allMs, mostMs);
  const spanMs = Math.min(allMs + times * reserveMs, mostMs);
  if (loadMs > ceilings.commandDurationMs)
    problems.add(
      `${times} ${times === 1 ? "run" : "runs"} load ${name} for ${loadMs / 1000} s together, at most ${ceilings.commandDurationMs / 1000} s are allowed for one command (ceilings.commandDuration): make fewer runs, or shorten them with --duration`,
    );
  const hourUtc = (now % (24 * hourMs)) / hourMs;
  checkHours({ ceilings, name }, { hourUtc, loadMs, spanMs, runs: times }, problems);
  const approval = runs[0]?.plan.approval;
  if (approval !== undefined)
    checkCoveredTime(
      approval,
      { durationMs: loadMs, endsAt: now + spanMs },
      { file: approvalFile ?? "the approval", problems },
    );
  problems.raise(
    (message) =>
      new ConfigError(message, {
        code: "command-above-ceiling",
        hint: `The ceilings of ${name} are in environments/${name}.json (ceilings), or built in: headroom list environments.`,
      }),
  );
}

/** What the load is held to while it goes on. */
export const plannedCeilings = (
  { requestsPerMinute, assetsPerPage }: Ceilings,
  approved: number | undefined,
): PlannedCeilings => ({
  requestsPerMinute: perMinute(Math.min(requestsPerMinute, approved ?? Infinity)),
  assetsPerPage,
});

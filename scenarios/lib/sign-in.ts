/** The parts of signing in that need no k6: when, as whom, and what to say where it fails. */
import type { Plan } from "../../src/domain/plan.ts";
import { sanitised } from "./outcome.ts";

/** The platform counts in windows that end only after 10 s without a sign-in; a little more is on the safe side. */
const windowSeconds = 10.2;

/**
 * Seconds to wait after the answer to the last sign-in, before the one of that index: groups of `per10s`, then a
 * whole silent window. So never more than `per10s` start in any 10 s.
 * @param index from 0    @param per10s 0 or less: not limited
 */
export const signInPauseSeconds = (index: number, per10s: number): number =>
  per10s > 0 && index > 0 && index % Math.floor(Math.max(1, per10s)) === 0 ? windowSeconds : 0;

/**
 * How many identities sign in side by side, from that index on: none that `signInPauseSeconds` lets wait, and no more
 * than may fail.
 * @param mayFail at least 1
 */
export function signInsTogether(
  index: number,
  limits: { readonly count: number; readonly per10s: number; readonly mayFail: number },
): number {
  const { count, per10s, mayFail } = limits;
  const group = per10s > 0 ? Math.floor(Math.max(1, per10s)) : count;
  return Math.min(count - index, group - (index % group), mayFail);
}

/** @param number from 1 */
export const fillPattern = (pattern: string, number: number): string =>
  pattern.replaceAll("{n}", String(number));

/**
 * What an answer at status 200 is worth. With two-factor authentication better-auth answers so too, without a session:
 * `{"twoFactorRedirect": true}`.
 */
export function signInOutcome(
  response: { readonly json: (selector: string) => unknown },
  cookies: readonly string[],
): string {
  if (response.json("twoFactorRedirect") === true) return "two_factor";
  const hasSession = cookies.some((name) => name.endsWith("session_token"));
  return typeof response.json("user.id") === "string" && hasSession ? "ok" : "wrong_shape";
}

export interface FailedSignIn {
  /** 0: no answer. */
  readonly status: number;
  readonly outcome: string;
}

/**
 * One sentence about the first failure and one about what to do.
 * @returns a message that starts with "headroom:" and holds no secret
 */
export function signInProblem(
  { status, outcome }: FailedSignIn,
  context: {
    readonly host: string;
    readonly failures: number;
    readonly identities: Plan["identities"];
  },
): string {
  const { host, failures, identities } = context;
  const times = failures === 1 ? "" : ` ${failures} times`;
  const answer = status === 0 ? "no answer" : `status ${status}`;
  return (
    `headroom: signing in failed${times}; first failing request: POST auth.sign-in at ` +
    `${sanitised(host)}, ${answer}, ${outcome}. ${advice(outcome, identities)}`
  );
}

function advice(outcome: string, identities: Plan["identities"]): string {
  switch (outcome) {
    case "unauthorized":
      return `Unknown user or wrong password: ${identities.emailPattern} with the password in ${identities.passwordVariable}.`;
    case "sign_in_limit":
      return `Sign-ins are rate-limited: wait a minute, or use fewer identities.`;
    case "refused":
    case "timeout":
    case "reset":
    case "no_answer":
      return "The target is down or unreachable.";
    case "dns":
      return "Host not found: check the target's name.";
    case "tls":
      return "TLS failed: the target's certificate or settings are not accepted.";
    case "blocked":
      return "k6 blocks this host or address (its hosts and blacklist settings).";
    case "two_factor":
      return `Two-factor authentication is enabled for ${identities.emailPattern}: disable it for the load identities.`;
    case "wrong_shape":
      return "The response is not the platform's sign-in: check the API target.";
    case "redirected":
      return "The target redirects sign-ins, and redirects are not followed: configure the final URL.";
    default:
      return "The target answers, but refuses to sign in.";
  }
}
